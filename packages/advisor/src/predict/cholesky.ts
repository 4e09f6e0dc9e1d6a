/** Symmetric positive definite systems, small and dense, as a fit of effects has them. Rows are Float64Array. */

/** The lower triangle L of `matrix` = L L'. The matrix must be positive definite: a ridge on its diagonal sees to that. */
export function cholesky(matrix: readonly Float64Array[]): readonly Float64Array[] {
  const lower = matrix.map((row) => Float64Array.from(row))
  for (let j = 0; j < lower.length; j++) {
    const pivot = lower[j]!
    for (let i = j; i < lower.length; i++) {
      const row = lower[i]!
      let sum = row[j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * pivot[k]!
      row[j] = i === j ? Math.sqrt(sum) : sum / pivot[j]!
    }
  }
  return lower
}

/** x of L L' x = `right`. */
export function solve(lower: readonly Float64Array[], right: Float64Array): Float64Array {
  const x = Float64Array.from(right)
  for (let i = 0; i < x.length; i++) {
    const row = lower[i]!
    for (let k = 0; k < i; k++) x[i]! -= row[k]! * x[k]!
    x[i]! /= row[i]!
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= lower[k]![i]! * x[k]!
    x[i]! /= lower[i]![i]!
  }
  return x
}

/** The diagonal of the inverse of L L'. */
export function inverseDiagonal(lower: readonly Float64Array[]): Float64Array {
  const diagonal = new Float64Array(lower.length)
  const column = new Float64Array(lower.length)
  for (let j = 0; j < lower.length; j++) {
    column.fill(0)
    let sum = 0
    for (let i = j; i < lower.length; i++) {
      const row = lower[i]!
      let value = i === j ? 1 : 0
      for (let k = j; k < i; k++) value -= row[k]! * column[k]!
      column[i] = value / row[i]!
      sum += column[i]! ** 2
    }
    diagonal[j] = sum
  }
  return diagonal
}
