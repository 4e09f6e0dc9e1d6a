/**
 * One run at a time in a folder of checkpoints: two would take away each other's files. A run stands there as a file named for its process,
 * so that one which was killed is known by its number and does not keep the next out. Runs on other hosts that share the folder are not seen.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { StudentError } from '../errors.ts'

const NAME = /^run-([1-9]\d*)\.lock$/
/** Of this process: after a restart in a container its number may be that of the run that was killed. */
const held = new Set<string>()

/** Makes the folder where it is not there. Throws StudentError `checkpoint_invalid` when it cannot be written to, or another run is in it. */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  const path = join(resolve(folder), `run-${process.pid}.lock`)
  if (held.has(path)) throw taken(folder, process.pid)
  held.add(path)
  const release = async (): Promise<void> => {
    held.delete(path)
    await rm(path, { force: true })
  }
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(path, '')
    // Ours is there before others are looked for: of two that begin together, none or one goes on.
    await refuseOthers(folder)
  } catch (error) {
    await release().catch(() => {})
    if (error instanceof StudentError) throw error
    throw new StudentError(
      'checkpoint_invalid',
      `checkpoints cannot be written to ${folder} (${(error as Error).message}): name another folder`,
      [],
      { cause: error },
    )
  }
  return { [Symbol.asyncDispose]: release }
}

async function refuseOthers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid)
    if (pid === process.pid) continue
    if (isRunning(pid)) throw taken(folder, pid)
    await rm(join(folder, name), { force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function taken(folder: string, pid: number): StudentError {
  return new StudentError(
    'checkpoint_invalid',
    `another run, of process ${pid}, has its checkpoints in ${folder}: wait until it ends, or name another folder; if that process is no run, delete run-${pid}.lock there`,
  )
}
