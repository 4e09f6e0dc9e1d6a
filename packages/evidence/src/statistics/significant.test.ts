import fc from 'fast-check'
import { expect, test } from 'vitest'
import { roundDown } from './significant.ts'

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e200, max: 1e200 }),
  fc.double({ noNaN: true, min: -3, max: 1 }),
)

test('is at most the value, within one unit of the fourth digit, and itself four digits', () => {
  fc.assert(
    fc.property(value, (x) => {
      // Denormal numbers have fewer digits than that.
      fc.pre(x === 0 || Math.abs(x) > 1e-290)
      const down = roundDown(x)
      expect(down).toBeLessThanOrEqual(x)
      expect(x - down).toBeLessThanOrEqual(Math.abs(x) * 1.002e-3 + Number.MIN_VALUE)
      expect(roundDown(down)).toBe(down)
      expect(Number(down.toPrecision(4))).toBe(down)
    }),
    { numRuns: 2000 },
  )
})

test('keeps the order', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      fc.pre(Math.min(Math.abs(a), Math.abs(b)) > 1e-290)
      if (a <= b) expect(roundDown(a)).toBeLessThanOrEqual(roundDown(b))
    }),
    { numRuns: 2000 },
  )
})

test('by example', () => {
  expect([-0.123456, 0.99999, -0.99999, -1, 10.005, -10.005, 0].map(roundDown)).toEqual([
    -0.1235, 0.9999, -1, -1, 10, -10.01, 0,
  ])
})

test('at both ends: never above the value, and a number as long as there is one', () => {
  expect([Number.MAX_VALUE, Number.POSITIVE_INFINITY].map(roundDown)).toEqual([1.797e308, 1.797e308])
  expect([-Number.MAX_VALUE, Number.NEGATIVE_INFINITY].map(roundDown)).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])
  expect([-1.797e308, 5e-324, -5e-324].map(roundDown)).toEqual([-1.797e308, 5e-324, -5e-324])
  expect(roundDown(Number.NaN)).toBeNaN()
})
