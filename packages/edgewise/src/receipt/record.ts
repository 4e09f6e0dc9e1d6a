/**
 * The receipt of one call while the call runs: decisions and attempts are added as they come, `settle` closes it and hands
 * it to the ledger, once. A ledger that throws, rejects or takes too long changes nothing for the call; the result says
 * whether the receipt was recorded.
 */
import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Attempt, Place, Prepared, Receipt, Signal, Step } from '@edgewise/evidence'
import { digestHex } from '../cloud/digest.ts'
import { refusedStatus, stableCode } from '../cloud/failure.ts'
import type { Policy, Privacy } from '../policy/index.ts'
import type { Verdict } from '../signals/watch.ts'
import {
  alwaysCloudUsd,
  estimate,
  priceUsed,
  type TokenCounts,
  tokensAt,
  tokensIn,
  tokensOf,
} from './cost.ts'
import { sumOrNull, tokenCost } from './money.ts'
import { receiptId } from './receipt-id.ts'
import type { RecordedAttempt } from './recorded-attempt.ts'

export interface RecordSettings {
  readonly policy: Pick<Policy, 'cloud' | 'reference'>
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly task: string
  readonly taskFrom: Receipt['taskFrom']
}

/** What an attempt ended with, beside its outcome. */
export interface Ending {
  readonly note?: string
  readonly error?: unknown
}

export const NOTHING_PREPARED: Prepared = {
  redacted: null,
  nameRecall: null,
  selected: null,
  compressed: null,
}

export class CallRecord {
  readonly id: string = receiptId()
  readonly task: string
  why = ''
  user: string | null = null
  privacy: Privacy = 'anything'
  certificate: string | null = null
  /** Of the device model, once it is asked. */
  setup: NonNullable<Receipt['setup']> | null = null
  cache: Receipt['cache'] = null
  prepared: Prepared = NOTHING_PREPARED
  rehearsal: boolean
  /** Tokens of the prompt as the device counts them, for what a place that was stopped never reports. */
  promptTokens: number | null = null
  readonly started: number = performance.now()
  readonly #settings: RecordSettings
  readonly #at: string
  readonly #path: Step[] = []
  /** In the order they were begun; null while one runs. */
  readonly #attempts = new Map<RecordedAttempt, Attempt | null>()
  #signals: readonly Signal[] = []
  /** The attempt whose output went to the caller. */
  #answering: RecordedAttempt | null = null
  /** The tokens of a kept answer, as the call that made it counted them. */
  #keptTokens: TokenCounts | null = null
  #firstTokenMs: number | null = null
  #settled = false

  constructor(settings: RecordSettings) {
    this.#settings = settings
    this.task = settings.task
    this.rehearsal = settings.policy.cloud?.rehearsal ?? false
    this.#at = new Date(settings.now()).toISOString()
  }

  get settled(): boolean {
    return this.#settled
  }

  get signals(): readonly Signal[] {
    return this.#signals
  }

  /** Adds a clause to the sentence for people. */
  say(clause: string): void {
    this.why += clause
  }

  step(rule: string, value: Step['value'], threshold: Step['threshold'], then: string): void {
    this.#path.push({ rule, value, threshold, then })
  }

  /** What the check of an answer saw. */
  judged({ signals, pass, certificate, note }: Verdict): void {
    this.#signals = signals
    this.certificate = certificate
    for (const { name, value, threshold, pass } of signals)
      this.step(`signal ${name}`, value, threshold, pass === null ? 'seen' : pass ? 'passed' : 'did not pass')
    if (signals.length === 0) this.step('signal', null, null, pass ? 'passed' : note)
  }

  /** Signals that were seen and did not decide; one that was judged stands. */
  sawSignals(signals: readonly Signal[]): void {
    const isNew = ({ name }: Signal): boolean => !this.#signals.some((signal) => signal.name === name)
    this.#signals = [...this.#signals, ...signals.filter(isNew)]
  }

  /** The output of `attempt` goes to the caller from now on. */
  release(attempt: RecordedAttempt): void {
    this.#answering = attempt
    if (attempt.firstOutputAt !== null) this.#firstTokenMs = performance.now() - this.started
  }

  /** The kept answer of an earlier call goes to the caller; `usage`: what that call took. */
  releaseKept(usage: LanguageModelV4Usage | null): void {
    this.#firstTokenMs = performance.now() - this.started
    this.#keptTokens = tokensOf({ usage })
  }

  /** An attempt begins; its place on the receipt is kept. */
  began(attempt: RecordedAttempt): void {
    this.#attempts.set(attempt, null)
  }

  /** An attempt has ended; one that was rejected and then used ends again, as answered. */
  ended(attempt: RecordedAttempt, outcome: Attempt['outcome'], { note = '', error }: Ending = {}): void {
    const before = this.#attempts.get(attempt)?.note ?? ''
    this.#attempts.set(attempt, this.#entryOf(attempt, outcome, note === '' ? before : note, error))
  }

