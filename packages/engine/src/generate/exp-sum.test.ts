import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expSum } from './exp-sum.ts'

test('the sum of exponentials, to nine digits', () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 1, maxLength: 300, min: -90, max: 90, noNaN: true }),
      (values) => {
        const top = Math.max(...values)
        const exact = values.reduce((sum, value) => sum + Math.exp(value - top), 0)
        expect(Math.abs(expSum(values, top) / exact - 1)).toBeLessThan(1e-9)
      },
    ),
    { seed: 1, numRuns: 500 },
  )
})

test('what is ruled out counts nothing, the largest counts one', () => {
  expect(expSum(Float32Array.of(3, Number.NEGATIVE_INFINITY, -1000), 3)).toBe(1)
})
