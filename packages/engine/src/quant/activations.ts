/**
 * Activations rounded to 8 bits per 32 values, as ggml's CPU path does before it multiplies with a block type
 * (quantize_row_q8_0 with SIMD: scale 127 / amax, ties to even; the stored step amax / 127 is a half).
 * The rule is part of the backend contract (backend/backend.ts): greedy tokens depend on it.
 */

import { roundEven, roundToHalf } from './half.ts'
import type { Blocks } from './quant.ts'

const fround = Math.fround

/** Rounds x [count], count a multiple of 32, into `out` (scales [count / 32], quants [count]). */
export function roundActivations(x: Float32Array, out: Blocks): void {
  const { scales, quants } = out
  for (let b = 0, at = 0; at < x.length; b++, at += 32) {
    let amax = 0
    for (let i = at; i < at + 32; i++) amax = Math.max(amax, Math.abs(x[i]!))
    scales[b] = roundToHalf(fround(amax / 127))
    // A step below the smallest half contributes nothing, whatever q is; 127 / amax could overflow there.
    const inverse = scales[b] === 0 ? 0 : fround(127 / amax)
    for (let i = at; i < at + 32; i++) quants[i] = roundEven(fround(x[i]! * inverse))
  }
}
