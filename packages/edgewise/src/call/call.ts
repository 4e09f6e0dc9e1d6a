/** What a started call is made of: the rule it runs under, its record, and how its places are opened. */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Ledger, Place, Receipt } from '@edgewise/evidence'
import type { CallAudit } from '../audit/call-audit.ts'
import type { Plan } from '../place/place.ts'
import type { Commit, ResolvedRule } from '../policy/index.ts'
import type { CallRecord } from '../receipt/record.ts'
import type { Watch } from '../signals/watch.ts'
import type { OpenAttempt } from './attempt.ts'

export interface Call {
  readonly record: CallRecord
  readonly plan: Plan
  readonly rule: ResolvedRule
  /** As the caller made it. */
  readonly options: LanguageModelV4CallOptions
  /** Ends when the caller gives up. */
  readonly signal: AbortSignal
  readonly ledger: Pick<Ledger, 'put'> | null
  open(place: Place): OpenAttempt
  /** The bars of the place's answer, for a new attempt; null where it is not held to any. */
  watch(place: Place): Watch | null
  /** Sees the device's answer where it is not held to its bars and evidence is made of it all the same; null: it is not. */
  readonly observer: Watch | null
  /** Hears of what an audit of this call needs; null: it is not audited. */
  readonly audit: Pick<CallAudit, 'rejected' | 'takesOver'> | null
  commitOf(place: Place): Commit
  /** Short answers of the device to the same call, for the agreement signal. */
  sample(count: number, signal: AbortSignal): Promise<readonly string[]>
  /** What keeps the cloud from being asked, when it is one of these. */
  readonly blocked: 'offline' | 'budget' | null
  /** Whether somebody wants what went to the caller afterwards: the cache, a store, a trace. */
  readonly wantsAnswer: boolean
  /**
   * Called once when the receipt is written. `answer`: the whole of it, when it is wanted, complete, and held to the rule's bars where it has any.
   * `recorded`: whether the ledger acknowledged the receipt.
   */
  onSettled(receipt: Receipt, answer: readonly LanguageModelV4StreamPart[] | null, recorded: boolean): void
}
