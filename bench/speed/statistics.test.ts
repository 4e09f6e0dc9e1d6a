import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digits, median, percent, quantile, spread } from './statistics.ts'

test('the median is the middle one, or between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(() => median([])).toThrow('nothing')
})

test('quantiles are between the least and the most, and grow', () => {
  const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 })
  fc.assert(
    fc.property(values, (values) => {
      const found = [0, 0.25, 0.5, 0.75, 1].map((share) => quantile(values, share))
      expect(found[0]).toBe(Math.min(...values))
      expect(found[4]).toBe(Math.max(...values))
      for (let i = 1; i < 5; i++) expect(found[i]!).toBeGreaterThanOrEqual(found[i - 1]! - 1e-9)
    }),
    { seed: 1 },
  )
})

test('numbers have three digits', () => {
  expect([0.4249, 4.2, 9.996, 41.96, 99.96, 420.4].map(digits)).toEqual([
    '0.42',
    '4.20',
    '10.0',
    '42.0',
    '100',
    '420',
  ])
  expect(spread([142, 139, 145])).toBe('142 (139-145)')
  expect(percent(0.825)).toBe('83 %')
  expect(digits(Number.NaN) + percent(Number.NaN)).toBe('--')
})
