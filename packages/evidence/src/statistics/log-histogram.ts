/**
 * Quantiles of positive numbers (latencies in milliseconds, for one) in constant memory: a histogram whose bins grow by a constant
 * factor, so that every value is known to `ACCURACY` of itself whatever its size (as in DDSketch, Masson, Rim and Lee 2019). Values
 * may come in any order; the result is the same. Intervals of a quantile are those of order statistics: they assume nothing of how
 * the values are distributed.
 */
import type { Interval } from './bootstrap.ts'

/** What a value given back may be off by, as a share of it. */
export const ACCURACY = 0.005

/** The least value told from 0, and the largest told from larger ones: a microsecond to 115 days, when they are milliseconds. */
const LEAST = 1e-3
const LARGEST = 1e10
const LOG_GAMMA = Math.log((1 + ACCURACY) / (1 - ACCURACY))
const BINS = Math.ceil(Math.log(LARGEST / LEAST) / LOG_GAMMA) + 1

/** A quantile that was seen, and between which values the true one lies. */
export interface Quantile {
  /** Of the values that came: the smallest that at least this share of them does not exceed. */
  readonly value: number
  /** null: so few values bound it on neither this side. */
  readonly low: number | null
  readonly high: number | null
}

export class LogHistogram {
  /** `[BINS]`, how many values each bin has; made with the first value. */
  #counts: Float64Array | null = null
  #n = 0

  /** How many values came. */
  get n(): number {
    return this.#n
  }

  /** Values below a thousandth count as 0; what is no number or below 0 is not counted. */
  add(value: number): void {
    if (!(value >= 0)) return
    this.#counts ??= new Float64Array(BINS)
    this.#counts[binOf(value)]! += 1
    this.#n += 1
  }

  /**
   * The quantile of `share` with an interval that holds the true one with at least `confidence`: its ends are the order statistics whose
   * ranks a binomial count stays between (David and Nagaraja, Order Statistics, 2003, section 7.1), widened to the edges of their bins.
   * null when no value came.
   */
  quantile(share: number, confidence = 0.95): Quantile | null {
    const counts = this.#counts
    if (counts === null) return null
    const n = this.#n
    const { low, high } = quantileRanks(n, share, confidence)
    const bin = (rank: number): number => {
      let left = rank
      for (let i = 0; i < BINS; i++) if ((left -= counts[i]!) <= 0) return i
      return BINS - 1
    }
    return {
      value: middleOf(bin(Math.max(1, Math.ceil(share * n - 1e-9)))),
      low: low < 1 ? null : lowerEdge(bin(low)),
      high: high > n ? null : upperEdge(bin(high)),
    }
  }
}

/**
 * Ranks (from 1) of the order statistics of `n` values between which the quantile of `share` lies with at least `confidence`. 0 below
 * or n + 1 above: no value bounds it there. Exact, whatever `n`; takes time by the root of `n`.
 */
export function quantileRanks(n: number, share: number, confidence: number): Interval {
  // The number of values below the true quantile is binomial. Weights are relative to that of its mode, outward until they vanish.
  const mode = Math.min(n, Math.floor((n + 1) * share))
  const odds = share / (1 - share)
  const down: number[] = []
  const up: number[] = []
  for (let k = mode, weight = 1; k > 0; ) {
    weight *= k-- / ((n - k) * odds)
    if (weight < 1e-17) break
    down.push(weight)
  }
  for (let k = mode, weight = 1; k < n; ) {
    weight *= ((n - k) / (k + 1)) * odds
    if (weight < 1e-17) break
    k++
    up.push(weight)
  }
  const total = 1 + sum(down) + sum(up)
  const tail = ((1 - confidence) / 2) * total
  const weightAt = (k: number): number =>
    k === mode ? 1 : ((k < mode ? down[mode - k - 1] : up[k - mode - 1]) ?? 0)
  // low: the largest rank with P(count < low) <= tail. high: the smallest with P(count >= high) <= tail.
  let low = mode - down.length
  for (let below = weightAt(low); below <= tail; below += weightAt(low)) low++
  let high = mode + up.length + 1
  for (let above = weightAt(high - 1); above <= tail; above += weightAt(high - 1)) high--
  return { low, high }
}

const sum = (values: readonly number[]): number => values.reduceRight((total, value) => total + value, 0)

/** Bin 0 has what is below `LEAST`; bin i what is above `LEAST * gamma^(i-1)`, up to `LEAST * gamma^i`. */
function binOf(value: number): number {
  if (value < LEAST) return 0
  return Math.min(BINS - 1, Math.max(1, Math.ceil(Math.log(value / LEAST) / LOG_GAMMA)))
}

const upperEdge = (bin: number): number => (bin === 0 ? 0 : LEAST * Math.exp(bin * LOG_GAMMA))
const lowerEdge = (bin: number): number => (bin === 0 ? 0 : LEAST * Math.exp((bin - 1) * LOG_GAMMA))
/** What is off from either edge by the same share: `ACCURACY`. */
const middleOf = (bin: number): number => upperEdge(bin) * (1 - ACCURACY)
