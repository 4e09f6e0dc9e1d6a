import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { priceOf } from '../facts/lookup.ts'
import { examplesNeeded, keptBy } from './kept.ts'
import { auditShare, auditsNeeded, breakEvenCalls, fixedCost, usdPerCall } from './money.ts'
import { priceChanges, scaledPrice } from './price-change.ts'
import { BEST, type End, MIDDLE, staysShare, WORST } from './split.ts'

const volume = { callsPerMonth: 1e6, users: 1, promptTokens: 500, outputTokens: 150, cachedShare: 0 }

describe('a month in the cloud', () => {
  // 500 tokens in and 150 out, a million times.
  test.each([
    ['gpt-5-nano', 85],
    ['gemini-2.5-flash-lite', 110],
    ['gpt-5.6-luna', 280],
    ['claude-4.5-haiku', 1250],
  ])('%s: $%d', (id, usd) => {
    expect(1e6 * usdPerCall(priceOf(facts, id), volume)).toBeCloseTo(usd, 9)
  })

  test('input that the provider had cached, with its price and without one', () => {
    const half = { ...volume, cachedShare: 0.5 }
    // 250 at $0.05 and 250 at $0.005, 150 at $0.40.
    expect(1e6 * usdPerCall(priceOf(facts, 'gpt-5-nano'), half)).toBeCloseTo(73.75, 9)
    const nova = priceOf(facts, 'amazon-nova-micro')
    expect(nova.cachedInputPerMTok).toBe(null)
    expect(usdPerCall(nova, half)).toBe(usdPerCall(nova, volume))
  })
})

test("the device's side: days over months, and each user's download", () => {
  const engineering = { days: 20, usdPerDay: 600, months: 12, egressUsdPerGB: 0.05 }
  expect(fixedCost(engineering, 10_000, 0.8e9)).toEqual({
    engineeringUsd: 1000,
    egressUsd: expect.closeTo((10_000 * 0.8 * 0.05) / 12, 9),
    usd: expect.closeTo(1033.333, 3),
  })
})

test('break-even, and what cannot break even', () => {
  expect(breakEvenCalls(1000, 0.000085)).toBeCloseTo(11_764_705.88, 2)
  expect(breakEvenCalls(0, 0)).toBe(0)
  expect(breakEvenCalls(10, 0)).toBe(null)
  expect(breakEvenCalls(10, Number.MIN_VALUE)).toBe(null)
})

test('twice the price is half the break-even', () => {
  const changes = priceChanges(priceOf(facts, 'gpt-5-nano'), volume, 1000, 0.5, [1, 2])
  expect(changes[1]!.usdPerMonth).toBeCloseTo(170, 9)
  expect(changes[1]!.breakEvenCallsPerMonth! * 2).toBeCloseTo(changes[0]!.breakEvenCallsPerMonth!, 6)
  expect(usdPerCall(scaledPrice(priceOf(facts, 'gpt-5-nano'), 3), volume) * 1e6).toBeCloseTo(255, 9)
})

describe('the split', () => {
  test('by hand: a device that keeps 0.8 of a cloud that is right 0.9 of the time, 0.95 to be kept', () => {
    expect(staysShare(0.8, 0.95, 0.9, WORST)).toBeCloseTo(1 - 0.15 / 0.2, 12)
    expect(staysShare(0.8, 0.95, 0.9, BEST)).toBeCloseTo(1 - 0.9 * 0.15, 12)
    expect(staysShare(0.8, 0.95, 0.9, MIDDLE)).toBeCloseTo((0.25 + 0.865) / 2, 12)
    expect(staysShare(0.95, 0.95, 0.9, WORST)).toBe(1)
    expect(staysShare(null, 0.95, 0.9, WORST)).toBeCloseTo(0.05, 12)
    expect(staysShare(null, 0.95, 0.9, BEST)).toBe(1)
  })

  test('the quality that is asked for is kept at both bounds, by counting calls', () => {
    const keep = 0.9
    for (const [right, cloudRight] of [
      [60, 100],
      [50, 80],
      [5, 40],
    ] as const) {
      const r = right / cloudRight
      // Of 100 calls the cloud gets the first `cloudRight`, the device the first `right` of them.
      const quality = (up: (call: number) => number): number =>
        Array.from({ length: 100 }, (_, i) => {
          const share = up(i)
          return share * (i < cloudRight ? 1 : 0) + (1 - share) * (i < right ? 1 : 0)
        }).reduce((sum, one) => sum + one, 0) / cloudRight
      const random = 1 - staysShare(r, keep, cloudRight / 100, WORST)
      expect(quality(() => random)).toBeCloseTo(keep, 9)
      const known = 100 * (1 - staysShare(r, keep, cloudRight / 100, BEST))
      const wrong = cloudRight - right
      expect(quality((i) => (i >= right && i < cloudRight ? known / wrong : 0))).toBeCloseTo(keep, 9)
    }
  })

  test('a share, larger with a better signal and with a better device', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(share, share, fc.double({ min: 0.01, max: 1, noNaN: true }), share, (a, b, keep, cloud) => {
        const at = (kept: number, signal: End): number => staysShare(kept, keep, cloud, signal)
        const [low, high] = a < b ? [a, b] : [b, a]
        for (const signal of [WORST, MIDDLE, BEST]) {
          expect(at(low, signal)).toBeGreaterThanOrEqual(0)
          expect(at(high, signal)).toBeLessThanOrEqual(1)
          expect(at(low, signal)).toBeLessThanOrEqual(at(high, signal) + 1e-9)
        }
        expect(at(a, WORST)).toBeLessThanOrEqual(at(a, MIDDLE) + 1e-12)
        expect(at(a, MIDDLE)).toBeLessThanOrEqual(at(a, BEST) + 1e-12)
      }),
      { seed: 81 },
    )
  })
})

