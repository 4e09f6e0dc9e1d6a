/**
 * The share of the read bandwidth that decoding gets on one thread, by type of weights: a quarter of nine rounds was below
 * `low`, half below `likely`, a quarter above `high` (at most 1).
 * Light formats are bound by memory, heavy ones by the arithmetic of unpacking, so a processor of another kind may be outside.
 * Measured with `node --conditions=edgewise-source bench/speed/roof-share.ts`: an AMD EPYC without VNNI, Node 24.21.0, four
 * layers of Llama 3.2 1B, other work on the machine (load average 3.2 to 6.6 on two cores; bandwidth is measured beside it).
 */
import type { TensorType } from './gguf/types.ts'

export interface Interval {
  readonly low: number
  readonly likely: number
  readonly high: number
}

const of = (low: number, likely: number, high: number): Interval => ({ low, likely, high })

export const roofShares: Readonly<Record<TensorType, Interval>> = {
  f32: of(0.91, 0.94, 0.99),
  f16: of(0.25, 0.39, 0.48),
  bf16: of(0.45, 0.78, 1),
  q4_0: of(0.34, 0.46, 0.66),
  q4_1: of(0.32, 0.37, 0.59),
  q5_0: of(0.33, 0.36, 0.45),
  q5_1: of(0.4, 0.45, 0.54),
  q8_0: of(0.67, 0.85, 1),
  iq4_nl: of(0.31, 0.37, 0.49),
  mxfp4: of(0.56, 0.57, 0.58),
  q2_k: of(0.22, 0.24, 0.26),
  q3_k: of(0.18, 0.2, 0.29),
  q4_k: of(0.37, 0.44, 0.63),
  q5_k: of(0.38, 0.38, 0.49),
  q6_k: of(0.48, 0.53, 0.58),
  iq4_xs: of(0.25, 0.33, 0.35),
}

/**
 * The same of keys and values, over 2,048 positions of SmolLM2 135M, Llama 3.2 1B, Qwen3 0.6B and Gemma 3 270M, where shares moved
 * with what else the machine did. Measured with `npm run lab:attention -- --context=2048 --threads=1` in bench/: an AMD EPYC with
 * AVX-512, Node 24.21.0.
 */
export const cacheShare: Interval = of(0.31, 0.38, 0.45)
