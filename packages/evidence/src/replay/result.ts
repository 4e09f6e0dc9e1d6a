/**
 * What a replay is made of and what it says: the decision a policy takes for an item, and the figures of that policy beside those of
 * whoever it has to beat. Plain data, JSON as it is. Shares are 0 to 1, money US dollars, times milliseconds; null is never 0 but
 * what nobody knows.
 */
import type { Place } from '../receipt.ts'
import type { Estimate } from '../statistics/bootstrap.ts'
import type { Quantile } from '../statistics/log-histogram.ts'
import type { ModelPair, TraceItem } from '../trace/item.ts'

/** What happens to one item under a policy. */
export interface ReplayDecision {
  /** Who answers; null: nobody does, the call ends with an error. */
  readonly place: Place | null
  /** Who was asked, in order: an escalated call has asked both, and so has a race. */
  readonly asked: readonly Place[]
  /** Milliseconds until the answer is whole: of one place after the other the sum. null: not known. */
  readonly latencyMs: number | null
  /** A signal that a bar needed and the item does not have: no evidence, so the device's answer did not pass. */
  readonly missing?: string | null
}

/** A policy as the replay asks it: once an item, in the order of the trace. */
export interface ReplayPolicy {
  readonly name: string
  decide(item: TraceItem): ReplayDecision
  /** What of it could not be replayed, a sentence each; asked when the last item has been decided. */
  notes?(): readonly string[]
}

/** One way to answer all calls, and what came of it. */
export interface Strategy {
  readonly name: string
  /** The model that answers everything; null where there is more than one. */
  readonly model: string | null
  /** The bar of the plain signal; null for all others, and where no answer of the device is kept. */
  readonly threshold: number | null
  /** Mean score over the items both models have a score for; a call nobody answers counts 0. */
  readonly quality: Estimate | null
  /** That, as a share of the cloud's. */
  readonly kept: Estimate | null
  /**
   * Answered with a worse score than the cloud's: the mean of max(0, cloud's - answer's) over answers that are not the cloud's. For
   * scores of 0 and 1 the share of calls that were kept, are wrong, and that the cloud has right.
   */
  readonly harm: Estimate | null
  /** The same with a better score. */
  readonly gain: Estimate | null
  /** Share of calls that a place answers, and that a place was asked for. */
  readonly answered: { readonly device: Estimate | null; readonly cloud: Estimate | null }
  readonly asked: { readonly device: Estimate | null; readonly cloud: Estimate | null }
  /** Dollars a call, at the cloud; the device is free. Over the items whose cost at the cloud is known. */
  readonly usdPerCall: Estimate | null
  /** 1 - what it costs / what the cloud alone costs; by calls asked where no cost is known (`billBy`). */
  readonly billCut: Estimate | null
  /**
   * Until answers are whole, over the items whose latency is known at both places. Quantiles to half a percent, between order statistics;
   * null of a random mix.
   */
  readonly latencyMs: {
    readonly mean: Estimate | null
    readonly p50: Quantile | null
    readonly p95: Quantile | null
  }
  /** The policy's quality minus this one's on the same items; null for the policy itself. Above 0: the policy is better. */
  readonly lead: Estimate | null
}

export interface Baselines {
  readonly alwaysDevice: Strategy
  readonly alwaysCloud: Strategy
  /** The best model of the trace, alone, that costs no more than the policy; the device is free and always among them. */
  readonly bestConstant: Strategy
  /** Calls sent to the cloud by chance, at the cost of the policy. */
  readonly randomMix: Strategy
  /**
   * A bar on the device's plain `meanLogprob`, the lowest whose cost is not above the policy's: found on these items, so it flatters itself.
   * null where no item has the signal, or no bar is that cheap.
   */
  readonly meanLogprob: Strategy | null
  /** Knows the scores: asks the cloud alone where it is better, the device alone everywhere else. */
  readonly oracle: Strategy
}

export interface Replay {
  readonly pair: ModelPair
  readonly policy: Strategy
  readonly baselines: Baselines
  readonly counts: {
    /** Of the trace. */
    readonly items: number
    /** With an answer of the device: what was replayed. */
    readonly replayed: number
    /** Of them with a score of both models: quality, harm and gain are over these. */
    readonly scored: number
    /** With a known cost at the cloud: money is over these. */
    readonly costed: number
    /** With a latency of both models. */
    readonly timed: number
    /** Whose answer of the device did not pass because a bar had no evidence, and by the signal that was missing. */
    readonly withoutEvidence: number
    readonly missing: { readonly [signal: string]: number }
    /** That no place answered. */
    readonly unanswered: number
  }
  readonly billBy: 'usd' | 'calls'
  readonly confidence: number
  /** What was not replayed, and what these figures rest on: a sentence each. */
  readonly notes: readonly string[]
}
