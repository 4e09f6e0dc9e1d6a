/**
 * A verdict: where a use case should run, for which share of its users, with every number that led there and what would change it. Plain
 * data: the terminal, the page and the policy file are made of it.
 */
import type { Derivation, Predicted, Prediction } from '../predict/types.ts'
import type { UseCase } from '../use-case/types.ts'

export type Answer = 'on-device' | 'hybrid' | 'cloud' | 'no-llm' | 'uncertain'

/** A rule that fired, or one that could not be decided. */
export interface Firing {
  /** `privacy-keeps-it-here`, stable. */
  readonly rule: string
  readonly outcome: 'for' | 'against' | 'uncertain'
  readonly of: Exclude<Answer, 'uncertain'>
  /** A sentence with the numbers. */
  readonly why: string
}

/** One option, over the whole fleet. */
export interface Option {
  readonly answer: Exclude<Answer, 'uncertain'>
  /** Model and quantisation by device, where the device answers. */
  readonly ships: readonly {
    readonly device: string
    readonly model: string
    readonly quantisation: string
  }[]
  /** Share of users who meet the latency target. */
  readonly usersInTime: Predicted
  /** The latency that the asked share of users meets, ms. */
  readonly latencyMs: Predicted
  /** Of the cloud's quality; null where nothing was measured. */
  readonly quality: Predicted | null
  readonly usdPerMonth: Predicted
  /** Share of calls that never leave the device. */
  readonly staysShare: number
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
  /** One sentence. */
  readonly why: string
  readonly segments: readonly Segment[]
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
