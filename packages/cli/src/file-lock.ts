/**
 * One process at a time writes a file: each stands beside it as a file named for its process, so that one which was killed is known by its
 * number and does not keep the next out. Processes of other machines that share the folder are not seen.
 */
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { FileError } from './quantize-files.ts'

/** Throws FileError where another process has it, and what the file system throws. */
export function lockFile(path: string): Disposable {
  const folder = dirname(path)
  const beginning = `.${basename(path)}.`
  const own = join(folder, `${beginning}${process.pid}.lock`)
  const release = (): void => rmSync(own, { force: true })
  // Ours is there before others are looked for: of two that begin together, none or one goes on.
  writeFileSync(own, '', { mode: 0o600 })
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(beginning)) continue
    const pid = Number(/^([1-9]\d*)\.lock$/.exec(name.slice(beginning.length))?.[1] ?? process.pid)
    if (pid === process.pid) continue
    if (isRunning(pid)) {
      release()
      throw new FileError(
        'file_exists',
        `process ${pid} writes to ${path}: wait until it ends, or name another file with --out`,
      )
    }
    rmSync(join(folder, name), { force: true })
  }
  return { [Symbol.dispose]: release }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
