/**
 * Exact binomial probabilities, and the interval of Clopper and Pearson (1934). No normal approximation anywhere: certificates rest on
 * these. A tail is the sum of its terms from its largest on; terms are computed so that nothing large cancels (Loader 2000, Fast and
 * Accurate Computation of Binomial Probabilities).
 */
import type { Interval } from './bootstrap.ts'

/** P(X <= successes) of n trials with probability p each. Relative error below 1e-11 up to a million trials. */
export function binomialCdf(successes: number, n: number, p: number): number {
  if (successes < 0) return 0
  if (successes >= n || p <= 0) return 1
  if (p >= 1) return 0
  return successes < (n + 1) * p ? sumDown(successes, n, p) : 1 - sumUp(successes + 1, n, p)
}

/** P(X >= successes), as exact where it is small. */
function upperTail(successes: number, n: number, p: number): number {
  if (successes <= 0) return 1
  if (successes > n || p <= 0) return 0
  if (p >= 1) return 1
  return successes < (n + 1) * p ? 1 - sumDown(successes - 1, n, p) : sumUp(successes, n, p)
}

/** What is left out of a sum whose terms fall ever faster: less than its last bit. */
const NEGLIGIBLE = 1e-18

/** The terms from k down to 0, of which k is the largest. */
function sumDown(k: number, n: number, p: number): number {
  const odds = (1 - p) / p
  let term = binomialTerm(k, n, p)
  let sum = term
  for (let j = k; j > 0 && term > sum * NEGLIGIBLE; j--) sum += term *= (j * odds) / (n - j + 1)
  return sum
}

/** The terms from k up to n, of which k is the largest. */
function sumUp(k: number, n: number, p: number): number {
  const odds = p / (1 - p)
  let term = binomialTerm(k, n, p)
  let sum = term
  for (let j = k; j < n && term > sum * NEGLIGIBLE; j++) sum += term *= ((n - j) * odds) / (j + 1)
  return sum
}

/** P(X = k), 0 < p < 1. */
export function binomialTerm(k: number, n: number, p: number): number {
  if (k === 0) return Math.exp(n * Math.log1p(-p))
  if (k === n) return Math.exp(n * Math.log(p))
  const log =
    stirlingError(n) -
    stirlingError(k) -
    stirlingError(n - k) -
    deviance(k, n * p) -
    deviance(n - k, n * (1 - p))
  return Math.exp(log) * Math.sqrt(n / (2 * Math.PI * k * (n - k)))
}

/** ln n! less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n > 15) {
    const inverse = 1 / (n * n)
    return (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / n
  }
  let factorial = 1
  for (let i = 2; i <= n; i++) factorial *= i
  return Math.log(factorial) - 0.5 * Math.log(2 * Math.PI * n) - n * Math.log(n) + n
}

/** x ln(x / mean) + mean - x, where x and mean may be nearly the same. */
function deviance(x: number, mean: number): number {
  const difference = x - mean
  if (Math.abs(difference) >= 0.1 * (x + mean)) return x * Math.log(x / mean) - difference
  const v = difference / (x + mean)
  let sum = difference * v
  let power = 2 * x * v
  for (let j = 3; ; j += 2) {
    power *= v * v
    const next = sum + power / j
    if (!(Math.abs(next - sum) > 0)) return next
    sum = next
  }
}

/**
 * The most successes at which "the probability is p or more" is rejected at level delta: P(X <= successes) <= delta. -1 when none is
 * few enough, that is, when n is below `trialsNeeded`.
 */
export function mostSuccesses(n: number, p: number, delta: number): number {
  let passes = -1
  let fails = n
  while (fails - passes > 1) {
    const middle = Math.floor((passes + fails) / 2)
    if (binomialCdf(middle, n, p) <= delta) passes = middle
    else fails = middle
  }
  return passes
}

/** Trials without a success that it takes to reject "the probability is p or more": (1 - p)^n <= delta. */
export function trialsNeeded(p: number, delta: number): number {
  const n = Math.max(1, Math.round(Math.log(delta) / Math.log1p(-p)))
  // The quotient may be off by its last bit; where a number more is no other number, that is near enough.
  return [n - 1, n, n + 1].find((some) => some > 0 && binomialCdf(0, some, p) <= delta) ?? n + 2
}

/** The exact interval of a probability: each side is missed with at most (1 - confidence) / 2. [0, 1] without a trial. */
export function clopperPearson(successes: number, n: number, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2
  return {
    low: successes === 0 ? 0 : bisect((p) => upperTail(successes, n, p) < tail),
    high: successes >= n ? 1 : bisect((p) => binomialCdf(successes, n, p) > tail),
  }
}

/** The point in [0, 1] at which `isBelow` turns false. */
function bisect(isBelow: (p: number) => boolean): number {
  let low = 0
  let high = 1
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (isBelow(middle)) low = middle
    else high = middle
  }
  return (low + high) / 2
}
