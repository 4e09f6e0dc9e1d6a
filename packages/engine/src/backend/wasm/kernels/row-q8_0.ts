/**
 * q8_0 weights (34 bytes: f16 scale, 32 signed bytes) times activations as `quantize_q8_0` lays them out.
 * The integer sum of a block is exact for weights -128..127, in every lowering of the relaxed dot product.
 */
import { type Arg, type Code, type Local, load, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import { type BlockFormat, rowBlock } from './row-block.ts'
import type { RowProduct } from './tile.ts'

export function rowQ8(cols: number, dot: Dot, f16Table: number): RowProduct {
  return rowBlock(dot === 'simd128' ? plain : relaxed(dot), cols, dot, f16Table)
}

const plain: BlockFormat = {
  type: 'q8_0',
  bytes: 34,
  constants: [],
  weights: (row, offset) => [0, 8, 16, 24].map((at) => load('v128.load8x8_s', row, offset + at)),
  sum: (weights, activations) =>
    weights
      .map((w, i) => op('i32x4.dot_i16x8_s', w, activations[i]!))
      .reduce((a, b) => op('i32x4.add', a, b)),
}

function relaxed(dot: 'relaxed-i32' | 'relaxed-i16'): BlockFormat {
  // Two pairs of 128 * 127 pass 2^15, so each half of the block is widened to 32 bits on its own.
  const add = (w: Arg, q: Arg, sum: Arg, one: Local | undefined): Code =>
    one
      ? op('i32x4.add', sum, op('i32x4.dot_i16x8_s', op('i16x8.relaxed_dot_i8x16_i7x16_s', w, q), one))
      : op('i32x4.relaxed_dot_i8x16_i7x16_add_s', w, q, sum)
  return {
    type: 'q8_0',
    bytes: 34,
    constants: dot === 'relaxed-i16' ? [vector.i16(1)] : [],
    weights: (row, offset) => [0, 16].map((at) => load('v128.load', row, offset + at)),
    sum: ([w0, w1], [mask0, mask1, q0, q1, start], [one]) =>
      add(op('v128.xor', w1!, mask1!), q1!, add(op('v128.xor', w0!, mask0!), q0!, start!, one), one),
  }
}
