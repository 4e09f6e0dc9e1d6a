import { expect, test } from 'vitest'
import { memoryLedger } from './ledger.ts'
import type { Receipt } from './receipt.ts'

const receipt = (id: string): Receipt => ({
  id,
  at: '2026-01-01T00:00:00.000Z',
  task: 'intent',
  place: 'device',
  model: 'edgewise-mini',
  why: 'the policy prefers the device',
  attempts: [],
  signal: null,
  firstTokenMs: 1,
  totalMs: 2,
  inputTokens: 3,
  cachedTokens: 1,
  outputTokens: 1,
  tokensPerSecond: null,
  costUsd: 0,
  avoidedUsd: null,
  bytesOut: 0,
  error: null,
})

test('a receipt is found again by its id, the newest come first', () => {
  const ledger = memoryLedger()
  for (const id of ['a', 'b', 'c']) ledger.put(receipt(id))
  expect(ledger.get('b')).toEqual(receipt('b'))
  expect(ledger.get('nobody')).toBeUndefined()
  expect(ledger.recent(2)).toEqual([receipt('c'), receipt('b')])
})

test('the oldest receipt leaves when the ledger is full', () => {
  const ledger = memoryLedger(2)
  for (const id of ['a', 'b', 'c']) ledger.put(receipt(id))
  expect(ledger.get('a')).toBeUndefined()
  expect(ledger.recent(10)).toHaveLength(2)
})
