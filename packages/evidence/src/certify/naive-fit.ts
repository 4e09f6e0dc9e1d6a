/**
 * What most people do: the lowest threshold at which the claim is true of the items themselves, with nothing for chance. On fresh calls
 * it is broken about half of the time. Only to be shown beside a certificate: what its confidence costs.
 */
import type { Claim } from './certificate.ts'
import { allowedHarm, harmOf } from './claim-test.ts'
import { type Certain, type Kept, lowestThreshold } from './fixed-sequence.ts'
import type { SampleItem } from './sample.ts'

/** `sorted`: the most certain first; `items`: all of them, those without a signal too. */
export function naiveFit(
  claim: Claim,
  sorted: readonly Certain[],
  items: readonly SampleItem[],
): Kept | null {
  const allowed = items.reduce((sum, item) => sum + allowedHarm(claim, item), 0)
  let harm = 0
  return lowestThreshold(sorted, {
    keep: (item) => {
      harm += harmOf(item)
    },
    // Sums of floating-point numbers that should be equal are let through.
    passes: () => harm <= allowed + 1e-9,
  })
}
