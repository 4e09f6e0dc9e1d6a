/**
 * Does the claim hold with confidence 1 - delta, when these items are kept on the device? Items are kept one after the other, and each
 * is a hypothesis test at level delta on the whole sample: exact for scores of 0 and 1, by betting for scores between. Harm only grows
 * with every item, so a test that has failed stays failed.
 */
import { mostSuccesses, trialsNeeded } from '../statistics/binomial.ts'
import { Bets } from '../statistics/bounded-mean.ts'
import { mostBeforeCalls } from '../statistics/hypergeometric.ts'
import type { Claim, Method } from './certificate.ts'
import { CertifyError } from './certify-error.ts'
import type { SampleItem } from './sample.ts'

export interface ClaimTest {
  readonly method: Method
  /** Items it takes to prove anything at all, none of them harmed; of `keeps`, of those that the cloud answers right. */
  readonly needed: number
  /** Items that count towards `needed`. */
  readonly counted: number
  /** One more item stays on the device. */
  keep(item: SampleItem): void
  /** Whether the claim is proven for what is kept now. */
  passes(): boolean
}

/** What an item loses by staying on the device. */
export const harmOf = ({ device, cloud }: Pick<SampleItem, 'device' | 'cloud'>): number =>
  Math.max(0, cloud - device)

/** What harm may come to, on average over the items: `alpha`, or a share of the cloud's own score. */
export const allowedHarm = (claim: Claim, { cloud }: Pick<SampleItem, 'cloud'>): number =>
  claim.kind === 'harm' ? claim.alpha : (1 - claim.share) * cloud

export function claimTest(claim: Claim, delta: number, items: readonly SampleItem[]): ClaimTest {
  const isBinary = items.every(({ device, cloud }) => Number.isInteger(device) && Number.isInteger(cloud))
  if (claim.kind === 'harm' && claim.calls !== undefined) {
    if (isBinary) return countedTest(claim.alpha, claim.calls, delta, items)
    const why =
      'the next calls can be counted where answers are right or wrong; these have scores between: leave "calls" out'
    throw new CertifyError('certify_bad_option', why)
  }
  return isBinary ? exactTest(claim, delta, items) : bettingTest(claim, delta, items)
}

/** Of the next calls no more than alpha of them are harmed, itself a count. */
function countedTest(alpha: number, calls: number, delta: number, items: readonly SampleItem[]): ClaimTest {
  const allowed = Math.floor(alpha * calls + 1e-9)
  const most = mostBeforeCalls(items.length, calls, allowed, delta)
  let harmed = 0
  return {
    method: 'exact-hypergeometric',
    needed: least((n) => mostBeforeCalls(n, calls, allowed, delta) >= 0),
    counted: items.length,
    keep: (item) => {
      harmed += harmOf(item)
    },
    passes: () => harmed <= most,
  }
}

/**
 * Of n items, or of those that the cloud answers right (for only they can be harmed, and given their number each is harmed with the same
 * probability): P(Bin(n, limit) <= harmed) <= delta.
 */
function exactTest(claim: Claim, delta: number, items: readonly SampleItem[]): ClaimTest {
  const n = claim.kind === 'harm' ? items.length : items.filter(({ cloud }) => cloud === 1).length
  const limit = claim.kind === 'harm' ? claim.alpha : 1 - claim.share
  const most = mostSuccesses(n, limit, delta)
  let harmed = 0
  return {
    method: 'exact-binomial',
    needed: trialsNeeded(limit, delta),
    counted: n,
    keep: (item) => {
      harmed += harmOf(item)
    },
    passes: () => harmed <= most,
  }
}

/** The mean of harm - allowed harm is below 0. */
function bettingTest(claim: Claim, delta: number, items: readonly SampleItem[]): ClaimTest {
  const limit = claim.kind === 'harm' ? claim.alpha : 1 - claim.share
  const betting = (n: number): Bets => new Bets(1 - limit, Math.sqrt(limit * (1 - limit)), n, delta)
  const bets = betting(items.length)
  let allowed = 0
  for (const item of items) {
    bets.add(-allowedHarm(claim, item))
    allowed += allowedHarm(claim, item)
  }
  return {
    method: 'betting',
    needed: least((n) => {
      const none = betting(n)
      none.add(-allowed / items.length, n)
      return none.pValue <= delta
    }),
    counted: items.length,
    keep: (item) => {
      const harm = harmOf(item)
      if (harm > 0) bets.replace(-allowedHarm(claim, item), harm - allowedHarm(claim, item))
    },
    passes: () => bets.pValue <= delta,
  }
}

/** The least whole number that passes, at most a billion. */
function least(passes: (n: number) => boolean): number {
  let high = 1
  while (high < 1e9 && !passes(high)) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (passes(middle)) high = middle
    else low = middle
  }
  return high
}
