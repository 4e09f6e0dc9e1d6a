/**
 * Two answerers on the same items, each right or wrong: by how much they differ, and whether that is more than chance. Items that both have right, or
 * both wrong, say nothing of who is better; so the test is on the others alone.
 */
import { clopperPearson, type Estimate } from '@edgewise/evidence'

export interface Paired {
  /** Share right of the first less that of the second, -1 to 1, 95 %. */
  readonly difference: Estimate
  /** Items that only the one, or only the other, has right. */
  readonly onlyOurs: number
  readonly onlyTheirs: number
  /** Whether they differ at the 5 % level (exact McNemar test): else nobody can tell them apart with these items. */
  readonly toldApart: boolean
}

/** `ours` and `theirs` [n] of the same items, n >= 1. */
export function paired(ours: readonly boolean[], theirs: readonly boolean[]): Paired {
  let [both, onlyOurs, onlyTheirs, neither] = [0, 0, 0, 0]
  for (const [i, right] of ours.entries()) {
    if (right && theirs[i]!) both++
    else if (right) onlyOurs++
    else if (theirs[i]!) onlyTheirs++
    else neither++
  }
  // The interval of Clopper and Pearson leaves 1/2 out exactly where the two-sided exact test rejects it.
  const { low, high } = clopperPearson(onlyOurs, onlyOurs + onlyTheirs)
  return {
    difference: newcombe(both, onlyOurs, onlyTheirs, neither),
    onlyOurs,
    onlyTheirs,
    toldApart: low > 0.5 || high < 0.5,
  }
}

/**
 * The interval of a difference of paired shares: method 10 of Newcombe 1998 (Improved confidence intervals for the difference between
 * binomial proportions based on paired data). It holds its level for few items and where both have nearly all right.
 */
function newcombe(both: number, ours: number, theirs: number, neither: number): Estimate {
  const n = both + ours + theirs + neither
  const [p1, p2] = [(both + ours) / n, (both + theirs) / n]
  const [first, second] = [wilson(both + ours, n), wilson(both + theirs, n)]
  const product = (both + ours) * (theirs + neither) * (both + theirs) * (ours + neither)
  const cross = both * neither - ours * theirs
  const corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross
  const phi = product === 0 ? 0 : corrected / Math.sqrt(product)
  const reach = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * phi * a * b + b * b))
  const value = p1 - p2
  return {
    value,
    low: Math.max(-1, value - reach(p1 - first.low, second.high - p2)),
    high: Math.min(1, value + reach(first.high - p1, p2 - second.low)),
  }
}

/** Of the normal distribution, two-sided 5 %. */
const Z = 1.959963984540054

function wilson(right: number, n: number): { readonly low: number; readonly high: number } {
  const p = right / n
  const centre = p + (Z * Z) / (2 * n)
  const reach = Z * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n))
  const scale = 1 + (Z * Z) / n
  return { low: (centre - reach) / scale, high: (centre + reach) / scale }
}
