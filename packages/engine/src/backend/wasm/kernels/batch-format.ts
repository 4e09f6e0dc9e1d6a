/**
 * How several tokens' activations and a strip of weights are laid out for `batch.ts`, and how their integers meet.
 * All forms are exact. A step takes one 32-bit group of every row's block, spread over the lanes, and the same group of
 * four tokens, one a lane.
 *
 * Weights, a block: 32 numbers of `weightBytes` each in their order, then the scale as f32.
 * Activations of four tokens, a block: the steps' vectors, then (unless `pairs`) the sum to start from, then the four d.
 * - `pairs`: weights and q as 16 bits, two a step, i32x4.dot_i16x8_s. Any host.
 * - `nibbles` (q4_0, relaxed): weights 0..15 as bytes, the seven-bit operand, and q as bytes, four a step; the offset of
 *   -8 is in the starting sum.
 * - `signs` (q8_0, relaxed): weights as they are; a step has two vectors, the signs of q as masks and |q|, the seven-bit
 *   operand, as in `quantize.ts`. Only where the 32-bit form is fast: with the 16-bit form, `pairs` is as good.
 */
import type { Dot } from '../features.ts'
import type { BlockType } from './quantize.ts'

export interface BatchFormat {
  readonly kind: 'pairs' | 'nibbles' | 'signs'
  readonly steps: number
  /** Activation vectors a step reads. */
  readonly vectors: number
  readonly weightBytes: 1 | 2
  /** Bytes of a block of weights of one row, and of activations of four tokens. */
  readonly weightBlock: number
  readonly activationBlock: number
}

export function batchFormat(type: BlockType, dot: Dot): BatchFormat {
  if (dot === 'simd128' || (dot === 'relaxed-i16' && type === 'q8_0')) {
    return { kind: 'pairs', steps: 16, vectors: 1, weightBytes: 2, weightBlock: 68, activationBlock: 16 * 17 }
  }
  const bytes = { steps: 8, weightBytes: 1, weightBlock: 36 } as const
  return type === 'q4_0'
    ? { ...bytes, kind: 'nibbles', vectors: 1, activationBlock: 16 * 10 }
    : { ...bytes, kind: 'signs', vectors: 2, activationBlock: 16 * 18 }
}
