/** The ledger in a file: the suite of all stores, and what holds where it is a file. */
import fs, { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test, vi } from 'vitest'
import { testFolder } from '../testing/folder.ts'
import { ledgerSuite } from '../testing/ledger-suite.ts'
import { judgementOf, receiptOf, shadowOf } from '../testing/receipts.ts'
import { openSqliteLedger } from './index.ts'
import { AUDITS, pageOf } from './sqlite-ledger.ts'

const folder = testFolder()
afterAll(() => folder[Symbol.dispose]())
const { newFile } = folder

ledgerSuite(
  'SQLite',
  () => {
    const path = newFile()
    return () => openSqliteLedger(path)
  },
  true,
)

test.skipIf(process.platform === 'win32')('the files are for their owner alone (not on Windows)', () => {
  const path = newFile()
  using ledger = openSqliteLedger(path)
  ledger.put(receiptOf())
  for (const end of ['', '-wal', '-shm']) expect(statSync(path + end).mode & 0o777, end).toBe(0o600)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
})

test.skipIf(process.platform === 'win32')(
  'files that others could read are closed to them (not on Windows)',
  () => {
    const path = newFile()
    const ends = ['', '-wal', '-shm']
    const modes = (): readonly number[] => ends.map((end) => statSync(path + end).mode & 0o777)
    mkdirSync(dirname(path))
    writeFileSync(path, '', { mode: 0o644 })
    using first = openSqliteLedger(path)
    first.put(receiptOf())
    expect(modes()).toEqual([0o600, 0o600, 0o600])
    for (const end of ends) chmodSync(path + end, 0o666)
    using second = openSqliteLedger(path)
    expect(modes()).toEqual([0o600, 0o600, 0o600])
    expect(second.get('receipt-1')).toEqual(receiptOf())
  },
)

test.skipIf(process.platform === 'win32')('one that stays open to others is refused (not on Windows)', () => {
  const path = newFile()
  openSqliteLedger(path).close()
  const chmod = vi.spyOn(fs, 'chmodSync')
  try {
    for (const does of ['nothing', 'throws']) {
      fs.chmodSync(path, 0o640)
      chmod.mockImplementation(() => {
        if (does === 'throws') throw Object.assign(new Error('EPERM: not permitted'), { code: 'EPERM' })
      })
      syncBuiltinESMExports()
      expect(() => openSqliteLedger(path), does).toThrow(
        expect.objectContaining({ code: 'ledger_unavailable', message: expect.stringContaining('640') }),
      )
      chmod.mockReset()
      syncBuiltinESMExports()
    }
  } finally {
    chmod.mockRestore()
    syncBuiltinESMExports()
  }
  openSqliteLedger(path).close()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('plain sqlite3 reads the columns, and the rest out of the JSON', () => {
  const path = newFile()
  using ledger = openSqliteLedger(path)
  ledger.put(receiptOf({ id: 'a', place: 'cloud', costUsd: 0.25, user: '0123456789abcdef' }))
  using database = new DatabaseSync(path, { readOnly: true })
  const row = database
    .prepare(
      `SELECT seq, id, at, task, user, place, cost, receipt ->> '$.attempts[0].ms' AS ms FROM receipts`,
    )
    .get()
  expect({ ...row }).toEqual({
    seq: 1,
    id: 'a',
    at: '2026-08-05T09:30:00.000Z',
    task: 'intent',
    user: '0123456789abcdef',
    place: 'cloud',
    cost: 0.25,
    ms: 9,
  })
})

test('not even SQL changes a receipt or a judgement, or removes one', () => {
  const path = newFile()
  using ledger = openSqliteLedger(path)
  ledger.put(receiptOf())
  ledger.judge(judgementOf())
  using database = new DatabaseSync(path)
  expect(() => database.exec(`UPDATE judgements SET device = 0`)).toThrow('judgements never change')
  expect(() => database.exec(`DELETE FROM judgements`)).toThrow('judgements never leave')
  expect(ledger.judgements('receipt-1')).toEqual([judgementOf()])
  expect(() => database.exec(`UPDATE receipts SET cost = 0`)).toThrow('receipts never change')
  expect(() => database.exec(`DELETE FROM receipts`)).toThrow('receipts never leave')
  expect(ledger.get('receipt-1')).toEqual(receiptOf())
})

test('two ledgers on one file see what the other wrote, judgements and money too', () => {
  const path = newFile()
  using one = openSqliteLedger(path)
  using other = openSqliteLedger(path)
  for (let i = 0; i < 20; i++) {
    const writer = i % 2 ? one : other
    writer.put(receiptOf({ id: `r${i}`, costUsd: 0.125 }))
    for (const reader of [one, other]) {
      expect(reader.spentUsd('2026-08-05')).toBe(0.125 * (i + 1))
      expect(reader.recent(1)[0]!.id).toBe(`r${i}`)
    }
    writer.judge(shadowOf(0.125, { receiptId: `r${i}` }))
    // The same from the other one is the same.
    for (const judge of [one, other]) judge.judge(shadowOf(0.125, { receiptId: `r${i}` }))
    for (const reader of [one, other]) {
      expect(reader.judgements(`r${i}`)).toHaveLength(1)
      expect(reader.spentUsd('2026-08-05', { audits: true })).toBe(0.125 * (i + 1))
    }
  }
})

test('the log does not grow beyond what SQLite carries over by itself', () => {
  const path = newFile()
  using ledger = openSqliteLedger(path)
  for (let i = 0; i < 4000; i++) ledger.put(receiptOf({ id: `r${i}`, why: 'w'.repeat(1000) }))
  expect(readFileSync(`${path}-wal`).length).toBeLessThan(20_000_000)
})

test('a sum of what judgements cost goes through what cost something, by index', () => {
  const path = newFile()
  openSqliteLedger(path).close()
  using database = new DatabaseSync(path, { readOnly: true })
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${AUDITS}`).all() as { detail: string }[]
  expect(plan.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^SEARCH paid USING COVERING INDEX judgements_paid \(number>\?/),
    expect.stringMatching(/^SEARCH receipts USING INTEGER PRIMARY KEY/),
  ])
})

test('a page of a large ledger is found by its number, whatever is asked for', () => {
  const path = newFile()
  openSqliteLedger(path).close()
  using database = new DatabaseSync(path, { readOnly: true })
  const sql = `EXPLAIN QUERY PLAN ${pageOf(' AND at >= ? AND at < ? AND task = ?')}`
  const plan = database.prepare(sql).all() as { detail: string }[]
  expect(plan.map(({ detail }) => detail)).toEqual([
    expect.stringMatching(/^SEARCH receipts USING INTEGER PRIMARY KEY/),
  ])
})
