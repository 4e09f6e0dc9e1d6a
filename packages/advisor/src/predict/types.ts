/**
 * A prediction: how fast a model would be on a device, what memory and energy it takes, each with an interval that was tested on devices
 * that the fit had not seen. Plain data.
 */
import type { Backend } from '../facts/types.ts'

/** What is asked. */
export interface Setting {
  readonly device: string
  readonly model: string
  readonly quantisation: string
  readonly runtime: string
  readonly backend: Backend
  readonly promptTokens: number
  readonly outputTokens: number
}

/** A value and the interval it lies in with the probability `level` (0.8), both ends in the value's unit. */
export interface Predicted {
  readonly value: number
  readonly low: number
  readonly high: number
  readonly level: number
}

/** A step from facts to a number, for whoever wants to follow it. */
export interface Derivation {
  /** What it is: `bytes read a token`. */
  readonly what: string
  /** With numbers in it: `0.61 GB weights + 0.02 GB keys and values`. */
  readonly formula: string
  readonly value: number
  readonly unit: string
  /** Sources of the rows it is made of. */
  readonly from: readonly string[]
}

export interface Prediction {
  readonly setting: Setting
  readonly decodeTps: Predicted
  readonly prefillTps: Predicted
  /** To the first token with nothing cached and the model loaded. */
  readonly firstTokenMs: Predicted
  /** To the last one. */
  readonly totalMs: Predicted
  readonly fileBytes: number
  readonly peakBytes: Predicted
  /** Whether it fits what an app may use; null where the interval straddles that. False as well where the tokens exceed the model's context. */
  readonly fits: boolean | null
  /** Of one call, joules; null where nothing is known of the class's power. */
  readonly energyJ: Predicted | null
  /** What the value rests on: the coarsest group that had to be used, and whether own measurements narrowed it. */
  readonly basis: 'own-measurement' | 'runtime-and-class' | 'class' | 'everything'
  /** Written when it is first read. */
  readonly derivation: readonly Derivation[]
}
