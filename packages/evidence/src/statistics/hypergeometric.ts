/**
 * The same question about calls that can be counted: not "what is the probability", but "how many of the next ones". Exact, for items
 * and calls that come in any order with the same probability (exchangeable), by the hypergeometric distribution.
 */
import { binomialTerm } from './binomial.ts'

/** P(X <= successes) of `drawn` balls out of `total`, of which `marked` are marked. Relative error below 1e-9 up to 1e15 balls. */
export function hypergeometricCdf(successes: number, drawn: number, marked: number, total: number): number {
  const least = Math.max(0, drawn + marked - total)
  const most = Math.min(drawn, marked)
  if (successes < least) return 0
  if (successes >= most) return 1
  const others = total - marked - drawn
  // Terms rise up to the most probable number and fall after it; each sum begins with its largest.
  const isBelow = successes < ((drawn + 1) * (marked + 1)) / (total + 2)
  const from = isBelow ? successes : successes + 1
  let term = hypergeometricTerm(from, drawn, marked, total)
  let sum = term
  if (isBelow)
    for (let k = from; k > least && term > sum * NEGLIGIBLE; k--)
      sum += term *= (k / (marked - k + 1)) * ((others + k) / (drawn - k + 1))
  else
    for (let k = from; k < most && term > sum * NEGLIGIBLE; k++)
      sum += term *= ((marked - k) / (k + 1)) * ((drawn - k) / (others + k + 1))
  return Math.min(1, isBelow ? sum : 1 - sum)
}

const NEGLIGIBLE = 1e-18

/** P(X = k), of three binomial ones, which hold for any number of balls. */
function hypergeometricTerm(k: number, drawn: number, marked: number, total: number): number {
  if (drawn === total || drawn === 0) return 1
  const p = drawn / total
  return (
    (binomialTerm(k, marked, p) * binomialTerm(drawn - k, total - marked, p)) / binomialTerm(drawn, total, p)
  )
}

/**
 * The most successes among n items at which more than `allowed` among the `calls` to come are excluded at level delta. Items and calls
 * put in one row by certainty: to let too many calls through, the first `allowed` + 1 of them must stand before the item that stops the
 * bar, number `successes` + 1. -1 when n is too small.
 */
export function mostBeforeCalls(n: number, calls: number, allowed: number, delta: number): number {
  if (allowed >= calls) return n
  let passes = -1
  let fails = n
  while (fails - passes > 1) {
    const middle = Math.floor((passes + fails) / 2)
    if (isExcluded(middle, n, calls, allowed, delta)) passes = middle
    else fails = middle
  }
  return passes
}

/** Whether n items without a success are enough for `mostBeforeCalls`. */
export const isEnoughBeforeCalls = (n: number, calls: number, allowed: number, delta: number): boolean =>
  allowed >= calls || isExcluded(0, n, calls, allowed, delta)

const isExcluded = (most: number, n: number, calls: number, allowed: number, delta: number): boolean =>
  hypergeometricCdf(most, n, Math.min(allowed + 1 + most, n + calls), n + calls) <= delta
