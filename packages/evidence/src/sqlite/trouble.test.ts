/** A disk without room, a file that is damaged, not writable, or held by another: each has its code, and what was there stays. */
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import { testFolder } from '../testing/folder.ts'
import { randomReceipt, receiptOf } from '../testing/receipts.ts'
import { BUSY_MS, openDatabase } from './open-database.ts'
import { openSqliteLedger, SqliteLedger } from './sqlite-ledger.ts'

const folder = testFolder()
afterAll(() => folder[Symbol.dispose]())

const withCode = (code: string): unknown => expect.objectContaining({ name: 'LedgerError', code })

/** A file with 100 receipts, closed. */
function written(): string {
  const path = folder.newFile()
  using ledger = openSqliteLedger(path)
  const random = seededRandom(5)
  for (let i = 0; i < 100; i++) ledger.put(randomReceipt(`r${i}`, random))
  return path
}

test('a full disk: what was acknowledged is there, and it goes on when there is room', () => {
  const path = folder.newFile()
  const database = openDatabase(path)
  using ledger = new SqliteLedger(path, database)
  database.exec('PRAGMA max_page_count = 40')
  let fitted = 0
  const fill = (): void => {
    for (; fitted < 1000; fitted++) ledger.put(receiptOf({ id: `r${fitted}`, why: 'w'.repeat(1000) }))
  }
  expect(fill).toThrow(withCode('ledger_full'))
  expect(fitted).toBeGreaterThan(10)
  expect(fill).toThrow(withCode('ledger_full'))
  expect([...ledger.all()]).toHaveLength(fitted)
  database.exec('PRAGMA max_page_count = 1000000')
  fill()
  expect([...ledger.all()]).toHaveLength(1000)
})

describe('a damaged file', () => {
  test('is refused when it is no database', () => {
    const path = written()
    writeFileSync(path, 'this is no database, '.repeat(1000))
    expect(() => openSqliteLedger(path)).toThrow(withCode('ledger_corrupt'))
  })

  test('says so wherever it is met, and nothing else is thrown', () => {
    const random = seededRandom(6)
    const ids: string[] = []
    {
      using whole = openSqliteLedger(written())
      for (const { id } of whole.all()) ids.push(id)
    }
    let found = 0
    for (let round = 0; round < 25; round++) {
      const path = written()
      const file = openSync(path, 'r+')
      const at = Math.floor(random() * (statSync(path).size - 4096))
      writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at)
      closeSync(file)
      try {
        using ledger = openSqliteLedger(path)
        for (const receipt of ledger.all()) void receipt
        for (const id of ids) ledger.get(id)
        ledger.put(receiptOf())
      } catch (error) {
        expect(error).toEqual(withCode('ledger_corrupt'))
        found++
      }
    }
    expect(found).toBeGreaterThan(12)
  })

  test('is refused for a receipt that was changed to no JSON by hand', () => {
    const path = written()
    {
      using database = new DatabaseSync(path)
      database.exec(`DROP TRIGGER receipts_never_change; UPDATE receipts SET receipt = '{' WHERE id = 'r7'`)
    }
    using ledger = openSqliteLedger(path)
    expect(() => ledger.get('r7')).toThrow(withCode('ledger_corrupt'))
    expect(ledger.get('r8')).toBeDefined()
  })
})

test('a file that cannot be written is still read', () => {
  const path = written()
  using ledger = new SqliteLedger(path, new DatabaseSync(path, { readOnly: true }))
  expect(() => ledger.put(receiptOf())).toThrow(withCode('ledger_read_only'))
  expect(() => ledger.purge()).toThrow(withCode('ledger_read_only'))
  expect([...ledger.all()]).toHaveLength(100)
})

test('a path that cannot be one', () => {
  const path = written()
  expect(() => openSqliteLedger(`${path}/below/ledger.db`)).toThrow(withCode('ledger_unavailable'))
  expect(() => openSqliteLedger(dirname(path))).toThrow(withCode('ledger_unavailable'))
  expect(readFileSync(path).length).toBeGreaterThan(0)
})

test('a file another process has locked for ever: reading goes on, writing says so', () => {
  const path = written()
  const database = openDatabase(path)
  using ledger = new SqliteLedger(path, database)
  database.exec('PRAGMA busy_timeout = 20')
  using other = new DatabaseSync(path)
  other.exec('BEGIN IMMEDIATE')
  const waits = (): unknown => database.prepare('PRAGMA busy_timeout').get()?.timeout
  expect(() => ledger.put(receiptOf())).toThrow(withCode('ledger_locked'))
  // Not waited for a second time: there are other calls to serve.
  expect(waits()).toBe(0)
  expect(() => ledger.put(receiptOf())).toThrow(withCode('ledger_locked'))
  expect([...ledger.all()]).toHaveLength(100)
  other.exec('COMMIT')
  ledger.put(receiptOf())
  expect(ledger.get('receipt-1')).toEqual(receiptOf())
  expect(waits()).toBe(BUSY_MS)
})
