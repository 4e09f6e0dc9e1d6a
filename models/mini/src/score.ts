/** Small arithmetic over logits: sums in the log domain, choices with their log-probability, and the mean of those. */

/** log(sum(exp(scores))). */
export function logSum(scores: ArrayLike<number>): number {
  let max = -Infinity
  for (let i = 0; i < scores.length; i++) max = Math.max(max, scores[i]!)
  let sum = 0
  for (let i = 0; i < scores.length; i++) sum += Math.exp(scores[i]! - max)
  return max + Math.log(sum)
}

/** scores as log-probabilities that sum to 1 among themselves. */
export function logSoftmax(scores: readonly number[]): number[] {
  const total = logSum(scores)
  return scores.map((score) => score - total)
}

/** The index of the largest; the first of equals. */
export function argmax(scores: readonly number[]): number {
  return scores.reduce((best, score, i) => (score > scores[best]! ? i : best), 0)
}

/** The mean log-probability of the decisions a decoder made. */
export interface Tally {
  add(logprob: number): void
  /** 0, that is certainty, when there was nothing to decide. */
  mean(): number
}

export function tally(): Tally {
  let sum = 0
  let count = 0
  return {
    add: (logprob) => {
      sum += logprob
      count++
    },
    mean: () => (count === 0 ? 0 : sum / count),
  }
}
