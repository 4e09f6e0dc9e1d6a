import type { Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { newestFirst, sumUp } from './ledger-view.ts'

const receipt = (id: string, at: string, more: Partial<Receipt> = {}): Receipt => ({
  id,
  at,
  task: 'intent',
  place: 'device',
  model: 'edgewise-mini',
  why: 'the policy keeps it here',
  attempts: [],
  signal: null,
  firstTokenMs: 4,
  totalMs: 5,
  inputTokens: 12,
  cachedTokens: 0,
  outputTokens: 1,
  tokensPerSecond: null,
  costUsd: 0,
  avoidedUsd: null,
  bytesOut: 0,
  error: null,
  ...more,
})

test('the receipts of both sources stand in one order', () => {
  const gateway = [receipt('c', '2026-01-01T10:00:03Z'), receipt('a', '2026-01-01T10:00:01Z')]
  const tab = [receipt('d', '2026-01-01T11:00:04+01:00'), receipt('b', '2026-01-01T10:00:02Z')]
  expect(newestFirst(gateway, tab, 3).map((r) => r.id)).toEqual(['d', 'c', 'b'])
})

test('sums count what is known, and say when nothing is', () => {
  const at = '2026-01-01T10:00:00Z'
  const cloud = receipt('b', at, { place: 'cloud', costUsd: null, bytesOut: 300 })
  expect(sumUp([receipt('a', at), cloud])).toEqual({
    calls: 2,
    onDevice: 1,
    costUsd: 0,
    avoidedUsd: null,
    bytesOut: 300,
  })
  expect(sumUp([cloud]).costUsd).toBeNull()
  expect(sumUp([receipt('a', at, { avoidedUsd: 0.5 }), cloud]).avoidedUsd).toBe(0.5)
})
