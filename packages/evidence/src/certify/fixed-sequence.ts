/**
 * The lowest threshold for which a claim is proven, by fixed-sequence testing (Angelopoulos et al. 2021, Learn then Test): thresholds
 * are tested from the strictest down, each at level delta, and the first that fails ends it. The sequence is the numbers of four
 * significant digits (statistics/significant.ts), fixed before any data is seen; between two of them that have no item nothing
 * changes, so only those with items are visited. No correction for many tests is needed: to go wrong, the first threshold at which
 * the claim is false must pass its own test.
 */
import type { SampleItem } from './sample.ts'

export interface Kept {
  readonly threshold: number
  /** How many of the items are at or above it. */
  readonly kept: number
}

export type Certain = SampleItem & { readonly signal: number }

/** The items that have a signal, the most certain first. */
export const byCertainty = (items: readonly SampleItem[]): Certain[] =>
  items.filter((item): item is Certain => item.signal !== null).sort((a, b) => b.signal - a.signal)

/**
 * null when not even the strictest passes. `keep` is called for each item in turn, `passes` whenever all items of a threshold are
 * kept.
 */
export function lowestThreshold(
  sorted: readonly Certain[],
  { keep, passes }: { readonly keep: (item: SampleItem) => void; readonly passes: () => boolean },
): Kept | null {
  let proven: Kept | null = null
  for (let i = 0; i < sorted.length; ) {
    const threshold = sorted[i]!.signal
    while (i < sorted.length && sorted[i]!.signal === threshold) keep(sorted[i++]!)
    if (!passes()) break
    proven = { threshold, kept: i }
  }
  return proven
}
