/** f32, f16 and bf16 weights as f32 vectors: expressions on a pointer to a row, for the row kernels. */
import { type Code, type Local, load, op, vector } from '../assembler.ts'

export type FloatType = 'f32' | 'f16' | 'bf16'

export interface FloatFormat {
  /** Bytes of a value. */
  readonly bytes: 2 | 4
  /** Constant vectors that `four` and `one` read, in that order. */
  readonly constants: readonly Code[]
  /** Four finite values (an infinity of f16 becomes 65,536, its NaN more), each times 1 / `scale`. */
  four(row: Local, offset: number, constants: readonly Local[]): Code
  /** One such in the first lane; what the others hold does not matter. */
  one(row: Local, offset: number, constants: readonly Local[]): Code
  /** A power of two that activations are multiplied with instead of the weights. */
  readonly scale: number
  /** Products with activations of the same type have no more bits than f32 keeps. */
  readonly isNarrow: boolean
}

export function floatFormat(type: FloatType): FloatFormat {
  switch (type) {
    case 'f32':
      return {
        bytes: 4,
        constants: [],
        four: (row, offset) => load('v128.load', row, offset),
        one: (row, offset) => load('v128.load32_zero', row, offset),
        scale: 1,
        isNarrow: false,
      }
    case 'f16':
      return {
        bytes: 2,
        constants: [vector.i32(0x8fffe000)],
        four: (row, offset, [mask]) => moved(load('v128.load16x4_s', row, offset), mask!),
        one: (row, offset, [mask]) =>
          op('v128.and', op('i32x4.shr_s', load('v128.load16_splat', row, offset), 3), mask!),
        scale: HALF_STEP,
        isNarrow: true,
      }
    case 'bf16':
      // The upper half of an f32.
      return {
        bytes: 2,
        constants: [],
        four: (row, offset) => op('i32x4.shl', load('v128.load16x4_u', row, offset), 16),
        one: (row, offset) => op('v128.and', load('v128.load16_splat', row, offset), vector.i32(0xffff0000)),
        scale: 1,
        isNarrow: true,
      }
  }
}

/** By how much a half is larger than its bits in the fields of an f32 say; subnormal ones included. */
const HALF_STEP = 2 ** 112

/** Halves with their sign drawn out to 32 bits, as the fields of an f32. */
function moved(halves: Code, mask: Local): Code {
  return op('v128.and', op('i32x4.shl', halves, 13), mask)
}
