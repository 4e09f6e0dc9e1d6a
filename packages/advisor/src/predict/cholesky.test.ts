import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cholesky, inverseDiagonal, solve } from './cholesky.ts'

/** A A' with a ridge, of numbers from -1 to 1. */
const definite = fc.integer({ min: 1, max: 7 }).chain((n) =>
  fc
    .array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }), {
      minLength: n,
      maxLength: n,
    })
    .map((rows) =>
      rows.map((a, i) =>
        Float64Array.from(rows, (b, j) => a.reduce((sum, x, k) => sum + x * b[k]!, i === j ? 0.1 : 0)),
      ),
    ),
)

test('what it solves gives the right side again, and the diagonal is that of the inverse', () => {
  fc.assert(
    fc.property(definite, (matrix) => {
      const lower = cholesky(matrix)
      const right = Float64Array.from(matrix, (_, i) => i + 1)
      const x = solve(lower, right)
      matrix.forEach((row, i) => {
        expect(row.reduce((sum, value, j) => sum + value * x[j]!, 0)).toBeCloseTo(right[i]!, 6)
      })
      inverseDiagonal(lower).forEach((value, i) => {
        const unit = Float64Array.from(matrix, (_, j) => (i === j ? 1 : 0))
        expect(value).toBeCloseTo(solve(lower, unit)[i]!, 6)
      })
    }),
  )
})
