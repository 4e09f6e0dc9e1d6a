/**
 * The share of the read bandwidth that decoding gets on one thread, by type of weights: half of nine rounds was below `likely` on
 * an AMD EPYC with AVX-512 VNNI that did nothing else; `low` and `high` (at most 1) are the outer quartiles of that and of an EPYC
 * without VNNI at work on other things, with earlier kernels. Light formats are bound by memory, heavy ones by the arithmetic of
 * unpacking, so a processor of another kind may be outside.
 * Measured with `node --conditions=edgewise-source bench/speed/roof-share.ts`: Node 24.21.0, four layers of Llama 3.2 1B.
 */
import type { TensorType } from './gguf/types.ts'

export interface Interval {
  readonly low: number
  readonly likely: number
  readonly high: number
}

const of = (low: number, likely: number, high: number): Interval => ({ low, likely, high })

export const roofShares: Readonly<Record<TensorType, Interval>> = {
  f32: of(0.91, 0.97, 0.99),
  f16: of(0.25, 0.74, 0.75),
  bf16: of(0.45, 0.82, 1),
  q4_0: of(0.34, 0.63, 0.66),
  q4_1: of(0.32, 0.6, 0.6),
  q5_0: of(0.33, 0.46, 0.46),
  q5_1: of(0.4, 0.46, 0.54),
  q8_0: of(0.67, 0.84, 1),
  iq4_nl: of(0.31, 0.43, 0.49),
  mxfp4: of(0.55, 0.56, 0.58),
  q2_k: of(0.22, 0.32, 0.32),
  q3_k: of(0.18, 0.26, 0.29),
  q4_k: of(0.37, 0.71, 0.71),
  q5_k: of(0.38, 0.52, 0.53),
  q6_k: of(0.48, 0.53, 0.58),
  iq4_xs: of(0.25, 0.39, 0.41),
}

/**
 * The same of keys and values, over 2,048 positions of SmolLM2 135M, Llama 3.2 1B, Qwen3 0.6B and Gemma 3 270M, where shares moved
 * with what else the machine did. Measured with `npm run lab:attention -- --context=2048 --threads=1` in bench/: an AMD EPYC with
 * AVX-512, Node 24.21.0.
 */
export const cacheShare: Interval = of(0.31, 0.38, 0.45)
