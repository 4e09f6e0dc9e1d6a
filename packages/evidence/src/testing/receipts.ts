/** Receipts for tests: one of a plain call on the device, to be changed, and seeded ones of many kinds. */
import type { Judgement } from '../judgement.ts'
import type { Attempt, Place, Receipt, Tokens } from '../receipt.ts'

const unknown: Tokens = { input: null, cached: null, output: null }

export const attemptOf = (changes: Partial<Attempt> = {}): Attempt => ({
  place: 'device',
  model: 'edgewise-mini',
  outcome: 'answered',
  code: null,
  note: '',
  startMs: 0.1,
  firstOutputMs: 4,
  ms: 9,
  tries: 1,
  inputTokens: 20,
  cachedTokens: 0,
  outputTokens: 3,
  costUsd: 0,
  estimated: false,
  bytesOut: 0,
  ...changes,
})

export const receiptOf = (changes: Partial<Receipt> = {}): Receipt => ({
  id: 'receipt-1',
  at: '2026-08-05T09:30:00.000Z',
  task: 'intent',
  taskFrom: 'caller',
  user: null,
  place: 'device',
  model: 'edgewise-mini',
  why: 'the policy prefers the device',
  path: [{ rule: 'place', value: 'prefer-device', threshold: null, then: 'the device first' }],
  attempts: [attemptOf()],
  signals: [],
  certificate: null,
  cache: null,
  queueMs: 0.1,
  firstTokenMs: 4.1,
  totalMs: 9.2,
  inputTokens: 20,
  cachedTokens: 0,
  outputTokens: 3,
  tokens: { device: { input: 20, cached: 0, output: 3 }, cloud: unknown },
  tokensPerSecond: null,
  costUsd: 0,
  avoidedUsd: null,
  price: null,
  privacy: 'anything',
  bytesOut: 0,
  sentDigest: null,
  prepared: { redacted: null, nameRecall: null, selected: null, compressed: null },
  deviceEnergyJ: null,
  rehearsal: false,
  error: null,
  ...changes,
})

/** A user's word on a device's answer. */
export const judgementOf = (changes: Partial<Judgement> = {}): Judgement => ({
  receiptId: 'receipt-1',
  at: '2026-08-05T10:00:00.000Z',
  by: 'user',
  device: 1,
  cloud: null,
  shadow: null,
  ...changes,
})

/** The device's answer against one of the cloud's that was bought for it. */
export const shadowOf = (costUsd: number | null, changes: Partial<Judgement> = {}): Judgement =>
  judgementOf({
    by: 'shadow',
    device: 0,
    cloud: 1,
    shadow: attemptOf({ place: 'cloud', model: 'cloud-model', ms: 700, costUsd, bytesOut: 412 }),
    ...changes,
  })

/** One of many kinds, the same for the same numbers; its id says which. Calls come in within a day of each other. */
export function randomReceipt(id: string, random: () => number): Receipt {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const place = pick<Place | null>(['device', 'cloud', null])
  const costUsd = place === 'device' ? 0 : pick([null, 0.0001, 0.25])
  return receiptOf({
    id,
    at: new Date(Date.UTC(2026, 7, 5) + Math.floor(random() * 86_400_000)).toISOString(),
    task: pick(['intent', 'json', 'résumé 漢字 "quoted"']),
    user: pick([null, '0123456789abcdef', 'fedcba9876543210']),
    place,
    why: 'w'.repeat(Math.floor(random() * 2000)),
    attempts: Array.from({ length: Math.floor(random() * 4) }, () =>
      attemptOf({ place: 'cloud', outcome: pick(['failed', 'cancelled', 'rejected']), costUsd }),
    ),
    costUsd,
    rehearsal: random() < 0.2,
    error: place === null ? 'no_place' : null,
  })
}
