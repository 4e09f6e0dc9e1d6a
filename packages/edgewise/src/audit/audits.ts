/**
 * Shadow audits: of a share of calls, drawn before their answers are known, the device's answer is compared with the cloud's after the
 * caller has his. Runs behind the calls and after them: nothing here can hold one up or fail it. A few at once, within a budget of its
 * own, and only while the cloud can be asked anyway; what cannot be audited now is left out and counted.
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Attempt, AuditedCall, Judgement, Ledger, Receipt } from '@edgewise/evidence'
import { abortable } from '../call/abortable.ts'
import type { Book, Budgets } from '../cloud/budget.ts'
import { stableCode } from '../cloud/failure.ts'
import { CancelledError } from '../errors.ts'
import { patiently } from '../receipt/ledger-patience.ts'
import { type Agree, type AnswerText, answerText, sameAnswer } from './agree.ts'
import type { Shadow } from './shadow.ts'

/** Audits at once, and those that wait for a turn. */
const AT_ONCE = 4
const MOST_WAITING = 64
/** An audit that takes longer is given up, ms. */
const LONGEST_MS = 300_000

export interface AuditStatus {
  readonly running: number
  readonly waiting: number
  /** Calls whose answers were compared. */
  readonly judged: number
  /** Left out: the cloud could not be asked (offline, breaker, budget), the device's answer was not whole, too many waited. */
  readonly skipped: number
  /** The cloud failed, what leaves could not be prepared, or the answers could not be compared. */
  readonly failed: number
  /** Of those judged: the ledger did not take the judgement. */
  readonly unrecorded: number
}

/** What is compared, once the call has its answer. */
export interface Audit {
  readonly receipt: Receipt
  readonly call: LanguageModelV4CallOptions
  /** The device's answer; it may still be made. */
  readonly device: AnswerText | Promise<AnswerText>
  /** The cloud's, where the caller got that; null: it is asked. */
  readonly cloud: AnswerText | null
  readonly asking: AskCloud
  /** Once nothing of it is needed any more: what still works on the device's answer ends. May be called twice. */
  readonly leave: () => void
}

export interface AskCloud {
  /** Why the cloud cannot be asked right now, or null. */
  readonly problem: () => string | null
  readonly budget: { readonly perDayUsd: number | null; readonly estimateUsd: number | null }
  readonly ask: (signal: AbortSignal) => Promise<Shadow>
}

export interface AuditSettings {
  readonly ledger: Pick<Ledger, 'judge'> | null
  /** Of audits: what they spent, and what those that run are held to. */
  readonly budgets: Budgets
  readonly agree: Agree | undefined
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Hears of what was judged. */
  readonly onJudged: (receipt: Receipt, outcome: AuditedCall) => void
}

type Counted = 'judged' | 'skipped' | 'failed' | 'unrecorded'

export class Audits {
  readonly #settings: AuditSettings
  readonly #counts: Record<Counted, number> = { judged: 0, skipped: 0, failed: 0, unrecorded: 0 }
  readonly #waiting: Audit[] = []
  readonly #stop = new AbortController()
  #running = 0
  #idle: PromiseWithResolvers<void> | null = null

  constructor(settings: AuditSettings) {
    this.#settings = settings
  }

