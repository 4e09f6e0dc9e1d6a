/**
 * The daily budgets of a policy in the time of a trace: the router's own accounts (cloud/budget.ts) with a clock that the items set. Calls
 * come one after the other, so none is held while another is asked. What a call costs is booked as the router books it: at the policy's
 * price where its tokens are known, else what the trace says.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Outcome, TraceItem } from '@edgewise/evidence'
import { estimateUsd } from '../call/to-cloud.ts'
import { type Book, Budgets } from '../cloud/budget.ts'
import type { Price, ResolvedRule } from '../policy/index.ts'
import { tokenCost } from '../receipt/money.ts'

/** Whether the cloud may be asked; `close` when the call is over. */
export interface HeldBudget {
  /** Why not, a clause; null: it may. */
  readonly problem: string | null
  /** `cloud`: what the cloud did where it was asked; null: it was not. */
  close(cloud: Outcome | null): void
}

export class DayBudgets {
  /** Items that came after others of a later day: their day's account begins anew. */
  backwards = 0
  readonly #price: Price | null
  readonly #budgets: Budgets
  #now = 0
  #day = ''

  constructor(price: Price | null) {
    this.#price = price
    this.#budgets = new Budgets(null, () => this.#now)
  }

  /** null where the rule has no budget, or the item no time. `account`: whose budget it is, a rule's. */
  hold(item: TraceItem, account: string, rule: ResolvedRule, inputTokens: number | null): HeldBudget | null {
    if (rule.budget === null || item.at === null) return null
    const at = Date.parse(item.at)
    if (Number.isNaN(at)) return null
    this.#now = at
    const day = new Date(at).toISOString().slice(0, 10)
    if (day < this.#day) this.backwards++
    else this.#day = day
    const expected = estimateUsd(this.#price, rule, callOf(item), inputTokens)
    const held = this.#budgets.tryHold({ task: account, rule, user: null, estimateUsd: expected })
    if (typeof held !== 'function') return { problem: held.problem, close: () => {} }
    return { problem: null, close: (cloud) => this.#book(held, cloud) }
  }

  #book(book: Book, cloud: Outcome | null): void {
    const usd = (outcome: Outcome): number | null =>
      tokenCost(this.#price, { ...outcome, cachedTokens: null }) ?? outcome.costUsd
    book(cloud === null ? 0 : usd(cloud), true)
  }
}

/** The call as far as the trace knows it: its prompt. */
const callOf = ({ prompt }: TraceItem): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text: prompt ?? '' }] }],
})
