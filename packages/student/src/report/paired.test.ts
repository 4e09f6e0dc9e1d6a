/** Comparisons on the same items: the exact test's verdict, and a published interval. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { paired } from './paired.ts'

const items = (both: number, ours: number, theirs: number, neither: number) =>
  paired(
    [...Array(both + ours).fill(true), ...Array(theirs + neither).fill(false)],
    [
      ...Array(both).fill(true),
      ...Array(ours).fill(false),
      ...Array(theirs).fill(true),
      ...Array(neither).fill(false),
    ],
  )

test('the interval of Newcombe 1998, method 10', () => {
  const { difference } = items(36, 12, 2, 0)
  expect(difference.value).toBeCloseTo(0.2, 12)
  expect(difference.low).toBeCloseTo(0.0569, 4)
  expect(difference.high).toBeCloseTo(0.3404, 4)
})

test('told apart exactly where the two-sided binomial test is below 5 %', () => {
  // p: 0.041, 0.064, 0.063, 0.031 of 2 * P(X <= min) of a fair coin.
  expect(items(80, 15, 5, 0).toldApart).toBe(true)
  expect(items(81, 14, 5, 0).toldApart).toBe(false)
  expect(items(95, 0, 5, 0).toldApart).toBe(false)
  expect(items(94, 0, 6, 0).toldApart).toBe(true)
  expect(items(100, 0, 0, 0).toldApart).toBe(false)
})

test('finite, inside of -1 to 1, around the value, and turned round with the two', () => {
  const count = fc.nat({ max: 40 })
  fc.assert(
    fc.property(count, count, count, count, (both, ours, theirs, neither) => {
      fc.pre(both + ours + theirs + neither > 0)
      const { difference, toldApart, onlyOurs, onlyTheirs } = items(both, ours, theirs, neither)
      expect(difference.low).toBeGreaterThanOrEqual(-1)
      expect(difference.high).toBeLessThanOrEqual(1)
      expect(difference.low).toBeLessThanOrEqual(difference.value + 1e-12)
      expect(difference.high).toBeGreaterThanOrEqual(difference.value - 1e-12)
      expect([onlyOurs, onlyTheirs]).toEqual([ours, theirs])
      const turned = items(both, theirs, ours, neither)
      expect(turned.toldApart).toBe(toldApart)
      expect(turned.difference.low).toBeCloseTo(-difference.high, 9)
    }),
    { seed: 8 },
  )
})
