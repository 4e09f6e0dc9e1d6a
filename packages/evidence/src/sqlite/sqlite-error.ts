/** What SQLite throws, as a LedgerError with a next step. Result codes: https://sqlite.org/rescode.html */
import { LedgerError, type LedgerErrorCode, ledgerClosed } from '../ledger-error.ts'

/** By primary result code. */
const known: Readonly<Record<number, readonly [LedgerErrorCode, string]>> = {
  5: [
    'ledger_locked',
    'another process has held it for too long: look for a sqlite3 shell or a backup, then try again',
  ],
  6: ['ledger_locked', 'it is being read and written at once by this process: end the reading first'],
  8: ['ledger_read_only', 'it cannot be written: look at the rights of the file and of its folder'],
  11: [
    'ledger_corrupt',
    'the file is damaged: move it away, and save what can be read with "sqlite3 FILE .recover"',
  ],
  13: ['ledger_full', 'the disk is full: make room, what was written before is there'],
  14: ['ledger_unavailable', 'it cannot be opened: look at the path and the rights of its folder'],
  26: ['ledger_corrupt', 'the file is no SQLite database: move it away or give another path'],
}

/** SQLITE_IOERR_SHMSIZE: the disk has no room for the file that processes share the log's index in. */
const NO_ROOM_FOR_INDEX = 4874

/** Does it, and throws a LedgerError for what SQLite throws. */
export function asLedgerErrors<T>(path: string, what: () => T): T {
  try {
    return what()
  } catch (error) {
    throw toLedgerError(path, error)
  }
}

function toLedgerError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof LedgerError) return error
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  if (code === 'ERR_INVALID_STATE') return ledgerClosed()
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return error
  const primary = errcode === NO_ROOM_FOR_INDEX ? 13 : errcode & 0xff
  const [ledgerCode, next] = known[primary] ?? ['ledger_failed', 'look at the disk']
  return new LedgerError(ledgerCode, `the ledger ${path}: ${next} (SQLite: ${error.message})`, {
    cause: error,
  })
}
