/** A signal made of others: a calibrated probability that the answer is right, as plain data that goes on a certificate. */

/** sigmoid(intercept + sum of weight x (rank - 1/2)), over the features. */
export interface Combination {
  readonly kind: 'logistic'
  readonly intercept: number
  /** Signals by name; `inputTokens` and `outputTokens` mean the logarithm of 1 + their number. */
  readonly features: readonly {
    readonly name: string
    /**
     * Quantiles of the feature, in ascending order and equal steps: a value's rank is where it stands among them, 0 to 1. Ranks, as
     * log-probabilities lie close under 0 and far below it, and a line through them would see but the far ones.
     */
    readonly knots: readonly number[]
    readonly weight: number
  }[]
}

/** null when a feature has no value, or numbers are too large to be added up. Monotone in each feature, in the direction of its weight. */
export function combine(
  { intercept, features }: Combination,
  value: (name: string) => number | null,
): number | null {
  let sum = intercept
  for (const { name, knots, weight } of features) {
    const found = value(name)
    if (found === null || Number.isNaN(found)) return null
    sum += weight * (rankAmong(knots, found) - 0.5)
  }
  return Number.isNaN(sum) ? null : 1 / (1 + Math.exp(-sum))
}

/** 0 to 1, in a straight line between two knots; the middle of knots that are the same. */
export function rankAmong(knots: readonly number[], value: number): number {
  const last = knots.length - 1
  if (last < 1) return 0.5
  let below = 0
  while (below <= last && knots[below]! < value) below++
  let above = below
  while (above <= last && knots[above]! <= value) above++
  // Equal to one knot or several.
  if (above > below) return (below + above - 1) / 2 / last
  if (below === 0) return 0
  if (below > last) return 1
  const [from, to] = [knots[below - 1]!, knots[below]!]
  // Halves, as the whole distance between two numbers may be more than there is.
  return (below - 1 + (value / 2 - from / 2) / (to / 2 - from / 2)) / last
}
