/**
 * Tests of "the mixture of both places is at least `share` as good as the cloud". Two ways to prove it go side by side, and share delta:
 * - by harm alone: of right and wrong answers, no more than 1 - share of those that the cloud has right are harmed. Exact, and the tighter
 *   one where the device is hardly ever better than the cloud;
 * - by the balance: what is lost less what the device has better, by betting. The only one for scores between 0 and 1, and where the
 *   device is often the better one.
 */
import { mostSuccesses, trialsNeeded } from '../statistics/binomial.ts'
import { Bets } from '../statistics/bounded-mean.ts'
import type { Claim } from './certificate.ts'
import { type ClaimTest, excessOf, harmOf } from './claim-test.ts'
import { USUAL_DELTA } from './harm-test.ts'
import { least } from './least.ts'
import type { SampleItem } from './sample.ts'

type KeepsClaim = Extract<Claim, { kind: 'keeps' }>

/** Of delta, what the first way may use where both go. */
const BY_HARM = 0.8

export function keepsTest(
  claim: KeepsClaim,
  delta: number,
  items: readonly SampleItem[],
  isBinary: boolean,
): ClaimTest {
  if (!isBinary) return balanceTest(claim, 1, delta, items)
  const byHarm = rightOnesTest(claim, delta * BY_HARM, items)
  const byBalance = balanceTest(claim, 1 - BY_HARM, delta, items)
  let method = byHarm.method
  return {
    get method() {
      return method
    },
    needed: Math.min(byHarm.needed, byBalance.needed),
    counted: byHarm.counted,
    keep(item) {
      byHarm.keep(item)
      byBalance.keep(item)
    },
    passes() {
      // Both are asked, so that each knows where it failed.
      const [harm, balance] = [byHarm.passes(), byBalance.passes()]
      if (harm || balance) method = harm ? byHarm.method : byBalance.method
      return harm || balance
    },
  }
}

/** Given how many the cloud has right, each of them is harmed with the same probability: P(Bin(right, 1 - share) <= harmed) <= delta. */
function rightOnesTest({ share }: KeepsClaim, delta: number, items: readonly SampleItem[]): ClaimTest {
  const right = items.filter(({ cloud }) => cloud === 1).length
  const most = mostSuccesses(right, 1 - share, delta)
  let harmed = 0
  return {
    method: 'exact-binomial',
    needed: trialsNeeded(1 - share, delta),
    counted: right,
    keep: (item) => {
      harmed += harmOf(item)
    },
    passes: () => harmed <= most,
  }
}

/**
 * The mean excess is below 0, at level `part` x `delta`. It may rise and fall again with what is kept, so the first failure is remembered.
 * That the thresholds above all items are not asked (nothing is kept there, and that alone may not be enough to bet on) costs no more
 * error: with the factors 1 - stake x of the items never negative, the capital at the first threshold that is asked and false has a mean
 * of at most 1 all the same.
 */
function balanceTest(
  claim: KeepsClaim,
  part: number,
  delta: number,
  items: readonly SampleItem[],
): ClaimTest {
  const level = part * delta
  // Kept, all of a cloud's score of 1 is lost at worst: 1 - (1 - share). Losses and gains may both be many.
  const betting = (n: number): Bets => new Bets(claim.share, 0.5, n, part * USUAL_DELTA)
  const bets = betting(items.length)
  let score = 0
  for (const item of items) {
    bets.add(excessOf(claim, false, item))
    score += item.cloud
  }
  let hasFailed = false
  return {
    method: 'betting',
    needed: least((n) => {
      const none = betting(n)
      none.add((-(1 - claim.share) * score) / items.length, n)
      return none.pValue <= level
    }),
    counted: items.length,
    keep: (item) => {
      if (item.device !== item.cloud) bets.replace(excessOf(claim, false, item), excessOf(claim, true, item))
    },
    passes() {
      hasFailed ||= !(bets.pValue <= level)
      return !hasFailed
    },
  }
}
