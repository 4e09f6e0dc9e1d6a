/**
 * What the cloud may cost a UTC day, for a task and for each of its users. What was spent is read from the ledger, so that a
 * restart or another process does not start anew; what is being asked right now is held as an estimate until its receipt
 * is there, and so, until the day ends, is what a call cost that nobody knows. A ledger that does not answer holds no call up for long: what
 * is known stands. Calls in flight at the same moment in several processes can go over by what they cost, those of one
 * process by what they cost more than their estimates.
 */
import type { Ledger } from '@edgewise/evidence'
import { abortable } from '../call/abortable.ts'
import type { ResolvedRule } from '../policy/index.ts'
import { patiently } from '../receipt/ledger-patience.ts'

/** How long a sum of the ledger is taken for true, and a ledger that could not say it is left alone, ms. */
const FRESH_MS = 5_000

/** Accounts from which on those are forgotten that can be read again, or spent nothing. */
const MANY_ACCOUNTS = 10_000

/** Less than any call costs, more than sums of floating-point numbers are off by. */
const NOTHING_USD = 1e-12

export interface BudgetCall {
  readonly task: string
  readonly rule: Pick<ResolvedRule, 'budget'>
  /** The digest of the user, as it stands on receipts. */
  readonly user: string | null
  /** What the call is expected to cost at most, US dollars; null when nobody can say. */
  readonly estimateUsd: number | null
}

export interface BudgetVerdict {
  /** null: it may be asked. Else a clause: `its budget of $1 a day is spent ($1.01)`. */
  readonly problem: string | null
  readonly spentUsd: number
  readonly limitUsd: number
}

/**
 * Books once what a call really cost, instead of its estimate; null: nobody knows, the estimate stays. `isRecorded`: the ledger
 * has its receipt.
 */
export type Book = (costUsd: number | null, isRecorded: boolean) => void

interface Account {
  readonly day: string
  /** By the ledger, and when that was read. */
  ledgerUsd: number
  readAt: number
  reading: Promise<void> | null
  /** Spent since then. */
  sinceUsd: number
  /** What the ledger never learns: estimates of what no receipt says, and receipts that it did not take. */
  untoldUsd: number
  /** Of calls that are being asked, and how many these are. */
  heldUsd: number
  holds: number
}

interface Limit {
  readonly account: Account
  readonly user: string | null
  readonly usd: number
  readonly whose: string
}

export class Budgets {
  readonly #accounts = new Map<string, Account>()
  readonly #ledger: Pick<Ledger, 'spentUsd'> | null
  readonly #now: () => number
  #sweepAt = MANY_ACCOUNTS

  constructor(ledger: Pick<Ledger, 'spentUsd'> | null, now: () => number) {
    this.#ledger = ledger
    this.#now = now
  }