  /** SHA-256 of the bodies that left, in hex; null when nothing left or nobody saw it. */
  digest(): string | Promise<string> | null {
    const bodies = [...this.#attempts.keys()].flatMap(({ outbox }) => outbox?.bodies ?? [])
    return bodies.length === 0 ? null : digestHex(bodies)
  }

  /** Closes the receipt: the last thing that is done with a record. `sentDigest`: of `digest`. */
  settle(error: string | null, sentDigest: string | null): Receipt {
    this.#settled = true
    const answering = this.#answering
    const price = priceUsed(this.#settings.policy)
    const tokens = answering === null ? NO_TOKENS : tokensOf(answering)
    const attempts = [...this.#attempts.values()].filter((entry) => entry !== null)
    const costUsd = sumOrNull(attempts.map(({ costUsd }) => costUsd))
    const kept = this.cache !== null
    return {
      id: this.id,
      at: this.#at,
      task: this.task,
      taskFrom: this.#settings.taskFrom,
      user: this.user,
      place: kept ? 'device' : (answering?.place ?? null),
      model: kept ? 'cache' : (answering?.modelId ?? null),
      why: this.why,
      path: this.#path,
      attempts,
      signals: this.#signals,
      setup: this.setup,
      certificate: answering?.place === 'device' ? this.certificate : null,
      cache: this.cache,
      queueMs: answering?.workingAt == null ? null : answering.workingAt - this.started,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - this.started,
      ...(this.#keptTokens ?? tokens),
      tokens: { device: tokensAt('device', attempts), cloud: tokensAt('cloud', attempts) },
      tokensPerSecond: answering === null ? null : speed(answering),
      costUsd,
      avoidedUsd: error === null && !this.rehearsal ? this.#avoided(costUsd) : null,
      price,
      privacy: this.privacy,
      bytesOut: attempts.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      sentDigest,
      prepared: this.prepared,
      deviceEnergyJ: null,
      rehearsal: this.rehearsal,
      error,
    }
  }

  #entryOf(attempt: RecordedAttempt, outcome: Attempt['outcome'], note: string, error: unknown): Attempt {
    const { place } = attempt
    const { counts, estimated, costUsd } =
      place === 'device' ? this.#onDevice(attempt, outcome) : this.#inCloud(attempt, error)
    return {
      place,
      model: attempt.modelId,
      outcome,
      code: error === undefined ? null : (stableCode(error) ?? `${place}_failed`),
      note,
      startMs: attempt.started - this.started,
      firstOutputMs: attempt.firstOutputAt === null ? null : attempt.firstOutputAt - attempt.started,
      ms: performance.now() - attempt.started,
      tries: place === 'cloud' ? (attempt.outbox?.tries ?? 0) : 1,
      ...counts,
      costUsd,
      estimated,
      bytesOut: attempt.outbox?.bytes ?? 0,
    }
  }

  /** Work that was stopped is estimated, so that what a lost race took is seen. */
  #onDevice(attempt: RecordedAttempt, outcome: Attempt['outcome']): Used {
    const counts = tokensOf(attempt)
    const wasStopped = outcome === 'cancelled' || outcome === 'rejected'
    if (attempt.usage !== null || !wasStopped) return { counts, estimated: false, costUsd: 0 }
    return { counts: estimate(counts, attempt, this.promptTokens), estimated: true, costUsd: 0 }
  }

  /**
   * Nothing where nothing was sent or the cloud refused it with an HTTP error. What it does not report it bills all the same, whoever
   * stopped it: that is estimated, by the bytes that left where they are not the caller's prompt.
   */
  #inCloud(attempt: RecordedAttempt, error: unknown): Used {
    const counts = tokensOf(attempt)
    const bytes = attempt.outbox?.billableBytes ?? 0
    if (bytes === 0 || refusedStatus(error) !== null) return { counts, estimated: false, costUsd: 0 }
    const price = this.#settings.policy.cloud?.price ?? null
    const estimated = counts.inputTokens === null || counts.outputTokens === null
    const promptTokens = this.prepared === NOTHING_PREPARED ? this.promptTokens : null
    const used = estimated ? estimate(counts, attempt, promptTokens ?? tokensIn(bytes)) : counts
    return { counts: used, estimated, costUsd: tokenCost(price, used) }
  }

  #avoided(costUsd: number | null): number | null {
    const price = priceUsed(this.#settings.policy)
    const answering = this.#answering
    const place: Place = answering?.place ?? 'device'
    const counts = this.#keptTokens ?? (answering === null ? NO_TOKENS : tokensOf(answering))
    const always = alwaysCloudUsd(price, counts, place, place === 'cloud' ? this.#droppedTokens() : 0)
    return always === null || costUsd === null ? null : always - costUsd
  }

  #droppedTokens(): number {
    const { selected, compressed } = this.prepared
    const dropped = (step: { tokens: number; keptTokens: number } | null) =>
      step === null ? 0 : step.tokens - step.keptTokens
    return dropped(selected) + dropped(compressed)
  }
}

/** What an attempt used. */
interface Used {
  readonly counts: TokenCounts
  readonly estimated: boolean
  readonly costUsd: number | null
}

const NO_TOKENS: TokenCounts = { inputTokens: null, cachedTokens: null, outputTokens: null }

/** Output tokens after the first per second. Tokens that were never streamed (hidden reasoning) do not count. */
function speed({ usage, firstOutputAt, lastOutputAt, sawReasoning }: RecordedAttempt): number | null {
  const { total, text } = usage?.outputTokens ?? {}
  const tokens = sawReasoning ? total : (text ?? total)
  if (tokens === undefined || tokens < 2 || firstOutputAt === null || lastOutputAt === null) return null
  const ms = lastOutputAt - firstOutputAt
  return ms > 0 ? ((tokens - 1) / ms) * 1000 : null
}
