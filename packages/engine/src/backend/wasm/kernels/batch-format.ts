/**
 * How several tokens' activations and a strip of weights are laid out for `batch.ts`: one wide form for all block types.
 * A step takes the next 32-bit piece of every row's codes, spread over the lanes, and the same piece of four tokens, one a
 * lane. A group is as many steps as its 16 or 32 values take; a block is one group, or the 8 or 16 of a block of 256.
 *
 * Weights, a block: for each group its codes, `weightBytes` each in their order, and 4 bytes of scale (f32, or in a block of
 * 256 the sub-scale as an integer); then, where the type has them, the block's sub-minima as 16-bit numbers, its f32 scale
 * (of 256) and its f32 minimum.
 * Activations of four tokens, a block: for each group the steps' vectors and (where `correction`) the integers to start
 * from; then, where the type has minima, what they are multiplied with (of 32: d times the sum of q; of 256: the sums of q
 * of two groups as 16-bit numbers, a vector for two groups); then the four d.
 *
 * Operands are those of `activation-format.ts`; all are exact:
 * - `pairs`: weights and q as 16 bits, two a step, i32x4.dot_i16x8_s. Any host.
 * - `bytes` (relaxed): codes as they are, and q as bytes, four a step.
 * - `signs` (relaxed): codes as they are; a step has two vectors, the signs of q as masks and |q|. Only where the 32-bit
 *   form is fast: with the 16-bit form, `pairs` is as good.
 */
import type { Dot } from '../features.ts'
import { type Correction, correctionOf, type Operand } from './activation-format.ts'
import type { WeightFormat } from './weight-format.ts'

export interface BatchFormat {
  readonly dot: Dot
  readonly operand: Operand
  readonly correction: Correction | undefined
  /** Groups of a block, and steps of a group. */
  readonly groups: number
  readonly steps: number
  /** Activation vectors a step reads. */
  readonly vectors: 1 | 2
  /** Steps whose products may be summed in 16 bits; infinite where they are 32 bits from the first. */
  readonly foldEvery: number
  readonly weightBytes: 1 | 2
  readonly hasMin: boolean
  /** Bytes of a group: of one row's weights, of four tokens' activations. */
  readonly weightGroup: number
  readonly activationGroup: number
  /** Bytes of a block: of one row's weights, of four tokens' activations. */
  readonly weightBlock: number
  readonly activationBlock: number
}

export function batchFormat(format: WeightFormat, dot: Dot): BatchFormat {
  const { values, group, code, min } = format
  const operand =
    dot === 'simd128' || (dot === 'relaxed-i16' && code === 'signed')
      ? 'pairs'
      : code === 'signed'
        ? 'signs'
        : 'bytes'
  // As 16-bit numbers the weights stand for themselves.
  const correction = operand === 'pairs' ? undefined : correctionOf(format, operand)
  const groups = values / group
  const weightBytes = operand === 'pairs' ? 2 : 1
  const steps = (group * weightBytes) / 4
  const vectors = operand === 'signs' ? 2 : 1
  const weightGroup = group * weightBytes + 4
  const activationGroup = 16 * (steps * vectors + (correction ? 1 : 0))
  const ofMinima = { weights: min ? 4 : 0, activations: min ? 16 : 0 }
  const tail =
    values === 32 ? ofMinima : { weights: 4 + (min ? 4 + 2 * groups : 0), activations: min ? 8 * groups : 0 }
  // A step adds two products to a 16-bit number; a power of two divides the steps of a group.
  const foldEvery =
    dot === 'relaxed-i16' && operand === 'bytes' && code !== 'signed'
      ? 2 ** Math.floor(Math.log2(32_767 / (2 * 127 * code.largest)))
      : Number.POSITIVE_INFINITY
  return {
    dot,
    operand,
    correction,
    groups,
    steps,
    vectors,
    weightBytes,
    foldEvery,
    hasMin: min !== undefined,
    weightGroup,
    activationGroup,
    weightBlock: groups * weightGroup + tail.weights,
    activationBlock: groups * activationGroup + tail.activations + 16,
  }
}
