/** What goes into a run and what comes out, the same for every task. */
import type { GeneratedToken } from '@edgewise/engine'
import type { Json } from './tasks.ts'

export interface RunOptions {
  /** Aborting throws the signal's reason. */
  readonly signal?: AbortSignal
  /** `redact` only: rather hide a word too many than show a name, as for what leaves the device. */
  readonly careful?: boolean
  /** `complete` only, like all that follow: the other tasks are not sampled and end by themselves. */
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly seed?: number
  readonly stop?: readonly string[]
  /** As the engine has it. */
  readonly topLogprobs?: number
}

/** A piece of the answer; `complete` gives many, the other tasks one. */
export interface TextPart {
  readonly text: string
  /** Of this token for `complete`, else the run's `meanLogprob`. */
  readonly logprob: number
  /** Of this token, as the engine tells them; only `complete` has them. */
  readonly margin?: GeneratedToken['margin']
  readonly top?: NonNullable<GeneratedToken['top']>
}

export interface RunResult {
  readonly finishReason: 'stop' | 'length'
  /** Tokens of the prompt. */
  readonly promptTokens: number
  /** Prompt tokens that earlier runs had run. */
  readonly cachedTokens: number
  /** Tokens of the answer as text; the decoders of all tasks but `complete` choose, they do not write, most of them. */
  readonly completionTokens: number
  /**
   * Mean log-probability of the decisions the model made, 0 when there were none:
   * `intent` the label among the labels; `json` the intent among the intents, and what each unit is called; `redact` what each unit
   * is called; `fix` that a unit is right, or the text put in its place among the candidates; `complete` the tokens.
   */
  readonly meanLogprob: number
  /**
   * `intent` {label, probability, oos, top}; `json` {intent, slots: [{name, value, start, end}]}; `redact`
   * [{type, start, end, placeholder}]; `fix` [{start, end, from, to}]; `complete` null. Offsets are UTF-16, in the text given.
   */
  readonly data: Json
}
