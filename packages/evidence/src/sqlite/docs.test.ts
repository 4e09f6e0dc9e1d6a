/** Every SQL example of docs/ledger.md runs, reading only, and finds something in a ledger that has it. */
import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { testFolder } from '../testing/folder.ts'
import { judgementOf, receiptOf, shadowOf } from '../testing/receipts.ts'
import { openSqliteLedger } from './index.ts'

const page = readFileSync(new URL('../../../../docs/ledger.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/```sql\n([\s\S]*?)```/g)].map(([, sql]) => sql!)

test('the examples of the page', () => {
  using folder = testFolder()
  const path = folder.newFile()
  using ledger = openSqliteLedger(path)
  ledger.put(receiptOf({ id: 'a', avoidedUsd: 0.25 }))
  ledger.put(
    receiptOf({
      id: 'b',
      place: 'cloud',
      costUsd: 0.5,
      bytesOut: 412,
      signals: [{ name: 'margin', value: 0.1, threshold: 0.5, pass: false }],
    }),
  )
  ledger.put(receiptOf({ id: 'c', place: 'cloud', costUsd: 9, rehearsal: true }))
  ledger.keepContent('b', { prompt: 'four', answer: 'more' }, new Date(Date.now() + 60_000).toISOString())
  ledger.judge(shadowOf(0.25, { receiptId: 'b' }))
  ledger.judge(judgementOf({ receiptId: 'b', device: null, cloud: 0.5 }))
  using database = new DatabaseSync(path, { readOnly: true })
  const [days, slowest, left, signals, contents, judged] = examples.map((sql) => database.prepare(sql).all())
  expect(days).toMatchObject([{ day: '2026-08-05', calls: 2, on_device: 1, spent: 0.5, avoided: 0.25 }])
  expect(slowest).toHaveLength(3)
  expect(left).toMatchObject([{ task: 'intent', calls: 1, bytes: 412, privacy: 'anything' }])
  expect(signals).toMatchObject([{ signal: 'margin', value: 0.1, threshold: 0.5 }])
  expect(contents).toMatchObject([{ id: 'b', characters: 8 }])
  expect(judged).toMatchObject([
    { task: 'intent', judge: 'shadow', judgements: 1, device: 0, cloud: 1, spent: 0.25 },
    { task: 'intent', judge: 'user', judgements: 1, device: null, cloud: 0.5, spent: 0 },
  ])
  expect(examples).toHaveLength(6)
})
