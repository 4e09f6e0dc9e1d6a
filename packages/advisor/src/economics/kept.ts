/**
 * The share of the cloud's quality that something else keeps, with an interval, from what was measured: the one of the same examples where it
 * is given, else from two separate shares by the method of variance estimates recovery (Donner and Zou 2012, Closed-form confidence intervals
 * for functions of the normal mean and standard deviation, section 3: MOVER-R). Where the cloud was not measured it counts as always right,
 * which the device has to its disadvantage.
 */
import type { MeasuredQuality } from '../use-case/types.ts'
import type { Ends } from './split.ts'

export interface Kept {
  /** Of the cloud's quality, by end. Above 1: better than the cloud. */
  readonly ends: Ends
  /** What was right, alone. */
  readonly right: number
  /** Whether the cloud was measured, too. */
  readonly beside: boolean
}

const MOST = 100

/** null where `who` was not measured, or the cloud was and got nothing right. */
export function keptBy(who: string, measured: readonly MeasuredQuality[]): Kept | null {
  const own = measured.find((one) => one.who === who)
  if (own === undefined) return null
  const right = own.right / own.of
  if (own.kept) {
    const { low, value, high } = own.kept
    return { ends: [most(low), most(value), most(high)], right, beside: true }
  }
  const cloud = measured.find((one) => one.who === 'cloud')
  // What the cloud gets wrong is unknown, so what is kept may be all of it.
  if (cloud === undefined) return { ends: [own.low, right, Math.max(1, own.high)], right, beside: false }
  const against = cloud.right / cloud.of
  if (against === 0) return null
  const { low, high } = ratio(
    { value: right, low: own.low, high: own.high },
    { value: against, low: cloud.low, high: cloud.high },
  )
  return { ends: [low, most(right / against), high], right, beside: true }
}

interface Share {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** The quotient of two independent shares. */
function ratio(a: Share, b: Share): { readonly low: number; readonly high: number } {
  const value = a.value / b.value
  const product = a.value * b.value
  const bound = (end: number, other: number, sign: 1 | -1): number => {
    const over = other * (2 * b.value - other)
    const root = product ** 2 - end * (2 * a.value - end) * over
    return over <= 0 ? Number.NaN : (product + sign * Math.sqrt(Math.max(0, root))) / over
  }
  const low = bound(a.low, b.high, -1)
  const high = bound(a.high, b.low, 1)
  // So few examples that the cloud's share may be next to nothing: no upper end.
  return {
    low: Number.isFinite(low) ? Math.min(value, Math.max(0, low)) : 0,
    high: Number.isFinite(high) ? most(Math.max(value, high)) : MOST,
  }
}

const most = (value: number): number => Math.min(MOST, Math.max(0, value))

/**
 * Examples, each asked of both, that it takes to tell whether `kept` of the cloud's quality is above or below `keep`, when the cloud gets
 * `cloudRight` right: the 95 % interval of the logarithm of their quotient, with variance `(1 - a) / a + (1 - c) / c` an example (Katz and
 * others 1978), must leave out `ln keep`. null where they are so alike that it takes more than a million. A plan, not a proof.
 */
export function examplesNeeded(kept: number, keep: number, cloudRight: number): number | null {
  const cloud = Math.min(1, Math.max(0.01, cloudRight))
  const own = Math.min(1, Math.max(0.01, kept * cloud))
  const gap = Math.abs(Math.log(Math.max(0.01, kept)) - Math.log(keep))
  if (gap === 0) return null
  const variance = (1 - own) / own + (1 - cloud) / cloud
  // What never errs still takes examples enough that an error would have been seen.
  const least = kept > keep ? Math.log(0.025) / Math.log(Math.min(0.99, keep)) : 0
  const n = Math.ceil(Math.max(least, (1.96 ** 2 * variance) / gap ** 2, 20))
  return n <= 1e6 ? n : null
}
