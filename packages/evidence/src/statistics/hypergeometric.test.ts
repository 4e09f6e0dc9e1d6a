import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mostSuccesses } from './binomial.ts'
import { hypergeometricCdf, mostBeforeCalls } from './hypergeometric.ts'

/** Every way to choose which of the balls are drawn. */
function* choices(total: number, drawn: number, from = 0): Generator<number[]> {
  if (drawn === 0) yield []
  else
    for (let i = from; i <= total - drawn; i++)
      for (const rest of choices(total, drawn - 1, i + 1)) yield [i, ...rest]
}

test('the tail is the share of all draws', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 11 }), fc.nat(11), fc.nat(11), fc.nat(11), (total, d, m, k) => {
      const [drawn, marked] = [d % (total + 1), m % (total + 1)]
      const all = [...choices(total, drawn)]
      const few = all.filter((draw) => draw.filter((ball) => ball < marked).length <= k)
      expect(hypergeometricCdf(k, drawn, marked, total)).toBeCloseTo(few.length / all.length, 10)
    }),
  )
})

test('of very many balls (mpmath, 40 digits)', () => {
  for (const [k, drawn, marked, total, exact] of [
    [41, 1000, 500_021, 10_001_000, 0.10635970832017097],
    [41, 1000, 5e10 + 21, 1e12 + 1000, 0.10629617137153907],
    [41, 1000, 5e13 + 1, 1e15 + 1000, 0.10629617070742896],
    [24_857, 1_000_000, 50_001, 2_000_000, 0.09760601799782088],
    [9, 1000, 5001, 101_000, 6.702615194221515e-13],
  ] as const)
    expect(Math.abs(hypergeometricCdf(k, drawn, marked, total) / exact - 1)).toBeLessThan(1e-9)
})

describe('the most successes before the calls', () => {
  test('let too many calls through in at most delta of all orders, whatever number is harmed: by counting', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 7 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(3),
        fc.constantFrom(0.1, 0.25, 0.5),
        (n, calls, allowed, delta) => {
          const most = mostBeforeCalls(n, calls, allowed, delta)
          fc.pre(most >= 0)
          // All are harmed: that is the worst. In each order the bar stops before harmed item number most + 1.
          for (let harmed = 0; harmed <= n + calls; harmed++) {
            let orders = 0
            let broken = 0
            for (const items of choices(n + calls, n)) {
              orders++
              const isItem = new Set(items)
              let seen = 0
              let through = 0
              for (let i = 0; i < harmed && seen <= most; i++)
                if (!isItem.has(i)) through++
                else if (++seen > most) break
              if (through > allowed) broken++
            }
            expect(broken / orders).toBeLessThanOrEqual(delta + 1e-9)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('come to the binomial ones when the calls are very many, and are fewer before', () => {
    for (const [n, alpha, delta] of [
      [600, 0.05, 0.1],
      [300, 0.1, 0.05],
    ] as const) {
      const most = (calls: number): number => mostBeforeCalls(n, calls, Math.floor(alpha * calls), delta)
      expect(most(10_000_000)).toBe(mostSuccesses(n, alpha, delta))
      expect(most(400)).toBeLessThan(most(4000))
      expect(most(4000)).toBeLessThanOrEqual(most(10_000_000))
    }
  })
})
