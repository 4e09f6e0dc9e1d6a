import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binomialCdf, clopperPearson, mostSuccesses, trialsNeeded } from './binomial.ts'

/** Exact, as fractions of big integers: p = numerator / 1000. */
function cdfByCounting(successes: number, n: number, permille: number): number {
  let choose = 1n
  let sum = 0n
  for (let k = 0; k <= successes; k++) {
    sum += choose * BigInt(permille) ** BigInt(k) * BigInt(1000 - permille) ** BigInt(n - k)
    choose = (choose * BigInt(n - k)) / BigInt(k + 1)
  }
  const scale = 10n ** 40n
  return Number((sum * scale) / 1000n ** BigInt(n)) / 1e40
}

const trials = fc.integer({ min: 1, max: 60 }).chain((n) => fc.tuple(fc.nat(n), fc.constant(n)))
const share = fc.integer({ min: 1, max: 999 })

describe('the tail', () => {
  test('is the sum of its terms', () => {
    fc.assert(
      fc.property(trials, share, ([k, n], permille) => {
        const exact = cdfByCounting(k, n, permille)
        expect(Math.abs(binomialCdf(k, n, permille / 1000) - exact)).toBeLessThan(1e-13 + exact * 1e-11)
      }),
    )
  })

  test('of many trials: known values (R 4.4, pbinom)', () => {
    expect(binomialCdf(22, 600, 0.05)).toBeCloseTo(cdfByCounting(22, 600, 50), 12)
    expect(binomialCdf(0, 1_000_000, 1e-6)).toBeCloseTo((1 - 1e-6) ** 1_000_000, 10)
  })

  test('falls with p and rises with the successes', () => {
    fc.assert(
      fc.property(trials, share, share, ([k, n], a, b) => {
        const [low, high] = [Math.min(a, b) / 1000, Math.max(a, b) / 1000]
        expect(binomialCdf(k, n, low)).toBeGreaterThanOrEqual(binomialCdf(k, n, high) - 1e-14)
        expect(binomialCdf(k, n, low)).toBeGreaterThanOrEqual(binomialCdf(k - 1, n, low) - 1e-14)
      }),
    )
  })
})

describe('the most successes', () => {
  test('are the last that pass', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), share, share, (n, p, delta) => {
        const most = mostSuccesses(n, p / 1000, delta / 1000)
        if (most >= 0) expect(binomialCdf(most, n, p / 1000)).toBeLessThanOrEqual(delta / 1000)
        expect(binomialCdf(most + 1, n, p / 1000)).toBeGreaterThan(delta / 1000)
      }),
    )
  })

  test('there are some from the number of trials needed on', () => {
    fc.assert(
      fc.property(share, share, (p, delta) => {
        const n = trialsNeeded(p / 1000, delta / 1000)
        expect(mostSuccesses(n, p / 1000, delta / 1000)).toBeGreaterThanOrEqual(0)
        if (n > 1) expect(mostSuccesses(n - 1, p / 1000, delta / 1000)).toBe(-1)
      }),
    )
  })

  test('5 % with 90 % confidence takes 45, with 95 % 59', () => {
    expect(trialsNeeded(0.05, 0.1)).toBe(45)
    expect(trialsNeeded(0.05, 0.05)).toBe(59)
  })
})

describe('the interval of Clopper and Pearson', () => {
  test('known values', () => {
    // Of 10 of 100, by the F distribution: 0.0490, 0.1762.
    expect(clopperPearson(10, 100).low).toBeCloseTo(0.0490047, 6)
    expect(clopperPearson(10, 100).high).toBeCloseTo(0.1762226, 6)
    // Without a success, 1 - (tail)^(1/n).
    expect(clopperPearson(0, 30)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 30), 10) })
    expect(clopperPearson(0, 0)).toEqual({ low: 0, high: 1 })
  })

  test('covers a known probability as often as it says, by counting', () => {
    for (const p of [0.02, 0.1, 0.37, 0.5]) {
      let covered = 0
      for (let k = 0; k <= 40; k++) {
        const { low, high } = clopperPearson(k, 40, 0.9)
        if (low <= p && p <= high) covered += binomialCdf(k, 40, p) - binomialCdf(k - 1, 40, p)
      }
      expect(covered).toBeGreaterThanOrEqual(0.9)
    }
  })
})

describe('at the extremes', () => {
  test('many trials, probabilities near 0 and 1, far tails (mpmath, 40 digits)', () => {
    for (const [k, n, p, exact] of [
      [499_350, 1_000_000, 0.5, 0.09697195181863656],
      [497_500, 1_000_000, 0.5, 2.881270818870302e-7],
      [747, 1_000_000, 0.001, 3.12698130876934e-17],
      [300_000, 1_000_000, 0.3, 0.5004933190666793],
      [999_992, 1_000_000, 1 - 1e-9, 2.4778852114843413e-29],
      [999_969, 1_000_000, 1 - 1e-6, 4.616036874692291e-35],
    ] as const)
      expect(Math.abs(binomialCdf(k, n, p) / exact - 1)).toBeLessThan(1e-11)
  })

  test('come to an end, whatever is asked', () => {
    expect(trialsNeeded(1e-9, 0.1)).toBe(2_302_585_092)
    expect(trialsNeeded(1e-17, 0.1)).toBeGreaterThan(2.3e17)
    expect(trialsNeeded(1e-9, 5e-324)).toBeGreaterThan(7e11)
    expect(trialsNeeded(1 - 1e-15, 0.1)).toBe(1)
    expect(binomialCdf(3, 10, Number.NaN)).toBeNaN()
  })

  test('an interval of all but certain confidence', () => {
    const confidence = 1 - 1e-12
    const tail = (1 - confidence) / 2
    // Of one success in n, 1 - (1 - tail)^(1/n): about tail / n.
    expect(clopperPearson(1, 10, confidence).low / (tail / 10)).toBeCloseTo(1, 3)
    expect(clopperPearson(10, 10, confidence).low).toBeCloseTo(tail ** 0.1, 9)
  })
})
