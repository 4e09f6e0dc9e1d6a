/**
 * What most people do: the lowest threshold at which the claim is true of the items themselves, with nothing for chance. On fresh calls
 * it is broken about half of the time. Only to be shown beside a certificate: what its confidence costs.
 */
import type { Claim } from './certificate.ts'
import { excessOf } from './claim-test.ts'
import type { Certain, Kept } from './fixed-sequence.ts'
import type { SampleItem } from './sample.ts'

/** `sorted`: the most certain first; `items`: all of them, those without a signal too. */
export function naiveFit(
  claim: Claim,
  sorted: readonly Certain[],
  items: readonly SampleItem[],
): Kept | null {
  let excess = items.reduce((sum, item) => sum + excessOf(claim, false, item), 0)
  let fit: Kept | null = null
  for (let i = 0; i < sorted.length; i++) {
    const item = sorted[i]!
    excess += excessOf(claim, true, item) - excessOf(claim, false, item)
    if (sorted[i + 1]?.signal === item.signal) continue
    // Sums of floating-point numbers that should be equal are let through.
    if (excess <= 1e-9) fit = { threshold: item.signal, kept: i + 1 }
  }
  return fit
}
