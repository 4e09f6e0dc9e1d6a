/** What a receipt reads off an attempt: when it did what, what it sent, what it used. Times are of `performance.now()`. */
import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import type { Outbox } from '../cloud/outbox.ts'

export interface RecordedAttempt {
  readonly place: Place
  readonly modelId: string
  /** What it sent to another machine; null when it sends nothing. */
  readonly outbox: Outbox | null
  readonly started: number
  /** When its work began, after any wait for a turn. */
  readonly workingAt: number | null
  readonly firstOutputAt: number | null
  readonly lastOutputAt: number | null
  /** About the tokens that came, for an answer that never reports them: at least one a part. */
  readonly outputs: number
  readonly usage: LanguageModelV4Usage | null
  /** Reasoning was streamed, so its tokens count as output that was seen. */
  readonly sawReasoning: boolean
}
