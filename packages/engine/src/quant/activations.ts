/**
 * Activations rounded to 8 bits, as ggml's CPU path does before it multiplies with a block type: in blocks of 32 for the
 * types of 32 (q8_0; q8_1 where the weights have a minimum), in blocks of 256 for the K types and iq4_xs (q8_K).
 * The rules are part of the backend contract (backend/backend.ts): greedy tokens depend on them.
 * A value that is not finite makes its block's scale NaN, so that what is multiplied with it shows.
 */
import type { Blocks } from './blocks.ts'
import { roundEven, roundToHalf } from './half.ts'

const fround = Math.fround

/**
 * For weights without a minimum: rounds x [count], count a multiple of 32, into `out` (scales [count / 32], quants [count]).
 * quantize_row_q8_0 with SIMD: scale 127 / amax, ties to even; the stored step amax / 127 is a half.
 */
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

/** As `Blocks`, and for each the sum of its values, to be multiplied with the minimum of a weight's block. */
export interface SummedBlocks extends Blocks {
  /** [count / 32] */
  readonly sums: Float32Array
}

/**
 * For q4_1 and q5_1: as `roundActivations`, and `sums` [count / 32] = step * sum of the integers, the step before it is
 * rounded, the result a half (quantize_row_q8_1 with SIMD).
 */
export function roundActivationsWithSums(x: Float32Array, out: SummedBlocks): void {
  const { scales, quants, sums } = out
  for (let b = 0, at = 0; at < x.length; b++, at += 32) {
    let amax = 0
    for (let i = at; i < at + 32; i++) amax = Math.max(amax, Math.abs(x[i]!))
    const step = fround(amax / 127)
    const inverse = fround(127 / amax)
    // Unlike a step, a sum may be well above the smallest half when its step is below; not where 127 / amax overflows.
    const factor = inverse === Number.POSITIVE_INFINITY ? 0 : inverse
    let sum = 0
    for (let i = at; i < at + 32; i++) sum += quants[i] = roundEven(fround(x[i]! * factor))
    scales[b] = roundToHalf(step)
    sums[b] = roundToHalf(fround(step * sum))
  }
}

/** Value i = scales[i / 256] * quants[i], activations in blocks of 256. */
export interface ActivationSuperBlocks {
  /** [count / 256], not rounded to half; negative where the largest value is positive. */
  readonly scales: Float32Array
  /** [count], -127..127 */
  readonly quants: Int8Array
  /** [count / 16], sums of the integers of 16 values, to be multiplied with the minima of the K types. */
  readonly sums: Int16Array
}

/**
 * For the super-block types: rounds x [count], count a multiple of 256. quantize_row_q8_K_ref: the value of the largest
 * magnitude becomes -127, ties to even.
 */
export function roundActivations256(x: Float32Array, out: ActivationSuperBlocks): void {
  const { scales, quants, sums } = out
  for (let b = 0, at = 0; at < x.length; b++, at += 256) {
    let largest = 0
    let notFinite = 0
    for (let i = at; i < at + 256; i++) {
      if (Math.abs(x[i]!) > Math.abs(largest)) largest = x[i]!
      notFinite += x[i]! * 0
    }
    const inverse = fround(-127 / largest)
    // Where -127 / largest overflows, 1 / inverse is a zero and the integers do not matter.
    const factor = Number.isFinite(inverse) ? inverse : 0
    scales[b] = largest === 0 ? notFinite : fround(1 / inverse) + notFinite
    for (let group = at; group < at + 256; group += 16) {
      let sum = 0
      for (let i = group; i < group + 16; i++) {
        sum += quants[i] = Math.min(127, roundEven(fround(x[i]! * factor)))
      }
      sums[group >>> 4] = sum
    }
  }
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/**
 * Rounds x to a 16-bit type, kept as f32: what ggml does to activations before it multiplies them with weights of that type.
 * Nearest, ties to even. One thing is not as there: a magnitude beyond f16's range keeps its exponent and does not become
 * infinite. `out` may be `x`.
 */
export function narrowActivations(x: Float32Array, type: 'f16' | 'bf16', out: Float32Array): void {
  for (let i = 0; i < x.length; i++) {
    const value = x[i]!
    if (Number.isNaN(value)) out[i] = value
    else if (type === 'f16' && Math.abs(value) < 2 ** -14) out[i] = roundEven(value * 2 ** 24) * 2 ** -24
    else out[i] = withoutLow(value, type === 'f16' ? 13 : 16)
  }
}

/** The f32 nearest to `value` whose lowest `dropped` bits are zero. */
function withoutLow(value: number, dropped: number): number {
  float[0] = value
  const even = (bits[0]! >>> dropped) & 1
  bits[0] = ((bits[0]! + 2 ** (dropped - 1) - 1 + even) >>> dropped) << dropped
  return float[0]!
}
