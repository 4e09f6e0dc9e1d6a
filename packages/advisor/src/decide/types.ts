/**
 * A verdict: where a use case should run, for which share of its users, with every number that led there and what would change it. Plain
 * data: the terminal, the page and the policy file are made of it. Figures that are sure (a price times a number of calls) have an interval
 * without width and the level 1.
 */
import type { CloudPrice } from '../facts/types.ts'
import type { Derivation, Predicted, Prediction } from '../predict/types.ts'
import type { FleetShare, UseCase } from '../use-case/types.ts'

/**
 * `none`: nothing that is allowed can do it (no model fits any device and the text may not leave, say). `uncertain`: an interval straddles
 * what decides; `Verdict.leans` has the answer at the values in the middle.
 */
export type Answer = 'on-device' | 'hybrid' | 'cloud' | 'no-llm' | 'none' | 'uncertain'

/** What can be chosen. */
export type Choice = Exclude<Answer, 'uncertain' | 'none'>

/** A rule that fired, or one that could not be decided. */
export interface Firing {
  /** `privacy-keeps-it-here`, stable; docs/advisor.md has them all. */
  readonly rule: string
  readonly outcome: 'for' | 'against' | 'uncertain'
  readonly of: Choice
  /** A sentence with the numbers. */
  readonly why: string
}

/** Model and quantisation for one kind of device. */
export interface Shipped {
  readonly device: string
  readonly model: string
  readonly quantisation: string
  /** Of the users, 0 to 1. */
  readonly share: number
  readonly fileBytes: number
}

/** One option, over the whole fleet. */
export interface Option {
  readonly answer: Choice
  /** The rules that forbid it, by name; empty where it may be chosen. Its numbers are there all the same. */
  readonly ruledOutBy: readonly string[]
  /** Where the device answers. */
  readonly ships: readonly Shipped[]
  /** Share of users who meet the latency target. */
  readonly usersInTime: Predicted
  /** The latency that the asked share of users meets, ms; null where fewer than that get an answer at all. */
  readonly latencyMs: Predicted | null
  /** The same for other shares of users: 0.5, 0.75, 0.9, 0.95, 0.99. */
  readonly percentiles: readonly { readonly share: number; readonly ms: Predicted | null }[]
  /** Of the cloud's quality; null where nothing was measured. */
  readonly quality: Predicted | null
  /** `fixedUsdPerMonth + usdPerCall x callsPerMonth`. */
  readonly usdPerMonth: Predicted
  readonly fixedUsdPerMonth: number
  readonly usdPerCall: Predicted
  /** Share of calls that never leave the device. */
  readonly staysShare: Predicted
  readonly worksOffline: boolean
  readonly derivation: readonly Derivation[]
}

/** A change that would turn the verdict. */
export interface Flip {
  /** `callsPerMonth`. */
  readonly what: string
  readonly now: string
  /** The least change that turns it. */
  readonly at: string
  readonly then: Answer
}

/** One kind of users, by what is best for them. */
export interface Segment {
  readonly share: number
  readonly devices: readonly string[]
  readonly answer: Answer
  readonly why: string
}

export interface Verdict {
  readonly useCase: UseCase
  readonly factsVersion: string
  readonly answer: Answer
  /** The answer at the values in the middle of their intervals: `answer`, unless that is `uncertain`. */
  readonly leans: Exclude<Answer, 'uncertain'>
  /** One sentence. */
  readonly why: string
  /** The fleet as it was reckoned with, a preset written out. */
  readonly fleet: readonly FleetShare[]
  /** Where the shares of the fleet are from. */
  readonly fleetSource: string
  /** The row of the price list that the money is from. */
  readonly price: CloudPrice
  readonly segments: readonly Segment[]
  /** On the device, both, the cloud; and no LLM where a linear classifier was measured. */
  readonly options: readonly Option[]
  readonly firings: readonly Firing[]
  /** The cheapest measurement that would settle what is uncertain; null when nothing is. */
  readonly settle: string | null
  readonly flips: readonly Flip[]
  /** Of the device's side, each candidate on each kind of device. */
  readonly predictions: readonly Prediction[]
  /** Calls a month at which the device's side costs as much as the cloud; null when it never does. */
  readonly breakEvenCallsPerMonth: Predicted | null
  /** What a reader must know before believing it. */
  readonly warnings: readonly string[]
}
