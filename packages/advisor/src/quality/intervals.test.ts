import { BlockSums, clopperPearson, seededRandom } from '@edgewise/evidence'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differenceEstimate, keptEstimate, meanEstimate } from './intervals.ts'

const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
const pairs = fc.array(
  fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
  { minLength: 1, maxLength: 40 },
)

describe('every interval', () => {
  test('is around its value, within what can be, and finite', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const { value, low, high } = meanEstimate(values)!
        expect(0 <= low && low <= value && value <= high && high <= 1).toBe(true)
      }),
    )
    fc.assert(
      fc.property(pairs, (both) => {
        const [ours, theirs] = [both.map(([a]) => a), both.map(([, b]) => b)]
        const { value, low, high } = differenceEstimate(ours, theirs)!
        expect(-1 <= low && low <= value + 1e-12 && value <= high + 1e-12 && high <= 1).toBe(true)
        const kept = keptEstimate(ours, theirs)
        if (kept !== null)
          expect(0 <= kept.low && kept.low <= kept.value && kept.value <= kept.high && kept.high <= 100).toBe(
            true,
          )
      }),
    )
  })

  test('does not depend on the order', () => {
    fc.assert(
      fc.property(pairs, (both) => {
        const [ours, theirs] = [both.map(([a]) => a), both.map(([, b]) => b)]
        const turned = differenceEstimate(ours.toReversed(), theirs.toReversed())!
        expect(turned.low).toBeCloseTo(differenceEstimate(ours, theirs)!.low, 6)
      }),
    )
  })

  test('is unknown without a score, or beside a quality of nothing', () => {
    expect(meanEstimate([])).toBeNull()
    expect(differenceEstimate([], [])).toBeNull()
    expect(keptEstimate([], [])).toBeNull()
    expect(keptEstimate([1, 0], [0, 0])).toBeNull()
  })
})

test('of right and wrong answers it is exact', () => {
  const { value, low, high } = meanEstimate([...Array(80).fill(1), ...Array(20).fill(0)])!
  expect({ value, low, high }).toEqual({ value: 0.8, ...clopperPearson(80, 100) })
})

// Of 400 draws at a true level of 5 %, more than 30 misses have a chance of one in 100; betting misses far fewer.
test.each([20, 200])('holds what it promises with %d examples', (n) => {
  const random = seededRandom(7)
  const misses = { mean: 0, difference: 0, kept: 0 }
  for (let draw = 0; draw < 400; draw++) {
    // Cloud: right with 0.8. Ours: 0.7 where the cloud is right, 0.3 else; half of what is not right gets a half.
    const theirs = Array.from({ length: n }, () => (random() < 0.8 ? 1 : 0))
    const ours = theirs.map((right) => (random() < (right ? 0.7 : 0.3) ? 1 : random() < 0.5 ? 0.5 : 0))
    const mean = 0.62 + 0.5 * 0.5 * 0.38
    const missed = (estimate: { low: number; high: number } | null, truth: number): number =>
      estimate !== null && (estimate.low > truth || estimate.high < truth) ? 1 : 0
    misses.mean += missed(meanEstimate(ours), mean)
    misses.difference += missed(differenceEstimate(ours, theirs), mean - 0.8)
    misses.kept += missed(keptEstimate(ours, theirs), mean / 0.8)
  }
  for (const count of Object.values(misses)) expect(count).toBeLessThan(30)
})

test('a difference of ten points is seen in 1,000 examples', () => {
  const random = seededRandom(8)
  const theirs = Array.from({ length: 1000 }, () => (random() < 0.9 ? 1 : 0))
  const ours = theirs.map((right) => (right && random() < 0.11 ? 0 : right))
  const { low, high } = differenceEstimate(ours, theirs)!
  expect(high).toBeLessThan(-0.05)
  expect(low).toBeGreaterThan(-0.15)
  const kept = keptEstimate(ours, theirs)!
  expect(kept.low).toBeGreaterThan(0.83)
  expect(kept.high).toBeLessThan(0.94)
})

test('of scores it is about 1.7 times as wide as a bootstrap, which promises nothing for few examples', () => {
  const random = seededRandom(9)
  const values = Array.from({ length: 1000 }, () => random())
  const sums = new BlockSums(2)
  for (const value of values) sums.add([value, 1])
  const [bootstrap] = sums.estimates(([sum, n]) => [sum! / n!])
  const { low, high } = meanEstimate(values)!
  expect((high - low) / (bootstrap!.high - bootstrap!.low)).toBeCloseTo(1.7, 0.5)
})
