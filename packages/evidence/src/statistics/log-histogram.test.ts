/** Quantiles of the histogram against those of the sorted values; their intervals cover as often as they say. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ACCURACY, LogHistogram, quantileRanks } from './log-histogram.ts'
import { seededRandom } from './random.ts'

const filled = (values: Iterable<number>): LogHistogram => {
  const histogram = new LogHistogram()
  for (const value of values) histogram.add(value)
  return histogram
}

test('a quantile is that of the sorted values, to half a percent, in whatever order they came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (values, share) => {
        const sorted = [...values].sort((a, b) => a - b)
        const exact = sorted[Math.max(1, Math.ceil(share * values.length - 1e-9)) - 1]!
        const quantile = filled(values).quantile(share)!
        expect(Math.abs(quantile.value - exact)).toBeLessThanOrEqual(exact * (ACCURACY + 1e-9))
        expect(filled(sorted).quantile(share)).toEqual(quantile)
        const { low, high } = quantileRanks(values.length, share, 0.95)
        if (quantile.low !== null) {
          expect(quantile.low).toBeLessThanOrEqual(sorted[low - 1]! * (1 + 1e-9))
          expect(quantile.low).toBeLessThanOrEqual(exact)
        } else expect(low).toBe(0)
        if (quantile.high !== null) {
          expect(quantile.high).toBeGreaterThanOrEqual(sorted[high - 1]! * (1 - 1e-9))
          expect(quantile.high).toBeGreaterThanOrEqual(exact * (1 - 1e-9))
        } else expect(high).toBe(values.length + 1)
      },
    ),
  )
})

test('ranks are those of the tables: a median of 10 lies between the 2nd and the 9th value', () => {
  // Conover, Practical Nonparametric Statistics: coverage 0.9785 for n = 10.
  expect(quantileRanks(10, 0.5, 0.95)).toEqual({ low: 2, high: 9 })
  expect(quantileRanks(20, 0.5, 0.95)).toEqual({ low: 6, high: 15 })
  // Five values bound the median on neither side: 2 * 0.5^5 is more than 5 %. Six do.
  expect(quantileRanks(5, 0.5, 0.95)).toEqual({ low: 0, high: 6 })
  expect(quantileRanks(6, 0.5, 0.95)).toEqual({ low: 1, high: 6 })
  // The largest of n values is above the 99 % quantile with 1 - 0.99^n: 97.5 % from 368 on.
  expect(quantileRanks(367, 0.99, 0.95).high).toBe(368)
  expect(quantileRanks(368, 0.99, 0.95).high).toBe(368)
  const { low, high } = quantileRanks(1_000_000, 0.5, 0.95)
  expect(low / 1e6).toBeCloseTo(0.5 - 0.00098, 5)
  expect(high / 1e6).toBeCloseTo(0.5 + 0.00098, 5)
})

test('the interval holds the true quantile at least as often as it says', () => {
  const random = seededRandom(7)
  for (const [n, share] of [
    [12, 0.5],
    [60, 0.95],
    [400, 0.99],
  ] as const) {
    let held = 0
    for (let run = 0; run < 1000; run++) {
      const drawn = filled(Array.from({ length: n }, () => -100 * Math.log(1 - random())))
      const { low, high } = drawn.quantile(share)!
      const truth = -100 * Math.log(1 - share)
      if ((low ?? 0) <= truth && truth <= (high ?? Number.POSITIVE_INFINITY)) held++
    }
    // 950 expected at least; three standard deviations of a binomial count below it.
    expect(held).toBeGreaterThan(929)
  }
})

test('what cannot be told: nothing came, 0, what is no time', () => {
  expect(new LogHistogram().quantile(0.5)).toBeNull()
  const histogram = filled([0, Number.NaN, -1, Number.POSITIVE_INFINITY])
  expect(histogram.n).toBe(2)
  expect(histogram.quantile(0.5)!.value).toBe(0)
})
