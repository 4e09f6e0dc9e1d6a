/** Two runs of one model, step by step on the same tokens: how far their logits are apart, and where tokens differ. */

export interface Difference {
  /** Rows of logits compared. */
  rows: number
  /** Rows whose best token is the same. */
  same: number
  /** How far the best token was ahead of the other's choice where they differ, at most. */
  margin: number
  /** The largest difference of a logit, and that of the rows' spread (standard deviation of a row's logits). */
  largest: number
  relative: number
  /** Root of the mean squared difference, relative to the spread: the mean of all rows, and that of the closest row. */
  typical: number
  closest: number
}

/** Compares [rows, vocab] logits of both sides. */
export function compare(judge: Float32Array, ours: Float32Array, vocab: number): Difference {
  const found = {
    rows: judge.length / vocab,
    same: 0,
    margin: 0,
    largest: 0,
    relative: 0,
    typical: 0,
    closest: Infinity,
  }
  for (let at = 0; at < judge.length; at += vocab) {
    const a = judge.subarray(at, at + vocab)
    const b = ours.subarray(at, at + vocab)
    const spread = deviation(a)
    let squares = 0
    let largest = 0
    let bestA = 0
    let bestB = 0
    for (let i = 0; i < vocab; i++) {
      const difference = Math.abs(a[i]! - b[i]!)
      squares += difference * difference
      // A NaN on either side must not pass as small.
      if (!(difference <= largest)) largest = difference
      if (a[i]! > a[bestA]!) bestA = i
      if (b[i]! > b[bestB]!) bestB = i
    }
    if (bestA === bestB) found.same++
    else found.margin = Math.max(found.margin, a[bestA]! - a[bestB]!)
    found.largest = Math.max(found.largest, largest)
    found.relative = Math.max(found.relative, largest / spread)
    const typical = Math.sqrt(squares / vocab) / spread
    found.typical += typical / found.rows
    found.closest = Math.min(found.closest, typical)
  }
  return found
}

export function deviation(row: Float32Array): number {
  let sum = 0
  let squares = 0
  for (const x of row) {
    sum += x
    squares += x * x
  }
  const mean = sum / row.length
  return Math.sqrt(squares / row.length - mean * mean)
}

/** By how much each row's best logit is ahead of the next, at least. */
export function leastMargin(logits: Float32Array, vocab: number): number {
  let least = Infinity
  for (let at = 0; at < logits.length; at += vocab) {
    let first = -Infinity
    let second = -Infinity
    for (const x of logits.subarray(at, at + vocab)) {
      if (x > first) {
        second = first
        first = x
      } else if (x > second) second = x
    }
    least = Math.min(least, first - second)
  }
  return least
}
