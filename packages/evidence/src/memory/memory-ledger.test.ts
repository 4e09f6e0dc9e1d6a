/** The ledger in memory: the suite of all stores, and what holds where it is bounded. */
import { expect, test } from 'vitest'
import { ledgerSuite } from '../testing/ledger-suite.ts'
import { receiptOf, shadowOf } from '../testing/receipts.ts'
import { memoryLedger } from './memory-ledger.ts'

ledgerSuite('memory', () => () => memoryLedger(), false)

test('the oldest receipt leaves when the ledger is full, its content and judgements too; what they cost stays', async () => {
  const ledger = memoryLedger(2)
  const until = new Date(Date.now() + 60_000).toISOString()
  for (const id of ['a', 'b', 'c']) {
    await ledger.put(receiptOf({ id, costUsd: 0.5 }))
    await ledger.judge(shadowOf(0.25, { receiptId: id }))
    await ledger.keepContent(id, { prompt: id, answer: id }, until)
  }
  expect(await ledger.get('a')).toBeUndefined()
  expect(await ledger.content('a')).toBeUndefined()
  expect(await ledger.judgements('a')).toEqual([])
  expect(await ledger.recent(10)).toHaveLength(2)
  expect(await ledger.content('b')).toEqual({ prompt: 'b', answer: 'b', until })
  expect(await ledger.spentUsd('2026-08-05')).toBe(1.5)
  expect(await ledger.spentUsd('2026-08-05', { audits: true })).toBe(0.75)
})
