/**
 * The receipt of one call while the call runs: attempts are added as they end, `settle` closes it and hands it to the
 * ledger, once. A ledger that throws, rejects or never answers changes nothing for the call.
 */
import type { JSONObject } from '@ai-sdk/provider'
import type { Attempt, Ledger, Receipt, Signal } from '@edgewise/evidence'
import type { OpenAttempt } from './attempt.ts'
import { refusedStatus } from './failure.ts'
import { sumOrNull, tokenCost } from './money.ts'
import type { Policy, Price } from './policy.ts'

export interface CallRecordSettings {
  readonly policy: Policy
  readonly ledger: Ledger | null
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly task: string
}

export class CallRecord {
  readonly id: string = receiptId()
  readonly task: string
  why = ''
  signal: Signal | null = null
  readonly #settings: CallRecordSettings
  readonly #at: string
  readonly #started = performance.now()
  readonly #attempts: Attempt[] = []
  /** The attempt whose output went to the caller. */
  #answering: OpenAttempt | null = null
  #firstTokenMs: number | null = null
  #settled = false

  constructor(settings: CallRecordSettings) {
    this.#settings = settings
    this.task = settings.task
    this.#at = new Date(settings.now()).toISOString()
  }

  get settled(): boolean {
    return this.#settled
  }

  /** The output of `attempt` goes to the caller from now on. */
  release(attempt: OpenAttempt): void {
    this.#answering = attempt
    if (attempt.firstOutputAt !== null) this.#firstTokenMs = performance.now() - this.#started
  }

  /** Adds an attempt that has ended; an answer that was rejected and then used is added again as answered. */
  ended(attempt: OpenAttempt, outcome: Attempt['outcome'], note = '', error?: unknown): void {
    const { price } = this.#settings.policy.cloud ?? {}
    const entry: Attempt = {
      place: attempt.place,
      model: attempt.modelId,
      outcome,
      note,
      ms: performance.now() - attempt.started,
      ...tokensOf(attempt),
      costUsd: attempt.place === 'device' ? 0 : cloudCost(attempt, price ?? null, error),
      bytesOut: attempt.place === 'device' ? 0 : attempt.bytesOut,
    }
    const before = this.#attempts.findIndex(({ place }) => place === attempt.place)
    if (before === -1) this.#attempts.push(entry)
    else this.#attempts[before] = { ...entry, ms: this.#attempts[before]!.ms }
  }

  /** Closes the receipt and writes it to the ledger: the last thing that is done with a record. */
  settle(error: string | null): Receipt {
    this.#settled = true
    const answering = this.#answering
    const tokens = tokensOf(answering)
    const receipt: Receipt = {
      id: this.id,
      at: this.#at,
      task: this.task,
      place: answering?.place ?? null,
      model: answering?.modelId ?? null,
      why: this.why,
      attempts: this.#attempts,
      signal: this.signal,
      firstTokenMs: this.#firstTokenMs,
      totalMs: performance.now() - this.#started,
      ...tokens,
      tokensPerSecond: answering === null ? null : speed(answering),
      costUsd: sumOrNull(this.#attempts.map(({ costUsd }) => costUsd)),
      avoidedUsd: error === null && answering !== null ? this.#avoided(answering) : null,
      bytesOut: this.#attempts.reduce((sum, { bytesOut }) => sum + bytesOut, 0),
      error,
    }
    this.#write(receipt)
    return receipt
  }

  /** Nothing was avoided when the cloud answered; else the device's tokens at the policy's price. */
  #avoided(answering: OpenAttempt): number | null {
    const { cloud, reference } = this.#settings.policy
    const price = cloud?.price ?? reference ?? null
    if (answering.place === 'cloud') return price === null ? null : 0
    const { inputTokens, outputTokens } = tokensOf(answering)
    return tokenCost(price, inputTokens, outputTokens)
  }

  #write(receipt: Receipt): void {
    try {
      Promise.resolve(this.#settings.ledger?.put(receipt)).catch(() => {})
    } catch {
      // The answer matters more than its record.
    }
  }
}

/** A receipt as the JSON value that `providerMetadata` carries. */
export function receiptJson(receipt: Receipt): JSONObject {
  return {
    ...receipt,
    attempts: receipt.attempts.map((attempt) => ({ ...attempt })),
    signal: receipt.signal === null ? null : { ...receipt.signal },
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** `rcp_` and 24 random characters that are safe in a URL (144 bits). */
function receiptId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(24))
  return `rcp_${Array.from(bytes, (byte) => ALPHABET[byte & 63]).join('')}`
}

function tokensOf(
  attempt: OpenAttempt | null,
): Pick<Attempt, 'inputTokens' | 'cachedTokens' | 'outputTokens'> {
  const { inputTokens, outputTokens } = attempt?.usage ?? {}
  return {
    inputTokens: inputTokens?.total ?? null,
    cachedTokens: inputTokens?.cacheRead ?? null,
    outputTokens: outputTokens?.total ?? null,
  }
}

/**
 * What a try at the cloud cost. Nothing when nothing was sent, or when the cloud refused the call with an HTTP error;
 * unknown when it was sent and no usage came back.
 */
function cloudCost(attempt: OpenAttempt, price: Price | null, error: unknown): number | null {
  if (attempt.bytesOut === 0) return 0
  if (price === null) return null
  if (refusedStatus(error) !== null) return 0
  const { inputTokens, outputTokens } = tokensOf(attempt)
  return tokenCost(price, inputTokens, outputTokens)
}

/** Output tokens after the first per second. Tokens that were never streamed (hidden reasoning) do not count. */
function speed({ usage, firstOutputAt, lastOutputAt, sawReasoning }: OpenAttempt): number | null {
  const { total, text } = usage?.outputTokens ?? {}
  const tokens = sawReasoning ? total : (text ?? total)
  if (tokens === undefined || tokens < 2 || firstOutputAt === null || lastOutputAt === null) return null
  const ms = lastOutputAt - firstOutputAt
  return ms > 0 ? ((tokens - 1) / ms) * 1000 : null
}
