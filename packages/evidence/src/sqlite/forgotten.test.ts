/** What was purged is gone from the bytes of every file of the ledger, not only from its tables. */
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { seededRandom } from '../../../engine/src/generate/random.ts'
import { END_OF_TIME, PURGE_EVERY } from '../ledger.ts'
import { rawBytes, testFolder } from '../testing/folder.ts'
import { heldTimers } from '../testing/held-timers.ts'
import { movedClock } from '../testing/moved-clock.ts'
import { receiptOf } from '../testing/receipts.ts'
import { openDatabase } from './open-database.ts'
import { openSqliteLedger, SqliteLedger } from './sqlite-ledger.ts'

const folder = testFolder()
afterAll(() => folder[Symbol.dispose]())

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString()
const HOUR = 3_600_000
const MINUTE_MS = 60_000
/** A text that is easily found, every 12 bytes of it say whose it is. */
const said = (name: string, length: number): string => `<${name.padEnd(10, '.')}>`.repeat(length)
const trace = (name: string): string => `${name.padEnd(10, '.')}`

test('contents of all sizes, kept and purged in any order: no byte of the purged ones is left', () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seededRandom(seed)
    const path = folder.newFile()
    using ledger = openSqliteLedger(path)
    const kept = new Map<string, string>()
    const gone: string[] = []
    for (let i = 0; i < 120; i++) {
      const id = `s${seed}x${i}x`
      ledger.put(receiptOf({ id: `call-${i}` }))
      const until = inMs(HOUR * (1 + Math.floor(random() * 100)))
      // From a few bytes to several pages.
      const size = 1 + Math.floor(random() ** 4 * 2000)
      ledger.keepContent(`call-${i}`, { prompt: said(id, size), answer: said(id, 3) }, until)
      kept.set(id, until)
      if (random() < 0.15) {
        const now = inMs(HOUR * Math.floor(random() * 60))
        ledger.purge(now)
        for (const [name, end] of kept) if (end <= now && kept.delete(name)) gone.push(name)
        const bytes = rawBytes(path)
        for (const name of gone) expect(bytes.includes(trace(name)), `${name} of seed ${seed}`).toBe(false)
        for (const name of kept.keys()) expect(bytes.includes(trace(name)), name).toBe(true)
      }
    }
    expect(gone.length).toBeGreaterThan(10)
    ledger.purge(END_OF_TIME)
    expect(rawBytes(path)).not.toContain('....')
  }
})

test('opening it is enough', () => {
  const path = folder.newFile()
  const first = openSqliteLedger(path)
  first.put(receiptOf())
  first.keepContent('receipt-1', { prompt: said('secret', 900), answer: said('secret', 1) }, inMs(HOUR))
  first.close()
  expect(rawBytes(path)).toContain(trace('secret'))
  using _ = movedClock(2 * HOUR)
  using second = openSqliteLedger(path)
  expect(rawBytes(path)).not.toContain(trace('secret'))
  expect(second.get('receipt-1')).toEqual(receiptOf())
})

test('receipts that go on being written are enough', () => {
  using ledger = openSqliteLedger(folder.newFile())
  ledger.put(receiptOf())
  ledger.keepContent('receipt-1', { prompt: said('secret', 900), answer: said('secret', 1) }, inMs(HOUR))
  using _ = movedClock(2 * HOUR)
  for (let i = 0; i < PURGE_EVERY; i++) ledger.put(receiptOf({ id: `r${i}` }))
  expect(rawBytes(ledger.path)).not.toContain(trace('secret'))
})

test('a process that runs is enough, though it does nothing', async () => {
  using ledger = openSqliteLedger(folder.newFile())
  ledger.put(receiptOf())
  ledger.keepContent('receipt-1', { prompt: said('secret', 900), answer: said('secret', 1) }, inMs(40))
  expect(rawBytes(ledger.path)).toContain(trace('secret'))
  while (rawBytes(ledger.path).includes(trace('secret'))) await sleep(5)
  expect(ledger.get('receipt-1')).toEqual(receiptOf())
})

test('what another process had in its hands when the time was up is taken a minute later', () => {
  using timers = heldTimers()
  using ledger = openSqliteLedger(folder.newFile())
  ledger.put(receiptOf())
  ledger.keepContent('receipt-1', { prompt: said('secret', 900), answer: '' }, inMs(HOUR))
  using reader = new DatabaseSync(ledger.path)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM receipts').get()
  using _ = movedClock(2 * HOUR)
  timers.ring()
  expect(rawBytes(ledger.path)).toContain(trace('secret'))
  expect(timers.waits()).toEqual([MINUTE_MS])
  reader.exec('COMMIT')
  using _later = movedClock(MINUTE_MS)
  timers.ring()
  expect(rawBytes(ledger.path)).not.toContain(trace('secret'))
  expect(timers.waits()).toEqual([])
})

test('while another process reads, purge says that bytes are left; the next one takes them', () => {
  const path = folder.newFile()
  const database = openDatabase(path)
  using ledger = new SqliteLedger(path, database)
  database.exec('PRAGMA busy_timeout = 20')
  ledger.put(receiptOf())
  ledger.keepContent('receipt-1', { prompt: said('secret', 900), answer: '' }, inMs(HOUR))
  using reader = new DatabaseSync(path)
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM receipts').get()
  expect(() => ledger.purge(END_OF_TIME)).toThrow(expect.objectContaining({ code: 'ledger_locked' }))
  expect(ledger.content('receipt-1')).toBeUndefined()
  expect(rawBytes(path)).toContain(trace('secret'))
  reader.exec('COMMIT')
  expect(ledger.purge()).toBe(0)
  expect(rawBytes(path)).not.toContain(trace('secret'))
})
