/** Sums to the last bit: against integers, and the same in every order. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExactSum } from './exact-sum.ts'
import { seededRandom, shuffle } from './random.ts'

const sumOf = (values: readonly number[]): number => {
  const sum = new ExactSum()
  for (const value of values) sum.add(value)
  return sum.value
}

test('what plain addition loses is kept', () => {
  expect(sumOf([])).toBe(0)
  expect(sumOf(Array.from({ length: 10 }, () => 0.1))).toBe(1)
  expect(sumOf([1e100, 1, -1e100])).toBe(1)
  expect(sumOf([1e16, 1, 1e-16])).toBe(10000000000000002)
  expect(sumOf([1e16, 1, -1e-16])).toBe(1e16)
  expect(sumOf([0.1, 0.2, -0.3])).toBe(2.7755575615628914e-17)
})

test('the nearest float of the exact sum, which integers of any size have', () => {
  // Each value is an integer times 2^-60.
  const value = fc.tuple(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: 0, max: 90 }))
  fc.assert(
    fc.property(fc.array(value, { maxLength: 40 }), (values) => {
      const exact = values.reduce((sum, [whole, shift]) => sum + (BigInt(whole) << BigInt(shift)), 0n)
      expect(sumOf(values.map(([whole, shift]) => whole * 2 ** (shift - 60)))).toBe(Number(exact) * 2 ** -60)
    }),
  )
})

test('the same in every order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e15, max: 1e15 })), fc.integer(), (values, seed) => {
      expect(sumOf(shuffle([...values], seededRandom(seed)))).toBe(sumOf(values))
    }),
  )
})
