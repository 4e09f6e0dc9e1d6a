/**
 * Opens the ledger's file: makes it for its owner alone, or takes the rights of others off it, sets how it is written, and brings its tables to this version. Several
 * processes may do so at once.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { LedgerError } from '../ledger-error.ts'
import { APPLICATION_ID, migrations } from './migrations.ts'
import { ownerOnly } from './owner-only.ts'
import { asLedgerErrors } from './sqlite-error.ts'

/** How long a write waits for another process, ms; their writes take microseconds. */
export const BUSY_MS = 2000

/** `steps`: what brings an empty file to this version. Throws LedgerError, and leaves nothing open then. */
export function openDatabase(path: string, steps: readonly string[] = migrations): DatabaseSync {
  makeFile(path)
  return asLedgerErrors(path, () => {
    const database = new DatabaseSync(path, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
    const until = Date.now() + BUSY_MS
    for (;;) {
      try {
        recognise(database, path, steps.length)
        // Before anything more is written; what is not ours keeps its rights. SQLite may have made the other two just now.
        for (const end of ['', '-wal', '-shm']) ownerOnly(path + end)
        configure(database)
        migrate(database, steps)
        return database
      } catch (error) {
        // Who opens a new file while others do is not always queued by SQLite, but now and then refused at once.
        if (!isBusy(error) || Date.now() > until) {
          database.close()
          throw error
        }
        if (database.isTransaction) database.exec('ROLLBACK')
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
      }
    }
  })
}

/** SQLite gives its other files the rights of this one. */
function makeFile(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // Only when it is new: closing a file gives back all locks this process has on it.
    closeSync(openSync(path, 'wx', 0o600))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    const full = code === 'ENOSPC' || code === 'EDQUOT'
    throw new LedgerError(
      full ? 'ledger_full' : code === 'EROFS' ? 'ledger_read_only' : 'ledger_unavailable',
      `the ledger ${path} cannot be made: ${message}; ${full ? 'make room' : 'give a path that can be written'}`,
      { cause: error },
    )
  }
}

/** Before anything is written: a file that is not ours, or of a later version, stays as it is. */
function recognise(database: DatabaseSync, path: string, newest: number): void {
  // In one transaction: another process may be making the tables right now.
  database.exec('BEGIN')
  const version = pragma(database, 'user_version')
  const isOurs = pragma(database, 'application_id') === APPLICATION_ID
  const isEmpty = version === 0 && !database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get()
  database.exec('COMMIT')
  if (!isOurs && !isEmpty) {
    throw new LedgerError('ledger_corrupt', `${path} is a database of something else: give another path`)
  }
  if (version > newest) {
    throw new LedgerError(
      'ledger_newer',
      `the ledger ${path} has tables of version ${version}, this package knows ${newest}: update it, or give another path`,
    )
  }
}

/** SQLITE_BUSY in all its forms: the low byte says so (https://sqlite.org/rescode.html), as of a log that another recovers. */
function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' && (errcode & 0xff) === 5
}

function configure(database: DatabaseSync): void {
  // Sets the file once for all.
  database.exec('PRAGMA journal_mode = WAL')
  // NORMAL: a put is with the operating system when it returns, which a killed process cannot take back; a power cut may lose
  // what came after the last checkpoint, and damages nothing. FULL would wait for the disk at every call.
  database.exec('PRAGMA synchronous = NORMAL')
  // Pages in the log before SQLite carries them into the file, which takes the call that happens on it some ms: 16 MB.
  database.exec('PRAGMA wal_autocheckpoint = 4000')
  // What is deleted is overwritten with zeros.
  database.exec('PRAGMA secure_delete = ON')
}

function migrate(database: DatabaseSync, steps: readonly string[]): void {
  if (pragma(database, 'user_version') === steps.length) return
  database.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have been quicker.
    for (const step of steps.slice(pragma(database, 'user_version'))) database.exec(step)
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    database.exec(`PRAGMA user_version = ${steps.length}`)
    database.exec('COMMIT')
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

function pragma(database: DatabaseSync, name: string): number {
  const [value] = Object.values(database.prepare(`PRAGMA ${name}`).get()!)
  return Number(value)
}
