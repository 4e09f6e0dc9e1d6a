/** One run at a time in a folder of checkpoints: two would take away each other's files. */
import { mkdirSync } from 'node:fs'
import { StudentError } from '../errors.ts'
import { lockFor } from '../process-lock.ts'

/** Makes the folder where it is not there. Throws StudentError `checkpoint_invalid` when it cannot be written to, or another run is in it. */
export function lockFolder(folder: string): Disposable {
  try {
    mkdirSync(folder, { recursive: true })
    return lockFor(folder, 'run-', (pid) => taken(folder, pid))
  } catch (error) {
    if (error instanceof StudentError) throw error
    throw new StudentError(
      'checkpoint_invalid',
      `checkpoints cannot be written to ${folder} (${(error as Error).message}): name another folder`,
      [],
      { cause: error },
    )
  }
}

function taken(folder: string, pid: number): StudentError {
  return new StudentError(
    'checkpoint_invalid',
    `another run, of process ${pid}, has its checkpoints in ${folder}: wait until it ends, or name another folder; if that process is no run, delete run-${pid}.lock there`,
  )
}
