/** A signal made of others: a calibrated probability that the answer is right, as plain data that goes on a certificate. */

/** sigmoid(intercept + sum of weight x (value - mean) / scale), over the features. */
export interface Combination {
  readonly kind: 'logistic'
  readonly intercept: number
  /** Signals by name; `inputTokens` and `outputTokens` mean the logarithm of 1 + their number. */
  readonly features: readonly {
    readonly name: string
    readonly mean: number
    readonly scale: number
    readonly weight: number
  }[]
}

/** null when a feature has no value. Monotone in each feature, in the direction of its weight. */
export function combine(
  { intercept, features }: Combination,
  value: (name: string) => number | null,
): number | null {
  let sum = intercept
  for (const { name, mean, scale, weight } of features) {
    const found = value(name)
    if (found === null || !Number.isFinite(found)) return null
    sum += (weight * (found - mean)) / scale
  }
  return 1 / (1 + Math.exp(-sum))
}
