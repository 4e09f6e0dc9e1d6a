/**
 * How far a text lies outside of what was trained, as one number: of three facts a weighted sum, and of that the share of training texts
 * that lie below it. The weights are learned where there are examples out of scope, and fixed where there are none (calibrate.ts).
 */

/** The logit of the label out of scope less the best other one (0 without such a label); the best other one; the unknown share. */
export type ScopeFacts = readonly [number, number, number]

export interface Scope {
  readonly coefficients: ScopeFacts
  /** [101] of the scores of training texts in scope, ascending: of 0, 1, ... 99 and 99.5 %. */
  readonly quantiles: readonly number[]
}

/** Of the last quantile. */
const LAST = 0.995

/** `outside`: the number of the label out of scope, or -1. */
export function scopeFacts(logits: Float32Array, unknown: number, outside: number): ScopeFacts {
  let best = Number.NEGATIVE_INFINITY
  for (let k = 0; k < logits.length; k++) if (k !== outside) best = Math.max(best, logits[k]!)
  return [outside < 0 ? 0 : logits[outside]! - best, best, unknown]
}

export const scopeScore = (facts: ScopeFacts, coefficients: ScopeFacts): number =>
  facts[0] * coefficients[0] + facts[1] * coefficients[1] + facts[2] * coefficients[2]

/** 0 to 1, never falling with the score: between quantiles by a line, above the last ever closer to 1. */
export function outsideShare(score: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1
  const top = quantiles[last]!
  if (score >= top) {
    const span = Math.max(top - quantiles[last >> 1]!, 1e-6)
    return 1 - (1 - LAST) / (1 + (score - top) / span)
  }
  if (score <= quantiles[0]!) return 0
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (quantiles[middle]! <= score) low = middle
    else high = middle
  }
  const share = (i: number): number => (i === last ? LAST : i / 100)
  const part = (score - quantiles[low]!) / (quantiles[high]! - quantiles[low]!)
  return share(low) + part * (share(high) - share(low))
}
