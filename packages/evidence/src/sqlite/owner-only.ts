/** Takes the rights of others off a file that was there before: a copy, one of a wider umask, one that was made by hand. */
import { chmodSync, statSync } from 'node:fs'
import { LedgerError } from '../ledger-error.ts'

/**
 * Leaves the owner reading and writing, and others nothing; where there is no file, nothing is done. Throws
 * `ledger_unavailable` for a file that stays open to others: it is somebody else's, or on a file system that knows no rights.
 * Windows has no such rights: there the folder's hold.
 */
export function ownerOnly(path: string): void {
  if (process.platform === 'win32') return
  const wide = wideMode(path)
  if (wide === 0) return
  let cause: unknown
  try {
    chmodSync(path, wide & 0o600)
  } catch (error) {
    cause = error
  }
  // Some file systems say yes and do nothing.
  if (wideMode(path) === 0) return
  throw new LedgerError(
    'ledger_unavailable',
    `${path} is open to other users (mode ${wide.toString(8)}) and cannot be closed to them: have its owner chmod it to 600, or give a path on a file system that knows rights`,
    { cause },
  )
}

/** The rights of a file that has more than its owner's to read and write, else 0. */
function wideMode(path: string): number {
  const mode = (statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o777
  return (mode & 0o177) === 0 ? 0 : mode
}