  /**
   * Whether the cloud may be asked, by what the ledger says; null when the rule limits nothing. Does not reject: a ledger that
   * fails or takes too long, and a caller who leaves meanwhile, get a verdict by what is known.
   */
  async check(call: BudgetCall, signal?: AbortSignal): Promise<BudgetVerdict | null> {
    const limits = this.#limits(call)
    const readings = limits.flatMap(({ account, user }) => this.#refresh(account, call.task, user) ?? [])
    if (readings.length > 0) {
      const read = Promise.all(readings)
      await (signal === undefined ? read : abortable(read, signal).catch(() => {}))
    }
    return verdictOf(limits, call)
  }

  /** Judges again by what is known now and holds the estimate in the same turn: of calls at once only those pass that fit together. */
  tryHold(call: BudgetCall): Book | BudgetVerdict {
    const limits = this.#limits(call)
    const verdict = verdictOf(limits, call)
    if (verdict !== null && verdict.problem !== null) return verdict
    const held = call.estimateUsd ?? 0
    const accounts = limits.map(({ account }) => account)
    for (const account of accounts) {
      account.heldUsd += held
      account.holds++
    }
    let isBooked = false
    return (costUsd, isRecorded) => {
      if (isBooked) return
      isBooked = true
      for (const account of accounts) {
        // Sums of floating-point numbers do not come back to 0 by themselves.
        account.heldUsd = --account.holds === 0 ? 0 : account.heldUsd - held
        if (costUsd !== null && (isRecorded || this.#ledger === null)) account.sinceUsd += costUsd
        else account.untoldUsd += costUsd ?? held
      }
    }
  }

  #limits({ task, rule, user }: BudgetCall): Limit[] {
    const { perDayUsd = null, perUserPerDayUsd = null } = rule.budget ?? {}
    const limits: Limit[] = []
    if (perDayUsd !== null)
      limits.push({ account: this.#account(task, null), user: null, usd: perDayUsd, whose: 'its budget' })
    if (perUserPerDayUsd !== null && user !== null)
      limits.push({
        account: this.#account(task, user),
        user,
        usd: perUserPerDayUsd,
        whose: "the user's budget",
      })
    return limits
  }

  #account(task: string, user: string | null): Account {
    const key = `${task}\n${user ?? ''}`
    const day = new Date(this.#now()).toISOString().slice(0, 10)
    const known = this.#accounts.get(key)
    if (known?.day === day) return known
    if (this.#accounts.size >= this.#sweepAt) this.#forget(day)
    const account: Account = {
      day,
      ledgerUsd: 0,
      readAt: Number.NEGATIVE_INFINITY,
      reading: null,
      sinceUsd: 0,
      untoldUsd: 0,
      heldUsd: 0,
      holds: 0,
    }
    this.#accounts.set(key, account)
    return account
  }

  /**
   * Forgets what can be had again: accounts of another day, those that nothing was spent from, and with a ledger those it
   * knows all of. Without one, what was spent stays until the day ends: as many accounts as users for whom the cloud was paid today.
   */
  #forget(day: string): void {
    const now = this.#now()
    for (const [key, account] of this.#accounts) {
      const isInUse = account.holds > 0 || Math.abs(now - account.readAt) < FRESH_MS
      const isKnownHereAlone = account.untoldUsd > 0 || (this.#ledger === null && account.sinceUsd > 0)
      if (account.day !== day || !(isInUse || isKnownHereAlone)) this.#accounts.delete(key)
    }
    this.#sweepAt = Math.max(MANY_ACCOUNTS, this.#accounts.size * 2)
  }

  /** The reading of a sum that is too old, one for all calls that wait for it; null when there is nothing to wait for. */
  #refresh(account: Account, task: string, user: string | null): Promise<void> | null {
    if (this.#ledger === null || Math.abs(this.#now() - account.readAt) < FRESH_MS) return null
    account.reading ??= this.#read(this.#ledger, account, user === null ? { task } : { task, user }).finally(
      () => {
        account.reading = null
      },
    )
    return account.reading
  }

  /** What other processes spent is in the ledger's sum, and what this one has recorded. */
  async #read(
    ledger: Pick<Ledger, 'spentUsd'>,
    account: Account,
    by: { readonly task: string; readonly user?: string },
  ): Promise<void> {
    const booked = account.sinceUsd
    const now = this.#now()
    try {
      const answer = ledger.spentUsd(`${account.day}T00:00:00.000Z`, by)
      account.ledgerUsd = typeof answer === 'number' ? answer : await patiently(answer)
      account.sinceUsd -= booked
    } catch {
      // A ledger that cannot be read now: what is known stands.
    }
    account.readAt = now
  }
}

/** Of the first limit that is reached, else of the last; null when there is none. */
function verdictOf(limits: readonly Limit[], { estimateUsd }: BudgetCall): BudgetVerdict | null {
  let verdict: BudgetVerdict | null = null
  for (const { account, usd: limitUsd, whose } of limits) {
    const spentUsd = account.ledgerUsd + account.sinceUsd + account.untoldUsd + account.heldUsd
    const budget = `${whose} of $${limitUsd} a day`
    let problem: string | null = null
    if (limitUsd - spentUsd < NOTHING_USD) problem = `${budget} is spent ($${rounded(spentUsd)})`
    else if (spentUsd + (estimateUsd ?? 0) > limitUsd) {
      problem = `the call would not fit ${budget} ($${rounded(spentUsd)} spent, up to $${rounded(estimateUsd ?? 0)} more for it)`
    }
    verdict = { problem, spentUsd, limitUsd }
    if (problem !== null) return verdict
  }
  return verdict
}

const rounded = (usd: number): number => Number(usd.toPrecision(3))
