/** What the trainer takes and tells: token sequences with loss weights in, weights and a log out. */
import type { Adapter } from '@edgewise/engine'

/** One text to learn from, in tokens. */
export interface TrainingSequence {
  /** [n], n >= 2, at most one more than the model's context: the last token is predicted, but not read. */
  readonly ids: readonly number[]
  /** [n] how much predicting ids[i] from those before it counts, from 0; the first is ignored. At least one is above 0. */
  readonly weights: readonly number[]
  /**
   * What a teacher of the same vocabulary expects at some places (logit distillation): probabilities of its likeliest tokens in place of ids[at],
   * which need not sum to 1; the rest is left out. The loss there is -sum of p ln q, and counts as `weights[at]` says.
   */
  readonly teacher?: readonly TeacherTokens[]
}

export interface TeacherTokens {
  readonly at: number
  readonly ids: readonly number[]
  readonly probabilities: readonly number[]
}

export interface LoraOptions {
  readonly rank: number
  /** Adapters count alpha / rank times. */
  readonly alpha: number
  /** Which matrices: attn_q, attn_k, attn_v, attn_output, ffn_gate, ffn_up, ffn_down. */
  readonly targets: readonly string[]
}

export interface TrainingOptions {
  readonly epochs: number
  /** Tokens that make one step: sequences are taken up to this, and one at least. */
  readonly batchTokens: number
  /** Of AdamW, at the top of its warm-up; then a cosine to a tenth of it. */
  readonly rate: number
  readonly seed: number
  /** Low-rank adapters in place of all weights. */
  readonly lora?: LoraOptions
  /** Worker threads; all cores unless told. The same seed gives the same weights, whatever their number. */
  readonly threads?: number
  /** A folder for checkpoints: one at least every half minute, and training goes on from the last one. */
  readonly checkpoint?: string
  /** Heard between steps: a checkpoint is left, and the signal's reason thrown. */
  readonly signal?: AbortSignal
  /** Told after each step. */
  readonly onStep?: (step: TrainingStep) => void
}

export interface TrainingStep {
  /** From 1. */
  readonly step: number
  readonly steps: number
  /** Weighted mean of -ln p, of this step's tokens. */
  readonly loss: number
  /** Length of the gradient, before it is clipped to 1. */
  readonly gradient: number
  readonly rate: number
  readonly tokens: number
  /** Useful operations of this step, and the time it took. */
  readonly flops: number
  readonly seconds: number
  /** Over the last seconds. */
  readonly tokensPerSecond: number
}

export interface TrainingResult {
  readonly steps: number
  /** Tokens that were read, all epochs together. */
  readonly tokens: number
  /** Useful operations: those of the products of forward and backward, without what is computed again. */
  readonly flops: number
  /** [steps] as told by onStep. */
  readonly losses: readonly number[]
  /** Mean loss of the last tenth of the steps. */
  readonly loss: number
  /** Time spent in steps; that of an interrupted run counts, too. */
  readonly seconds: number
  /** The step after which this run went on from a checkpoint; 0 when it began anew. */
  readonly resumedAt: number
  /** With `lora`: what was trained, while the model stays as it was. `writeAdapter` of the engine makes a file of it, `mergeAdapter` one model of both. */
  readonly adapter?: Adapter
}
