/**
 * q4_0 weights (18 bytes: f16 scale, 16 bytes of two nibbles) times activations as `quantize_q4_0` lays them out.
 * A nibble stands for itself minus 8; that offset is in the activations' starting sum, so the kernel never subtracts.
 */
import { load, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import { type BlockFormat, rowBlock } from './row-block.ts'
import type { RowProduct } from './tile.ts'

export function rowQ4(cols: number, dot: Dot, f16Table: number): RowProduct {
  return rowBlock(dot === 'simd128' ? plain : relaxed(dot), cols, dot, f16Table)
}

const plain: BlockFormat = {
  type: 'q4_0',
  bytes: 18,
  constants: [vector.i16(0x000f), vector.i16(0x00f0), vector.i16(0x0f00)],
  weights: (row, offset, packed, [first, second, third]) => [
    op('v128.and', packed.tee(load('v128.load', row, offset)), first!),
    op('v128.and', packed, second!),
    op('v128.and', packed, third!),
    op('i16x8.shr_u', packed, 12),
  ],
  sum: (weights, activations) =>
    weights
      .map((w, i) => op('i32x4.dot_i16x8_s', w, activations[i]!))
      .reduce((a, b) => op('i32x4.add', a, b), activations[4]!.get),
}

function relaxed(dot: 'relaxed-i32' | 'relaxed-i16'): BlockFormat {
  return {
    type: 'q4_0',
    bytes: 18,
    constants: [vector.u8(0x0f), vector.i16(1)],
    weights: (row, offset, packed, [nibble]) => [
      op('v128.and', packed.tee(load('v128.load', row, offset)), nibble!),
      op('v128.and', op('i16x8.shr_u', packed, 4), nibble!),
    ],
    sum: ([low, high], [q0, q1, start], [, one]) => {
      if (dot === 'relaxed-i32') {
        const name = 'i32x4.relaxed_dot_i8x16_i7x16_add_s'
        return op(name, q1!, high!, op(name, q0!, low!, start!))
      }
      // Two pairs of 15 * 127 stay far below 2^15: the halves are added before they are widened.
      const half = 'i16x8.relaxed_dot_i8x16_i7x16_s'
      const pairs = op('i16x8.add', op(half, q0!, low!), op(half, q1!, high!))
      return op('i32x4.add', start!, op('i32x4.dot_i16x8_s', pairs, one!))
    },
  }
}
