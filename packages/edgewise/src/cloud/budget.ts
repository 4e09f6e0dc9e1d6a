/**
 * What the cloud may cost a UTC day, for a task and for each of its users. What was spent is read from the ledger, so that a
 * restart or another process does not start anew; what is being asked right now is held as an estimate until its receipt
 * is there. Calls in flight at the same moment in several processes can go over by what they cost.
 */
import type { Ledger } from '@edgewise/evidence'
import type { ResolvedRule } from '../policy/index.ts'

/** How long a sum of the ledger is taken for true, ms. */
const FRESH_MS = 5_000

/** Tasks and users that are kept in memory. */
const MOST_ACCOUNTS = 10_000

export interface BudgetCall {
  readonly task: string
  readonly rule: Pick<ResolvedRule, 'budget'>
  /** The digest of the user, as it stands on receipts. */
  readonly user: string | null
  /** What the call is expected to cost at most, US dollars; null when nobody can say. */
  readonly estimateUsd: number | null
}

export interface BudgetVerdict {
  /** null: it may be asked. Else a clause: `its budget of $1 a day is spent ($0.99)`. */
  readonly problem: string | null
  readonly spentUsd: number
  readonly limitUsd: number
}

interface Account {
  day: string
  /** By the ledger, and when that was read. */
  ledgerUsd: number
  readAt: number
  /** Spent since then. */
  sinceUsd: number
  heldUsd: number
}

export class Budgets {
  readonly #accounts = new Map<string, Account>()
  readonly #ledger: Pick<Ledger, 'spentUsd'> | null
  readonly #now: () => number

  constructor(ledger: Pick<Ledger, 'spentUsd'> | null, now: () => number) {
    this.#ledger = ledger
    this.#now = now
  }

  /** Whether the cloud may be asked; null when the rule has no budget. */
  async check(call: BudgetCall): Promise<BudgetVerdict | null> {
    const { perDayUsd = null, perUserPerDayUsd = null } = call.rule.budget ?? {}
    let verdict: BudgetVerdict | null = null
    if (perDayUsd !== null) verdict = await this.#judge(call.task, null, perDayUsd, call, 'its budget')
    if (verdict !== null && verdict.problem !== null) return verdict
    if (perUserPerDayUsd === null || call.user === null) return verdict
    return this.#judge(call.task, call.user, perUserPerDayUsd, call, "the user's budget")
  }

  /** Holds the estimate; the function that is returned books what it really cost (null: unknown, the estimate stays). */
  hold({ task, user, estimateUsd }: BudgetCall): (costUsd: number | null) => void {
    const held = estimateUsd ?? 0
    const accounts = [this.#account(task, null), ...(user === null ? [] : [this.#account(task, user)])]
    for (const account of accounts) account.heldUsd += held
    let booked = false
    return (costUsd) => {
      if (booked) return
      booked = true
      for (const account of accounts) {
        account.heldUsd -= held
        account.sinceUsd += costUsd ?? held
      }
    }
  }

  async #judge(
    task: string,
    user: string | null,
    limitUsd: number,
    { estimateUsd }: BudgetCall,
    whose: string,
  ): Promise<BudgetVerdict> {
    const account = this.#account(task, user)
    await this.#refresh(account, task, user)
    const spentUsd = account.ledgerUsd + account.sinceUsd + account.heldUsd
    const fits = spentUsd < limitUsd && spentUsd + (estimateUsd ?? 0) <= limitUsd
    const problem = fits ? null : `${whose} of $${limitUsd} a day is spent ($${spentUsd.toPrecision(3)})`
    return { problem, spentUsd, limitUsd }
  }

  #account(task: string, user: string | null): Account {
    const key = `${task}\n${user ?? ''}`
    const day = new Date(this.#now()).toISOString().slice(0, 10)
    const known = this.#accounts.get(key)
    if (known?.day === day) return known
    if (this.#accounts.size >= MOST_ACCOUNTS) this.#forgetOld(day)
    const account = { day, ledgerUsd: 0, readAt: Number.NEGATIVE_INFINITY, sinceUsd: 0, heldUsd: 0 }
    this.#accounts.set(key, account)
    return account
  }

  /** Accounts of another day, or all that hold nothing: the ledger knows what they spent. */
  #forgetOld(day: string): void {
    for (const [key, account] of this.#accounts)
      if (account.day !== day || account.heldUsd === 0) this.#accounts.delete(key)
  }

  /** Reads the ledger anew when its sum is old: what other processes spent is in it, and what this one has recorded. */
  async #refresh(account: Account, task: string, user: string | null): Promise<void> {
    const now = this.#now()
    if (this.#ledger === null || Math.abs(now - account.readAt) < FRESH_MS) return
    try {
      const booked = account.sinceUsd
      const since = `${account.day}T00:00:00.000Z`
      account.ledgerUsd = await this.#ledger.spentUsd(since, user === null ? { task } : { task, user })
      account.sinceUsd -= booked
      account.readAt = now
    } catch {
      // A ledger that cannot be read now: what is known stands.
    }
  }
}
