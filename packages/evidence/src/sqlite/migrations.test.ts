/** A file of an older version is brought to this one with all it holds; one of a newer is left as it is. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { testFolder } from '../testing/folder.ts'
import { receiptOf, shadowOf } from '../testing/receipts.ts'
import { migrations } from './migrations.ts'
import { openDatabase } from './open-database.ts'
import { openSqliteLedger, SqliteLedger } from './sqlite-ledger.ts'

const folder = testFolder()
afterAll(() => folder[Symbol.dispose]())

const version = (path: string): unknown => {
  using database = new DatabaseSync(path)
  return database.prepare('PRAGMA user_version').get()?.user_version
}

/** What the next version of this package might do. */
const next = [
  ...migrations,
  `ALTER TABLE receipts ADD COLUMN model TEXT AS (receipt ->> '$.model') VIRTUAL;
   CREATE INDEX receipts_model ON receipts (model);`,
]

test('a file of any older version becomes one of the next, its receipts and contents in place', () => {
  for (let from = 1; from <= migrations.length; from++) {
    const path = folder.newFile()
    const until = new Date(Date.now() + 60_000).toISOString()
    {
      using first = new SqliteLedger(path, openDatabase(path, migrations.slice(0, from)))
      first.put(receiptOf({ id: 'old', costUsd: 0.5 }))
      first.keepContent('old', { prompt: 'p', answer: 'a' }, until)
    }
    expect(version(path)).toBe(from)
    for (let opened = 0; opened < 2; opened++) {
      const database = openDatabase(path, next)
      using second = new SqliteLedger(path, database)
      second.put(receiptOf({ id: 'new', model: 'another' }))
      expect(second.get('old')).toEqual(receiptOf({ id: 'old', costUsd: 0.5 }))
      expect(second.content('old')?.until).toBe(until)
      expect(second.spentUsd('2026-08-05')).toBe(0.5)
      const models = database.prepare('SELECT model FROM receipts ORDER BY seq').all()
      expect(models.map(({ model }) => model)).toEqual(['edgewise-mini', 'another'])
    }
    expect(version(path)).toBe(next.length)
  }
})

test('a receipt of version 1, from before there were judgements, can be judged', () => {
  const path = folder.newFile()
  {
    using old = new SqliteLedger(path, openDatabase(path, migrations.slice(0, 1)))
    old.put(receiptOf())
  }
  using ledger = openSqliteLedger(path)
  expect(ledger.judgements('receipt-1')).toEqual([])
  ledger.judge(shadowOf(0.25))
  expect(ledger.judgements('receipt-1')).toEqual([shadowOf(0.25)])
  expect(ledger.spentUsd('2026-08-05', { audits: true })).toBe(0.25)
})

test('a step that fails leaves the file as it was', () => {
  const path = folder.newFile()
  {
    using ledger = openSqliteLedger(path)
    ledger.put(receiptOf())
  }
  const broken = [...migrations, 'CREATE TABLE more (x TEXT) STRICT; CREATE TABLE receipts (y TEXT);']
  expect(() => openDatabase(path, broken)).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
  expect(version(path)).toBe(migrations.length)
  using ledger = openSqliteLedger(path)
  expect(ledger.get('receipt-1')).toEqual(receiptOf())
  using database = new DatabaseSync(path)
  expect(database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'more'`).get()).toBeUndefined()
})

test('a file of a newer version is refused, and not touched', () => {
  const path = folder.newFile()
  openDatabase(path, next).close()
  const before = readFileSync(path)
  expect(() => openSqliteLedger(path)).toThrow(expect.objectContaining({ code: 'ledger_newer' }))
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a database of something else is refused, and not touched', () => {
  const path = folder.newFile()
  openSqliteLedger(path).close()
  writeFileSync(path, '')
  {
    using database = new DatabaseSync(path)
    database.exec('CREATE TABLE bookmarks (url TEXT)')
  }
  const before = readFileSync(path)
  const { mode } = statSync(path)
  expect(() => openSqliteLedger(path)).toThrow(expect.objectContaining({ code: 'ledger_corrupt' }))
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(statSync(path).mode).toBe(mode)
})
