/**
 * A certificate: "of all calls of this task, at most alpha are harmed by staying on the device, with confidence 1 - delta", bound to
 * what it was proven for. Plain JSON. What it takes to issue one is in certify.ts; whether it fits what runs, in matches.ts.
 */
import type { Combination } from '../combine/combination.ts'
import type { Estimate } from '../statistics/bootstrap.ts'

/**
 * - `harm`: harm is what a call loses by staying on the device, the cloud's score above the device's; so for right and wrong answers 1
 *   where the device is wrong and the cloud would have been right. Over all calls of the task it is at most `alpha` on average (the share
 *   of calls that are harmed). With `calls`, of the next so many calls: what somebody would count who looked at each of them, which is
 *   more to claim than the average.
 * - `keeps`: the mixture of both places is on average at least `share` as good as the cloud alone. Here what the device has better
 *   than the cloud makes up for harm.
 */
export type Claim =
  | { readonly kind: 'harm'; readonly alpha: number; readonly calls?: number }
  | { readonly kind: 'keeps'; readonly share: number }

/** How the claim was proven (statistics/). */
export type Method = 'exact-binomial' | 'exact-hypergeometric' | 'betting'

/** What runs, as far as answers depend on it: a certificate for anything else proves nothing. */
export interface Setup {
  readonly task: string
  readonly device: {
    readonly model: string
    readonly quantisation: string | null
    /** Digest of instructions and chat template. */
    readonly template: string | null
  }
  readonly cloud: { readonly model: string }
}

export interface Certificate extends Setup {
  readonly format: 'edgewise.certificate/1'
  /** `cert-` and the first 16 hex digits of the SHA-256 of everything else. */
  readonly id: string
  /** ISO 8601. */
  readonly issuedAt: string
  readonly claim: Claim
  readonly delta: number
  readonly method: Method
  /** The bar: an answer of the device whose signal is at least `threshold` stays. null: the whole task stays on the device. */
  readonly bar: {
    readonly signal: string
    readonly threshold: number
    /** How the signal is computed from others, when it is a calibrated combination; null: it is read off the answer. */
    readonly combination: Combination | null
  } | null
  readonly evidence: {
    /** Judged items that the proof is made of. */
    readonly n: number
    /** Bars among which this one was chosen; each was tested at delta / candidates, so that the choice is paid for. */
    readonly candidates: number
    /** The window they came in: ISO 8601 of the first and the last; null when they have no times. */
    readonly from: string | null
    readonly until: string | null
    /** SHA-256 of what they were: ids, signals, scores. */
    readonly digest: string
    /** Of them, kept on the device under this bar, and harmed (a score lost: their sum). */
    readonly kept: number
    readonly harm: number
    /** Dollars saved of what the cloud alone costs, as a share, 95 %. The share of calls kept where no costs are known. */
    readonly saved: Estimate
  }
  /**
   * What the drift monitor compares with: the signal's values of the items, rounded down to four significant digits, in ascending
   * order with how often each occurs; null stands for all that are missing or below the threshold. [] without a bar.
   */
  readonly reference: readonly (readonly [value: number | null, count: number])[]
}
