/**
 * How a tile of weights and the rounded activations of several tokens are laid out for `batch.ts`: one form for all block
 * types. The rows of a tile come in quads, a row a lane; a step takes the next 32-bit piece of the codes of each row, and
 * the same piece of one token, in every lane. A group is as many steps as its 16 or 32 values take; a block is one group, or
 * the 8 or 16 of a block of 256.
 *
 * Weights, a block of a tile, each item a vector a quad: for each group its steps and, in a block of 256, its sub-scales as
 * 32-bit numbers; then, where a block of 256 has them, the sub-minima of two groups as pairs of 16-bit numbers; the f32
 * scales; where the type has them, the f32 minima.
 * Activations, a block of a token: for each group q, `codeBytes` each, and (where `offset`) the integer to start from; then,
 * where the type has minima, what they are multiplied with (of 32: d times the sum of q; of 256: the sums of q as 16-bit
 * numbers); then d.
 *
 * The operands of the dot products; all are exact:
 * - `pairs`: weights and q as 16 bits, two a step, i32x4.dot_i16x8_s. Any host.
 * - `bytes` (relaxed): q as eight bits with sign, and codes as the other operand, four a step. Codes below 128 serve as
 *   they are; where the host takes all eight bits of that operand (features.ts), so do signed ones: the weights themselves,
 *   or 128 above them.
 * Codes are `offset` above the weights, so that the integer to start from is -offset times the sum of q.
 */
import type { Dot, EightBits } from '../features.ts'
import type { WeightFormat } from './weight-format.ts'

export interface BatchFormat {
  readonly dot: Dot
  readonly operand: 'pairs' | 'bytes'
  readonly offset: number
  readonly codeBytes: 1 | 2
  /** Groups of a block, and steps of a group. */
  readonly groups: number
  readonly steps: number
  /** Steps whose products may be summed in 16 bits; infinite where they are 32 bits from the first. */
  readonly foldEvery: number
  readonly hasMin: boolean
  /** Items of a tile in a group and in a block. */
  readonly groupItems: number
  readonly blockItems: number
  /** Bytes of one token's activations in a group and in a block. */
  readonly activationGroup: number
  readonly activationBlock: number
}

export function batchFormat(format: WeightFormat, dot: Dot, eightBits: EightBits | undefined): BatchFormat {
  const { values, group, code } = format
  const isSigned = code === 'signed'
  const operand = dot === 'simd128' || (isSigned && eightBits === undefined) ? 'pairs' : 'bytes'
  // As 16-bit numbers the weights stand for themselves.
  const offset = operand === 'pairs' ? 0 : !isSigned ? code.offset : eightBits === 'unsigned' ? 128 : 0
  const codeBytes = operand === 'pairs' ? 2 : 1
  const groups = values / group
  const steps = (group * codeBytes) / 4
  const isSuper = values === 256
  const hasMin = format.min !== undefined
  // A step adds two products to a 16-bit number; a power of two divides the steps of a group.
  const foldEvery =
    dot === 'relaxed-i16' && operand === 'bytes' && !isSigned
      ? 2 ** Math.floor(Math.log2(32_767 / (2 * 127 * code.largest)))
      : Number.POSITIVE_INFINITY
  const groupItems = steps + (isSuper ? 1 : 0)
  const activationGroup = group * codeBytes + (offset === 0 ? 0 : 4)
  const pairsOfGroups = hasMin && isSuper ? groups / 2 : 0
  const sums = !hasMin ? 0 : isSuper ? pairsOfGroups : 1
  return {
    dot,
    operand,
    offset,
    codeBytes,
    groups,
    steps,
    foldEvery,
    hasMin,
    groupItems,
    blockItems: groups * groupItems + pairsOfGroups + (hasMin ? 2 : 1),
    activationGroup,
    activationBlock: groups * activationGroup + 4 * (sums + 1),
  }
}
