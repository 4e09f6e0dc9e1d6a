/**
 * Sums of money that grow with the ledger. Receipts and judgements never change and are numbered in the order they are written, so
 * a sum that was asked for before needs only what came after it, from whatever process: a budget costs a call the same on a
 * quiet day and on a busy one.
 */
import type { SpentBy } from './ledger.ts'

/** Dollars of the receipts (of the judgements, where audits are asked for) after a number, and the highest number there is. */
interface SpentAfter {
  readonly usd: number
  readonly last: number
}

/** Sums that are remembered; one more, and all are counted anew. */
const REMEMBERED = 1000

export class RunningSpend {
  readonly #sums = new Map<string, SpentAfter>()

  /** The sum so far and where it goes on, or undefined when nobody asked for it yet. */
  known(since: string, by: SpentBy): SpentAfter | undefined {
    return this.#sums.get(keyOf(since, by))
  }

  /** Remembers and returns the sum with what came since. */
  grown(since: string, by: SpentBy, before: number, { usd, last }: SpentAfter): number {
    if (this.#sums.size >= REMEMBERED) this.#sums.clear()
    this.#sums.set(keyOf(since, by), { usd: before + usd, last })
    return before + usd
  }
}

const keyOf = (since: string, { task, user, rehearsal, audits }: SpentBy): string =>
  JSON.stringify([since, task ?? null, user ?? null, rehearsal === true, audits === true])
