import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addRange, areRanges, missingRanges, type Range, sumRanges } from './ranges.ts'

test('ranges behave as the set of their numbers', () => {
  const size = 40
  const range = fc.tuple(fc.nat(size), fc.nat(size)).map(([a, b]): Range => [Math.min(a, b), Math.max(a, b)])
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), fc.integer({ min: 1, max: 9 }), (added, piece) => {
      const there = new Set<number>()
      let ranges: Range[] = []
      for (const [from, to] of added) {
        ranges = addRange(ranges, [from, to])
        for (let i = from; i < to; i++) there.add(i)
      }
      expect(areRanges(ranges, size)).toBe(true)
      expect(sumRanges(ranges)).toBe(there.size)
      const missing = missingRanges(ranges, size, piece)
      const numbers = missing.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i))
      expect(numbers).toEqual(Array.from({ length: size }, (_, i) => i).filter((i) => !there.has(i)))
      for (const [from, to] of missing) expect(to - from).toBeLessThanOrEqual(piece)
    }),
    { numRuns: 500, seed: 2 },
  )
})

test('what is no list of ranges is not believed', () => {
  const not = [
    null,
    {},
    [[1]],
    [[1, 1]],
    [[2, 1]],
    [[0, 11]],
    [[0.5, 2]],
    [[-1, 2]],
    [
      [0, 2],
      [2, 3],
    ],
    [
      [3, 4],
      [0, 1],
    ],
    ['01'],
  ]
  for (const value of not) expect(areRanges(value, 10)).toBe(false)
  expect(
    areRanges(
      [
        [0, 2],
        [3, 10],
      ],
      10,
    ),
  ).toBe(true)
})
