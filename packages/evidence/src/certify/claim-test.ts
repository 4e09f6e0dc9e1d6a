/**
 * Does a claim hold with confidence 1 - delta, when these items are kept on the device? Items are kept one after the other; `passes` is
 * asked at each threshold in turn and is a hypothesis test at level delta on the whole sample. A test that has failed stays failed, as
 * fixed-sequence testing wants it.
 */
import type { Claim, Method } from './certificate.ts'
import { bettingHarmTest, countedHarmTest, exactHarmTest } from './harm-test.ts'
import { keepsTest } from './keeps-test.ts'
import type { SampleItem } from './sample.ts'

export interface ClaimTest {
  /** How it is proven; asked after it was. */
  readonly method: Method
  /** Items it takes to prove anything at all, none of them harmed; of `keeps`, of those that the cloud answers right. */
  readonly needed: number
  /** Items that count towards `needed`. */
  readonly counted: number
  /** One more item stays on the device. */
  keep(item: SampleItem): void
  /** Whether the claim is proven for what is kept now, and was at every threshold before. */
  passes(): boolean
}

type Scores = Pick<SampleItem, 'device' | 'cloud'>

/** What an item loses by staying on the device. */
export const harmOf = ({ device, cloud }: Scores): number => Math.max(0, cloud - device)

/** The claim says that this is at most 0 on average, over all items. */
export function excessOf(claim: Claim, isKept: boolean, scores: Scores): number {
  const { device, cloud } = scores
  return claim.kind === 'harm'
    ? (isKept ? harmOf(scores) : 0) - claim.alpha
    : (isKept ? cloud - device : 0) - (1 - claim.share) * cloud
}

/** Throws CertifyError where scores do not suit the claim. */
export function claimTest(claim: Claim, delta: number, items: readonly SampleItem[]): ClaimTest {
  const isBinary = items.every(({ device, cloud }) => Number.isInteger(device) && Number.isInteger(cloud))
  if (claim.kind === 'keeps') return keepsTest(claim, delta, items, isBinary)
  if (claim.calls !== undefined) return countedHarmTest(claim.alpha, claim.calls, delta, items, isBinary)
  return isBinary
    ? exactHarmTest(claim.alpha, delta, items.length)
    : bettingHarmTest(claim.alpha, delta, items.length)
}
