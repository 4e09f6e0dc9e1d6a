/** What the trainer takes and tells: token sequences with loss weights in, weights and a log out. */

/** One text to learn from, in tokens. */
export interface TrainingSequence {
  /** [n], n >= 2, at most the model's context. */
  readonly ids: readonly number[]
  /** [n] how much predicting ids[i] from those before it counts, from 0; the first is ignored. At least one is above 0. */
  readonly weights: readonly number[]
  /**
   * What a teacher of the same vocabulary expects at some places (logit distillation): probabilities of its likeliest tokens in place of ids[at],
   * which need not sum to 1; the rest is left out.
   */
  readonly teacher?: readonly {
    readonly at: number
    readonly ids: readonly number[]
    readonly probabilities: readonly number[]
  }[]
}

export interface TrainingOptions {
  readonly epochs: number
  /** Tokens that make one step, padding not counted. */
  readonly batchTokens: number
  /** Of AdamW, at the top of its warm-up; then a cosine to a tenth of it. */
  readonly rate: number
  readonly seed: number
  /** Low-rank adapters in place of all weights. */
  readonly lora?: { readonly rank: number; readonly alpha: number; readonly targets: readonly string[] }
  /** Worker threads; all cores unless told. The same seed gives the same weights, whatever their number. */
  readonly threads?: number
  /** A folder for checkpoints: one at least every half minute, and training goes on from the last one. */
  readonly checkpoint?: string
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
  readonly tokens: number
  /** Over the last seconds. */
  readonly tokensPerSecond: number
}
