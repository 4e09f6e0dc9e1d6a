/**
 * Exact binomial probabilities: the tail by the incomplete beta function, and the interval of Clopper and Pearson (1934). No normal
 * approximation anywhere: certificates rest on these.
 */
import type { Interval } from './bootstrap.ts'

/** P(X <= successes) of n trials with probability p each. Relative error below 1e-9 up to a million trials. */
export function binomialCdf(successes: number, n: number, p: number): number {
  if (successes < 0) return 0
  if (successes >= n || p <= 0) return 1
  if (p >= 1) return 0
  return incompleteBeta(1 - p, n - successes, successes + 1)
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
  let n = Math.max(1, Math.floor(Math.log(delta) / Math.log1p(-p)) - 1)
  // The quotient may be off by its last bit.
  while (binomialCdf(0, n, p) > delta) n++
  return n
}

/** The exact interval of a probability: each side is missed with at most (1 - confidence) / 2. [0, 1] without a trial. */
export function clopperPearson(successes: number, n: number, confidence = 0.95): Interval {
  const tail = (1 - confidence) / 2
  return {
    low: successes === 0 ? 0 : bisect((p) => 1 - binomialCdf(successes - 1, n, p) < tail),
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

/** Regularised incomplete beta function by its continued fraction (DLMF 8.17.22, evaluated by Lentz's method). */
function incompleteBeta(x: number, a: number, b: number): number {
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(log) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(log) * betaFraction(1 - x, b, a)) / b
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300
  const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let fraction = d
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return fraction
}

/** ln Gamma(x), x > 0: Lanczos's approximation, g = 7, with 9 coefficients; Stirling's series from 15 on. */
export function logGamma(x: number): number {
  if (x >= 15) {
    const inverse = 1 / (x * x)
    const series =
      (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / x
    return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series
  }
  let sum = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x - 1 + i)
  const t = x + 6.5
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum)
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]
