/**
 * The receipt of a call: where it ran, why, how fast, what it cost and what left the device. Plain data, the same
 * on the page, in HTTP headers and in the ledger. It never holds the prompt or the answer.
 * Money is in US dollars, times in milliseconds, sizes in bytes; a value nobody knows is null, never 0.
 */

/** Where a call can run. */
export type Place = 'device' | 'cloud'

/** One try at one place. A call has one or two of them, in the order they were made. */
export interface Attempt {
  readonly place: Place
  readonly model: string
  /** answered: its text went to the caller. rejected: it answered, the check did not pass it. failed: it gave an error. */
  readonly outcome: 'answered' | 'rejected' | 'failed'
  /** For people: the error's message, or what the check saw. Empty when there is nothing to add. */
  readonly note: string
  readonly ms: number
  readonly inputTokens: number | null
  /** Of them, those that an earlier call had left ready. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  readonly costUsd: number | null
  /** Bytes of request bodies sent to another machine; 0 on the device. */
  readonly bytesOut: number
}

/** What the check looked at, and the bar it had to reach. */
export interface Signal {
  readonly name: 'meanLogprob'
  readonly value: number
  /** null when the task's policy sets none: the signal is recorded, not judged. */
  readonly threshold: number | null
}

export interface Receipt {
  readonly id: string
  /** ISO 8601, UTC, the moment the call came in. */
  readonly at: string
  readonly task: string
  /** Where the answer came from; null when no place could answer. */
  readonly place: Place | null
  readonly model: string | null
  /** One sentence for people: why it ran there. */
  readonly why: string
  readonly attempts: readonly Attempt[]
  readonly signal: Signal | null
  readonly firstTokenMs: number | null
  readonly totalMs: number
  readonly inputTokens: number | null
  /** Of them, those that an earlier call had left ready at the answering place. */
  readonly cachedTokens: number | null
  readonly outputTokens: number | null
  /** Decoding speed of the answering place: output tokens after the first, per second between first and last. */
  readonly tokensPerSecond: number | null
  /** Sum over all attempts; null when the cloud was asked and its price is not in the policy. */
  readonly costUsd: number | null
  /** What the same tokens would have cost at the policy's cloud or reference price; null when there is none. */
  readonly avoidedUsd: number | null
  /** Sum over all attempts: what left this device. */
  readonly bytesOut: number
  /** A stable error code when the call failed or was aborted by the caller (`aborted`). */
  readonly error: string | null
}
