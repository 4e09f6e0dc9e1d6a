/**
 * Intervals that hold for any number of examples and any distribution: of a share (Clopper and Pearson), of a mean of scores, of the
 * difference of two, and of the share of one quality that another keeps. All but the first by betting (Waudby-Smith and Ramdas 2024,
 * Estimating means of bounded random variables by betting): a value is in the interval unless the capital of one who bets against
 * it has grown 2 / (1 - confidence) times. Stakes are fixed before a score is seen, so the order of examples does not matter.
 */
import { clopperPearson, type Estimate, type Interval } from '@edgewise/evidence'

/**
 * Of the stake that is best for values with a deviation of 1: which is best for the values that come, nobody knows before, so the money is
 * divided among these.
 */
const STAKES: readonly number[] = [1 / 8, 1 / 4, 1 / 2, 1, 2, 4, 8, 16]
const MOST_STAKED = 0.98

const HALVINGS = 40

/** A pair of scores, and how many examples have it. */
interface Pair {
  readonly ours: number
  readonly theirs: number
  readonly count: number
}

/** The mean of `scores`, each 0 to 1; exact for scores of 0 and 1. null without a score. */
export function meanEstimate(scores: readonly number[], confidence = 0.95): Estimate | null {
  const n = scores.length
  if (n === 0) return null
  const sum = scores.reduce((total, score) => total + score, 0)
  const value = Math.min(1, Math.max(0, sum / n))
  if (scores.every((score) => score === 0 || score === 1)) {
    const { low, high } = clopperPearson(sum, n, confidence)
    return { value, low: Math.min(low, value), high: Math.max(high, value) }
  }
  return { value, ...boundedMean(scores, confidence) }
}

/** The mean of `ours - theirs`, -1 to 1, over examples that both have a score for. null without one. */
export function differenceEstimate(
  ours: readonly number[],
  theirs: readonly number[],
  confidence = 0.95,
): Estimate | null {
  const n = ours.length
  if (n === 0) return null
  const halves = ours.map((score, i) => (score - theirs[i]! + 1) / 2)
  const { low, high } = boundedMean(halves, confidence)
  const value = halves.reduce((sum, half) => sum + 2 * half - 1, 0) / n
  return { value, low: 2 * low - 1, high: 2 * high - 1 }
}

/** Quotients above it are told as unknown: the other quality is too near to 0. */
const MOST_KEPT = 100
/** Quotients below it are 0. */
const LEAST_KEPT = 1e-6

/**
 * The mean of `ours` over the mean of `theirs`, over the same examples: the share of their quality that ours keeps. null where theirs is 0 or so
 * near to it that no end of the interval is known.
 */
export function keptEstimate(
  ours: readonly number[],
  theirs: readonly number[],
  confidence = 0.95,
): Estimate | null {
  const sum = (scores: readonly number[]): number => scores.reduce((total, score) => total + score, 0)
  const value = sum(ours) / sum(theirs)
  if (!(value <= MOST_KEPT)) return null
  const pairs = paired(ours, theirs)
  const against = 2 / (1 - confidence)
  // A quotient q is refused where the mean of ours - q theirs is above 0 (values from -q, staked against q) or below it (values to 1).
  const isTooLow = (q: number): boolean => capital(pairs, against, (a, b) => a / q - b) >= against
  const isTooHigh = (q: number): boolean => capital(pairs, against, (a, b) => q * b - a) >= against
  const high = boundary(value, MOST_KEPT, isTooHigh)
  if (high === null) return null
  return { value, low: value <= LEAST_KEPT ? 0 : (boundary(value, LEAST_KEPT, isTooLow) ?? 0), high }
}

/** Of values 0 to 1. */
function boundedMean(values: readonly number[], confidence: number): Interval {
  const pairs = paired(values, null)
  const against = 2 / (1 - confidence)
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const isTooLow = (m: number): boolean =>
    m === 0 ? mean > 0 : capital(pairs, against, (x) => (x - m) / m) >= against
  const isTooHigh = (m: number): boolean =>
    m === 1 ? mean < 1 : capital(pairs, against, (x) => (m - x) / (1 - m)) >= against
  return { low: boundary(mean, 0, isTooLow) ?? 0, high: boundary(mean, 1, isTooHigh) ?? 1 }
}

/** The last point on the way from `from` to `to` that is not refused; null when none is. What is refused goes on to `to`. */
function boundary(from: number, to: number, isRefused: (point: number) => boolean): number | null {
  if (!isRefused(to)) return null
  let held = from
  let refused = to
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (held + refused) / 2
    if (isRefused(middle)) refused = middle
    else held = middle
  }
  return held
}

/**
 * What one unit of money has grown to for who bets that the mean of `x` is above 0; `x` is never below -1. The mean over a row of stakes of
 * the product of 1 + stake x. `against`: the growth that is bet for; the best stake depends on it and on how many values there are.
 */
function capital(
  pairs: readonly Pair[],
  against: number,
  x: (ours: number, theirs: number) => number,
): number {
  const n = pairs.reduce((sum, { count }) => sum + count, 0)
  const best = Math.sqrt((2 * Math.log(against)) / n)
  const logs = STAKES.map((share) => {
    const stake = Math.min(MOST_STAKED, share * best)
    return pairs.reduce(
      (log, { ours, theirs, count }) => log + count * Math.log1p(stake * x(ours, theirs)),
      0,
    )
  })
  const top = Math.max(...logs)
  const rest = logs.reduce((sum, log) => sum + Math.exp(log - top), 0)
  return (Math.exp(Math.min(top, 700)) * rest) / logs.length
}

function paired(ours: readonly number[], theirs: readonly number[] | null): readonly Pair[] {
  const counts = new Map<string, { ours: number; theirs: number; count: number }>()
  for (const [i, score] of ours.entries()) {
    const other = theirs?.[i] ?? 0
    const key = `${score} ${other}`
    const known = counts.get(key)
    if (known) known.count++
    else counts.set(key, { ours: score, theirs: other, count: 1 })
  }
  return [...counts.values()]
}
