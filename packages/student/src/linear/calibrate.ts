/**
 * What turns logits into promises, learned from texts that a head had not seen: the temperature that makes its probabilities true
 * (Guo et al. 2017), and the score of how far a text lies outside of what was trained.
 */
import { type Scope, type ScopeFacts, scopeFacts, scopeScore } from './scope.ts'

interface Read {
  readonly logits: Float32Array
  readonly unknown: number
}

const LEAST_SHARPNESS = 0.1
const MOST_SHARPNESS = 3

/** The temperature with the least negative log-likelihood, by Newton's method on its inverse, where it is convex; 1/3 to 10. */
export function temperatureOf(read: readonly Read[], wanted: readonly number[]): number {
  let sharpness = 1
  for (let round = 0; round < 20; round++) {
    let slope = 0
    let bend = 0
    for (const [i, { logits }] of read.entries()) {
      let top = Number.NEGATIVE_INFINITY
      for (const logit of logits) top = Math.max(top, logit)
      let [sum, first, second] = [0, 0, 0]
      for (const logit of logits) {
        const share = Math.exp(sharpness * (logit - top))
        sum += share
        first += share * (logit - top)
        second += share * (logit - top) ** 2
      }
      const mean = first / sum
      slope += mean - (logits[wanted[i]!]! - top)
      bend += second / sum - mean * mean
    }
    const next = Math.max(
      LEAST_SHARPNESS,
      Math.min(MOST_SHARPNESS, sharpness - slope / Math.max(bend, Number.MIN_VALUE)),
    )
    if (Math.abs(next - sharpness) < 1e-4) break
    sharpness = next
  }
  return 1 / sharpness
}

/** With fewer examples out of scope the score is made of what is familiar alone. */
const FEWEST_OUTSIDE = 20
/** What is unknown counts this much beside the best logit, both in standard deviations: chosen on CLINC150's training part. */
const UNKNOWN_SHARE = 0.4

/** `outside`: the number of the label whose texts are out of scope, or -1. */
export function scopeOf(read: readonly Read[], wanted: readonly number[], outside: number): Scope {
  const facts = read.map(({ logits, unknown }) => scopeFacts(logits, unknown, outside))
  const isOutside = wanted.map((label) => label === outside)
  const inside = facts.filter((_, i) => !isOutside[i])
  const spread = [0, 1, 2].map((which) => deviation(inside.map((fact) => fact[which]!)))
  const learned = isOutside.filter(Boolean).length >= FEWEST_OUTSIDE
  const weights: ScopeFacts = learned ? separated(facts, isOutside, spread) : [0, -1, UNKNOWN_SHARE]
  const coefficients = weights.map((weight, which) => weight / spread[which]!) as unknown as ScopeFacts
  const scores = inside.map((fact) => scopeScore(fact, coefficients)).sort((a, b) => a - b)
  const at = (share: number): number =>
    scores[Math.min(scores.length - 1, Math.floor(share * scores.length))]!
  return {
    coefficients,
    quantiles: Array.from({ length: 101 }, (_, i) => at(i === 100 ? 0.995 : i / 100)),
  }
}

/** 1 where all are the same, so that nothing is divided by 0. */
function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / values.length) || 1
}

const ROUNDS = 300
const RIDGE = 1e-3

/** Logistic regression of out of scope on the facts in their deviations, both sides weighing the same, by gradient descent. */
function separated(
  facts: readonly ScopeFacts[],
  isOutside: readonly boolean[],
  spread: readonly number[],
): ScopeFacts {
  const means = [0, 1, 2].map((w) => facts.reduce((sum, fact) => sum + fact[w]!, 0) / facts.length)
  const scaled = facts.map((fact) => fact.map((value, w) => (value - means[w]!) / spread[w]!))
  const outside = isOutside.filter(Boolean).length
  const weights = [0, 0, 0]
  let bias = 0
  for (let round = 0; round < ROUNDS; round++) {
    const slope = weights.map((weight) => -RIDGE * weight)
    let biasSlope = 0
    for (const [i, row] of scaled.entries()) {
      const sum = bias + weights[0]! * row[0]! + weights[1]! * row[1]! + weights[2]! * row[2]!
      const off = (isOutside[i] ? 1 : 0) - 1 / (1 + Math.exp(-sum))
      const share = off / (2 * (isOutside[i] ? outside : facts.length - outside))
      for (let w = 0; w < 3; w++) slope[w]! += share * row[w]!
      biasSlope += share
    }
    for (let w = 0; w < 3; w++) weights[w]! += slope[w]!
    bias += biasSlope
  }
  return weights as unknown as ScopeFacts
}