  /** Ends when audits are stopped. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get status(): AuditStatus {
    return { running: this.#running, waiting: this.#waiting.length, ...this.#counts }
  }

  /** Resolves when no audit runs or waits. Does not reject. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve()
    this.#idle ??= Promise.withResolvers()
    return this.#idle.promise
  }

  /** Gives up what runs and waits, and takes no more: before the ledger is closed, or the process ends. */
  stop(): void {
    for (const audit of this.#waiting.splice(0)) this.#leaveOut(audit)
    this.#stop.abort(new CancelledError('audits were stopped'))
  }

  /** A call that was drawn cannot be audited. */
  skip(): void {
    this.#counts.skipped++
  }

  add(audit: Audit): void {
    if (this.#stop.signal.aborted || this.#waiting.length >= MOST_WAITING) this.#leaveOut(audit)
    else {
      this.#waiting.push(audit)
      this.#next()
    }
  }

  #leaveOut(audit: Audit): void {
    this.skip()
    audit.leave()
  }

  #next(): void {
    while (this.#running < AT_ONCE) {
      const audit = this.#waiting.shift()
      if (audit === undefined) break
      this.#running++
      void this.#run(audit).then((counted) => {
        if (counted !== null) this.#counts[counted]++
        this.#running--
        this.#next()
      })
    }
    if (this.#running > 0) return
    this.#idle?.resolve()
    this.#idle = null
  }

  /** How it ended; null when that was counted. Does not reject. */
  async #run(audit: Audit): Promise<Counted | null> {
    // The answer goes to its caller first.
    await new Promise((resolve) => setTimeout(resolve, 0))
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new CancelledError('the audit took too long')), LONGEST_MS)
    // An audit is no reason for a process to stay.
    ;(timer as { unref?: () => void }).unref?.()
    const signal = AbortSignal.any([late.signal, this.#stop.signal])
    try {
      signal.throwIfAborted()
      const { device, cloud } = audit
      const said = device instanceof Promise ? await abortable(device, signal) : device
      const book = await this.#hold(audit, signal)
      if (book === null) return 'skipped'
      if (cloud === null) return await this.#ask(audit, said, book, signal)
      book(0, true)
      return await this.#judge(audit, said, cloud, null, signal)
    } catch {
      return this.#stop.signal.aborted ? 'skipped' : 'failed'
    } finally {
      clearTimeout(timer)
      audit.leave()
    }
  }

  /**
   * What the cloud may cost for it; null: it is left out. One whose cloud is there already is held to the same: were it compared all the
   * same, those that are compared would be those that the device does badly.
   */
  async #hold({ receipt, asking }: Audit, signal: AbortSignal): Promise<Book | null> {
    const { budgets } = this.#settings
    const { perDayUsd, estimateUsd } = asking.budget
    const rule = { budget: perDayUsd === null ? null : { perDayUsd, perUserPerDayUsd: null } }
    const spend = { task: receipt.task, user: null, rule, estimateUsd }
    if (asking.problem() !== null) return null
    const known = await budgets.check(spend, signal)
    if (known !== null && known.problem !== null) return null
    const book = budgets.tryHold(spend)
    return typeof book === 'function' ? book : null
  }

  async #ask(audit: Audit, said: AnswerText, book: Book, signal: AbortSignal): Promise<Counted | null> {
    const { receipt, asking } = audit
    let paid: number | null = 0
    let isRecorded = false
    try {
      const { parts, error, rehearsal, attempt: made } = await asking.ask(signal)
      // A rehearsal that the receipt does not tell of: nothing was bought, and its answers say nothing of real ones.
      const isPlayed = rehearsal && !receipt.rehearsal
      const attempt = isPlayed ? rehearsed(made) : made
      paid = attempt.costUsd
      if (parts !== null && !isPlayed) {
        const counted = await this.#judge(audit, said, answerText(parts), attempt, signal).catch(() => null)
        isRecorded = counted === 'judged'
        if (counted !== null) return counted
      }
      isRecorded = await this.#took(receipt, attempt)
      const isLeftOut = isPlayed || this.signal.aborted || stableCode(error) === 'breaker_open'
      return isLeftOut ? 'skipped' : 'failed'
    } finally {
      book(paid, isRecorded)
    }
  }

  /** What left for an audit that came to nothing is on record all the same. */
  async #took(receipt: Receipt, shadow: Attempt): Promise<boolean> {
    if (shadow.bytesOut === 0 || this.signal.aborted) return false
    return record(this.#settings.ledger, this.#judgementOf(receipt, null, shadow))
  }

  async #judge(
    { receipt, call }: Audit,
    device: AnswerText,
    cloud: AnswerText,
    shadow: Attempt | null,
    signal: AbortSignal,
  ): Promise<'judged' | 'unrecorded'> {
    const { ledger, agree = sameAnswer, onJudged } = this.#settings
    const score = await abortable(Promise.resolve(agree(device, cloud, call)), signal)
    if (!(score >= 0 && score <= 1)) throw new RangeError('a score is 0 to 1')
    const recorded = await record(ledger, this.#judgementOf(receipt, score, shadow))
    onJudged(receipt, { kept: receipt.place === 'device', device: score, cloud: 1 })
    if (recorded) return 'judged'
    this.#counts.judged++
    return 'unrecorded'
  }

  /** `score`: of the device's answer; null: it was not compared. */
  #judgementOf({ id }: Receipt, score: number | null, shadow: Attempt | null): Judgement {
    const at = new Date(this.#settings.now()).toISOString()
    return { receiptId: id, at, by: 'shadow', device: score, cloud: score === null ? null : 1, shadow }
  }
}

const rehearsed = (attempt: Attempt): Attempt => ({
  ...attempt,
  costUsd: attempt.costUsd === null ? null : 0,
  note: `${attempt.note} (rehearsed)`,
})

/** Whether the judgement is in the ledger; without one it cannot be missed. */
async function record(ledger: AuditSettings['ledger'], judgement: Judgement): Promise<boolean> {
  if (ledger === null) return true
  try {
    await patiently(Promise.resolve(ledger.judge(judgement)))
    return true
  } catch {
    return false
  }
}
