/** f32, f16 and bf16 weights as f32 vectors: expressions on a pointer to a row, for the row kernel and `widen`. */
import { type Code, type Local, load, op, vector } from '../assembler.ts'
import { f16Splat } from './simd.ts'

export type FloatType = 'f32' | 'f16' | 'bf16'

export interface FloatFormat {
  /** Bytes of a value. */
  readonly bytes: 2 | 4
  /** Constant vectors that `four` and `one` read, in that order. */
  readonly constants: readonly Code[]
  /** Four finite values, each times 1 / `scale`. */
  four(row: Local, offset: number, constants: readonly Local[]): Code
  /** One such in the first lane; what the others hold does not matter. */
  one(row: Local, offset: number, constants: readonly Local[]): Code
  /** A power of two that activations are multiplied with instead of the weights. */
  readonly scale: number
  /** Products with activations of the same type have no more bits than f32 keeps. */
  readonly isNarrow: boolean
  /** The values as they are, where `four` and `one` give something else; `spare` is a local that may be used. */
  readonly whole?: {
    four(row: Local, offset: number, constants: readonly Local[], spare: Local): Code
    one(row: Local, offset: number): Code
  }
}

export function floatFormat(type: FloatType, f16Table: number): FloatFormat {
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
        whole: {
          // From 65,536 on it was infinity or NaN, and its fraction stands where it belongs.
          four: (row, offset, [mask], spare) => {
            const bits = moved(load('v128.load16x4_s', row, offset), mask!)
            const value = spare.tee(op('f32x4.mul', bits, vector.f32(HALF_STEP)))
            const isAbove = op('f32x4.gt', op('f32x4.abs', spare), vector.f32(65_504))
            return op('v128.or', value, op('v128.and', isAbove, vector.i32(0x7f800000)))
          },
          one: (row, offset) => f16Splat(f16Table, row, offset),
        },
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
