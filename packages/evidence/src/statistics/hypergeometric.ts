/**
 * The same question about calls that can be counted: not "what is the probability", but "how many of the next ones". Exact, for items
 * and calls that come in any order with the same probability (exchangeable), by the hypergeometric distribution.
 */
import { logGamma } from './binomial.ts'

/** P(X <= successes) of `drawn` balls out of `total`, of which `marked` are marked. */
export function hypergeometricCdf(successes: number, drawn: number, marked: number, total: number): number {
  const least = Math.max(0, drawn + marked - total)
  const most = Math.min(drawn, marked)
  if (successes >= most) return 1
  let sum = 0
  for (let k = least; k <= successes; k++)
    sum += Math.exp(logChoose(marked, k) + logChoose(total - marked, drawn - k) - logChoose(total, drawn))
  return Math.min(1, sum)
}

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)

/**
 * The most successes among n items at which more than `allowed` among the `calls` to come are excluded at level delta. Items and calls
 * put in one row by certainty: to let too many calls through, the first `allowed` + 1 of them must stand before the item that stops the
 * bar, number `successes` + 1. -1 when n is too small.
 */
export function mostBeforeCalls(n: number, calls: number, allowed: number, delta: number): number {
  if (allowed >= calls) return n
  const isExcluded = (most: number): boolean =>
    hypergeometricCdf(most, n, Math.min(allowed + 1 + most, n + calls), n + calls) <= delta
  let passes = -1
  let fails = n
  while (fails - passes > 1) {
    const middle = Math.floor((passes + fails) / 2)
    if (isExcluded(middle)) passes = middle
    else fails = middle
  }
  return passes
}