describe("the share of the cloud's quality", () => {
  const own = { who: 'm', right: 80, of: 100, low: 0.708, high: 0.873 }
  const cloud = { who: 'cloud', right: 90, of: 100, low: 0.824, high: 0.951 }
  test('from two shares, from the same examples, without the cloud, and unknown', () => {
    const kept = keptBy('m', [own, cloud])!
    expect(kept.ends[1]).toBeCloseTo(0.8889, 4)
    // Katz's interval of these counts is 0.789 to 1.002.
    expect(kept.ends[0]).toBeCloseTo(0.79, 1)
    expect(kept.ends[2]).toBeCloseTo(1.0, 1)
    expect(keptBy('m', [{ ...own, kept: { value: 0.9, low: 0.85, high: 0.94 } }])?.ends).toEqual([
      0.85, 0.9, 0.94,
    ])
    expect(keptBy('m', [own])).toEqual({ ends: [0.708, 0.8, 1], right: 0.8, beside: false })
    expect(keptBy('other', [own, cloud])).toBe(null)
    expect(keptBy('m', [own, { ...cloud, right: 0, low: 0 }])).toBe(null)
  })

  test('its ends are ordered and finite whatever was measured', () => {
    const one = (who: string) =>
      fc
        .tuple(
          fc.integer({ min: 1, max: 500 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0, max: 0.3, noNaN: true }),
        )
        .map(([of, share, wide]) => {
          const right = Math.round(of * share)
          return { who, right, of, low: Math.max(0, right / of - wide), high: Math.min(1, right / of + wide) }
        })
    fc.assert(
      fc.property(one('m'), one('cloud'), (m, c) => {
        const kept = keptBy('m', [m, c])
        if (c.right === 0) return void expect(kept).toBe(null)
        const [worst, middle, best] = kept!.ends
        expect(worst).toBeGreaterThanOrEqual(0)
        expect(worst).toBeLessThanOrEqual(middle)
        expect(middle).toBeLessThanOrEqual(best)
        expect(best).toBeLessThan(1e3)
      }),
      { seed: 82 },
    )
  })

  test('examples needed: more where they are more alike, null where nobody could tell, and then they do tell', () => {
    const needed = examplesNeeded(1, 0.95, 0.9)!
    expect(needed).toBeGreaterThan(200)
    expect(needed).toBeLessThan(500)
    expect(examplesNeeded(0.6, 0.95, 0.9)!).toBeLessThan(60)
    expect(examplesNeeded(0.95, 0.95, 0.9)).toBe(null)
    expect(examplesNeeded(1, 1, 1)).toBe(null)
    const right = Math.round(needed * 0.9)
    const deviation = 1.96 * Math.sqrt((0.9 * 0.1) / needed)
    const share = { right, of: needed, low: 0.9 - deviation, high: 0.9 + deviation }
    const [worst] = keptBy('m', [
      { who: 'm', ...share },
      { who: 'cloud', ...share },
    ])!.ends
    expect(worst).toBeCloseTo(0.95, 2)
  })
})

test('audits: as many as a proof takes, from a month of calls', () => {
  // ln 0.05 / ln 0.95 = 58.4 without any harm.
  expect(auditsNeeded(0.05)).toBe(176)
  expect(auditsNeeded(0)).toBeLessThan(10_000)
  expect(auditShare(1000, 176)).toBeCloseTo(0.176, 12)
  expect(auditShare(1e6, 176)).toBe(0.01)
  expect(auditShare(10, 176)).toBe(1)
  expect(auditShare(0, 176)).toBe(0)
})
