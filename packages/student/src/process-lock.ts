/**
 * One holder at a time for what lies in a folder: it stands there as a file named for its process, so that one which was killed is
 * known by its number and does not keep the next out. Threads of a process keep each other out, too. Processes on other machines that share the folder are not seen.
 */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * Holds `folder`/`beginning``pid`.lock until disposed. Throws `taken(pid)` where another process, or this one, holds such a file, and what
 * the file system throws.
 */
export function lockFor(folder: string, beginning: string, taken: (pid: number) => Error): Disposable {
  const path = join(resolve(folder), `${beginning}${process.pid}.lock`)
  if (!write(path)) throw taken(process.pid)
  const release = (): void => rmSync(path, { force: true })
  try {
    // Ours is there before others are looked for: of two that begin together, none or one goes on.
    for (const name of readdirSync(folder)) {
      const pid = name.startsWith(beginning) ? pidOf(name.slice(beginning.length)) : process.pid
      if (pid === process.pid) continue
      if (isRunning(pid)) throw taken(pid)
      rmSync(join(folder, name), { force: true })
    }
  } catch (error) {
    release()
    throw error
  }
  return { [Symbol.dispose]: release }
}

/** False where a thread of this process has written it: what is older was left by a process that was killed and had the same number. */
function write(path: string): boolean {
  try {
    writeFileSync(path, '', { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (statSync(path).mtimeMs >= performance.timeOrigin) return false
    rmSync(path, { force: true })
    return write(path)
  }
}

/** Of "17.lock"; this process's own for another name. */
const pidOf = (rest: string): number => Number(/^([1-9]\d*)\.lock$/.exec(rest)?.[1] ?? process.pid)

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
