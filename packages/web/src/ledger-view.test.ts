import type { Receipt } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { receiptOf } from '../../evidence/src/testing/receipts.ts'
import { newestFirst, sumUp } from './ledger-view.ts'

const receipt = (id: string, at: string, more: Partial<Receipt> = {}): Receipt =>
  receiptOf({ id, at, ...more })

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
    rehearsals: 0,
    costUsd: 0,
    avoidedUsd: null,
    bytesOut: 300,
  })
  expect(sumUp([cloud]).costUsd).toBeNull()
  expect(sumUp([receipt('a', at, { avoidedUsd: 0.5 }), cloud]).avoidedUsd).toBe(0.5)
})

test('the money of a rehearsal is in no sum', () => {
  const at = '2026-01-01T10:00:00Z'
  const played = receipt('b', at, { place: 'cloud', costUsd: 0.5, bytesOut: 300, rehearsal: true })
  expect(sumUp([receipt('a', at), played])).toMatchObject({
    calls: 2,
    rehearsals: 1,
    costUsd: 0,
    bytesOut: 300,
  })
  expect(sumUp([played]).costUsd).toBeNull()
})
