/**
 * A use case as its team tells it in five questions. The same in a YAML file, in the terminal's questions and in code. Defaults are in
 * use-case.ts; what it may hold is checked by schema.ts.
 */
import type { Privacy } from 'edgewise'

export interface UseCase {
  readonly name: string
  /** The task's name in the policy that comes out. */
  readonly task: string
  /** 1. Does the task fit a small model? */
  readonly fit: {
    /** Candidate models, by id; empty: all small ones that are known. */
    readonly models: readonly string[]
    /** Share of the cloud model's quality that must be kept, 0 to 1. */
    readonly keep: number
    /** Measured on the team's own examples, per model: from a file of results (`edgewise decide --examples`), see quality/. */
    readonly measured: readonly MeasuredQuality[]
    /** Whether the answer is one of few labels or fields: then a linear classifier may do, and no LLM is needed. */
    readonly kind: 'classify' | 'extract' | 'rewrite' | 'generate' | 'reason' | 'search'
  }
  /** 2. How fast? */
  readonly latency: {
    readonly targetMs: number
    readonly of: 'first-token' | 'whole-answer'
    /** Share of users for whom it must hold, 0 to 1. */
    readonly share: number
  }
  /** 3. Privacy or regulation: what may leave the device. */
  readonly privacy: Privacy
  /** 4. Must it work offline? */
  readonly offline: 'must' | 'better' | 'no'
  /** 5. Volume and cost. */
  readonly volume: {
    readonly callsPerMonth: number
    readonly users: number
    readonly promptTokens: number
    readonly outputTokens: number
    /** Share of prompt tokens that the provider would have cached, 0 to 1. */
    readonly cachedShare: number
  }
  readonly cloud: {
    /** Of the price list. */
    readonly model: string
    /** Milliseconds to the first token and tokens a second: measured by the team, or the published ones. */
    readonly firstTokenMs: number
    readonly decodeTps: number
  }
  /** Who uses it: devices by id with shares that add up to 1, or the name of a preset. */
  readonly fleet: readonly FleetShare[] | string
  readonly engineering: {
    /** Days to build and keep up the device's side, for the first year, and what a day costs. */
    readonly days: number
    readonly usdPerDay: number
    /** Over which the days are spread. */
    readonly months: number
    /** Dollars for each GB that users download. */
    readonly egressUsdPerGB: number
  }
}

export interface FleetShare {
  readonly device: string
  readonly share: number
  readonly runtime: string
  readonly backend: 'cpu' | 'gpu' | 'npu'
}

/** What a model, the cloud or a linear classifier got right of the team's examples. */
export interface MeasuredQuality {
  /** A model's id, `cloud`, or `linear`. */
  readonly who: string
  /** Answers that were right, or the sum of their scores (0 to 1 each) where a grader gives those. */
  readonly right: number
  readonly of: number
  /** Interval of the share, 95 %, that holds for any number of examples. */
  readonly low: number
  readonly high: number
  /** The share of the cloud's quality on the same examples, 95 %; null or absent where the cloud was not asked. */
  readonly kept?: { readonly value: number; readonly low: number; readonly high: number } | null
}
