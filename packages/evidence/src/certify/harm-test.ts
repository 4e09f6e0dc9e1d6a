/** Tests of "harm is at most alpha". Harm only grows with what is kept, so they fail once and for all by themselves. */
import { mostSuccesses, trialsNeeded } from '../statistics/binomial.ts'
import { Bets } from '../statistics/bounded-mean.ts'
import { isEnoughBeforeCalls, mostBeforeCalls } from '../statistics/hypergeometric.ts'
import { CertifyError } from './certify-error.ts'
import { type ClaimTest, harmOf } from './claim-test.ts'
import { least } from './least.ts'
import type { SampleItem } from './sample.ts'

/** What stakes are laid out for; the same whatever delta is. */
export const USUAL_DELTA = 0.1

/** Of right and wrong answers: P(Bin(n, alpha) <= harmed) <= delta. */
export function exactHarmTest(alpha: number, delta: number, n: number): ClaimTest {
  return limited('exact-binomial', mostSuccesses(n, alpha, delta), trialsNeeded(alpha, delta), n)
}

/** Of the next `calls` no more than alpha of them are harmed, by counting. */
export function countedHarmTest(
  alpha: number,
  calls: number,
  delta: number,
  items: readonly SampleItem[],
  isBinary: boolean,
): ClaimTest {
  if (!isBinary)
    throw new CertifyError(
      'certify_bad_option',
      'the next calls can be counted where answers are right or wrong; these have scores between: leave "calls" out',
    )
  const n = items.length
  const allowed = mostAllowed(alpha, calls)
  const needed = least((m) => isEnoughBeforeCalls(m, calls, allowed, delta))
  return limited('exact-hypergeometric', mostBeforeCalls(n, calls, allowed, delta), needed, n)
}

/** The most of `calls` whose share of them is at most alpha. */
function mostAllowed(alpha: number, calls: number): number {
  const near = Math.round(alpha * calls)
  return near / calls <= alpha ? near : near - 1
}

function limited(method: ClaimTest['method'], most: number, needed: number, counted: number): ClaimTest {
  let harmed = 0
  return {
    method,
    needed,
    counted,
    keep: (item) => {
      harmed += harmOf(item)
    },
    passes: () => harmed <= most,
  }
}

/** Of scores between 0 and 1: the mean of harm - alpha is below 0, by betting. */
export function bettingHarmTest(alpha: number, delta: number, n: number): ClaimTest {
  const betting = (count: number): Bets => {
    const bets = new Bets(1 - alpha, Math.sqrt(alpha * (1 - alpha)), count, USUAL_DELTA)
    bets.add(-alpha, count)
    return bets
  }
  const bets = betting(n)
  return {
    method: 'betting',
    needed: least((count) => betting(count).pValue <= delta),
    counted: n,
    keep: (item) => {
      const harm = harmOf(item)
      if (harm > 0) bets.replace(-alpha, harm - alpha)
    },
    passes: () => bets.pValue <= delta,
  }
}
