/**
 * The share of the read bandwidth that decoding gets, by type of weights: least, median and most of five rounds on one thread.
 * Light formats are bound by memory, heavy ones by the arithmetic of unpacking, so a processor of another kind may be outside.
 * Measured with `node --conditions=edgewise-source bench/roof-share.ts` on an AMD EPYC without VNNI, Node 24.21.0, four
 * layers of Llama 3.2 1B.
 */
import type { TensorType } from './gguf/types.ts'

export interface Interval {
  readonly low: number
  readonly likely: number
  readonly high: number
}

const of = (low: number, likely: number, high: number): Interval => ({ low, likely, high })

export const roofShares: Readonly<Record<TensorType, Interval>> = {
  f32: of(0.78, 0.89, 1),
  f16: of(0.33, 0.43, 0.76),
  bf16: of(0.55, 0.79, 0.82),
  q4_0: of(0.54, 0.59, 0.76),
  q4_1: of(0.53, 0.62, 0.86),
  q5_0: of(0.23, 0.25, 0.52),
  q5_1: of(0.22, 0.29, 0.38),
  q8_0: of(0.64, 0.86, 0.87),
  iq4_nl: of(0.39, 0.49, 0.57),
  mxfp4: of(0.43, 0.48, 0.56),
  q2_k: of(0.14, 0.17, 0.4),
  q3_k: of(0.13, 0.18, 0.29),
  q4_k: of(0.4, 0.48, 0.6),
  q5_k: of(0.4, 0.62, 0.63),
  q6_k: of(0.52, 0.59, 0.79),
  iq4_xs: of(0.24, 0.32, 0.46),
}
