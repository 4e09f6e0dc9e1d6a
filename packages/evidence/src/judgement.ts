/**
 * A judgement of a call, made after it: by its user, by a shadow answer of the cloud, by a function, by comparing with what was right.
 * Plain data that is appended to the ledger beside the receipt, which never changes. It holds no text of the call.
 */
import type { Attempt } from './receipt.ts'

export interface Judgement {
  readonly receiptId: string
  /** ISO 8601, UTC, when it was made. */
  readonly at: string
  /**
   * user: somebody said so. shadow: the device's answer was compared with the cloud's, which counts as right. function: a function of
   * the host's. exact: compared with an answer known to be right.
   */
  readonly by: 'user' | 'shadow' | 'function' | 'exact'
  /**
   * How good the device's answer and the cloud's are, 0 wrong to 1 right; null where that answer was not judged. Both are null where a
   * `shadow` was asked and came to nothing.
   */
  readonly device: number | null
  readonly cloud: number | null
  /** The call to the cloud that was made for this judgement alone: what it cost and what left; null when none was. */
  readonly shadow: Attempt | null
}
