/** f32, f16 and bf16 weights as f32 vectors: expressions on a pointer to a row, shared by the row kernel and `widen`. */
import { type Code, type Local, load, op, vector } from '../assembler.ts'
import { f16Factor, f16Load4, f16Mask, f16Splat } from './simd.ts'

export type FloatType = 'f32' | 'f16' | 'bf16'

export interface FloatFormat {
  /** Bytes of a value. */
  readonly bytes: 2 | 4
  /** Constant vectors that `four` reads, in that order. */
  readonly constants: readonly Code[]
  four(row: Local, offset: number, constants: readonly Local[]): Code
  /** As `four`, where that is right for finite values only; `spare` is a local it may use. */
  anyFour?(row: Local, offset: number, constants: readonly Local[], spare: Local): Code
  /** One value in the first lane; what the others hold does not matter. */
  one(row: Local, offset: number): Code
}

export function floatFormat(type: FloatType, f16Table: number): FloatFormat {
  switch (type) {
    case 'f32':
      return {
        bytes: 4,
        constants: [],
        four: (row, offset) => load('v128.load', row, offset),
        one: (row, offset) => load('v128.load32_zero', row, offset),
      }
    case 'f16':
      return {
        bytes: 2,
        constants: [f16Mask, f16Factor],
        four: (row, offset, [mask, factor]) => f16Load4(row, offset, mask!, factor!),
        // From 65,536 on it was infinity or NaN, and its fraction stands where it belongs.
        anyFour: (row, offset, [mask, factor], spare) => {
          const isAbove = op('f32x4.gt', op('f32x4.abs', spare), vector.f32(65_504))
          const value = spare.tee(f16Load4(row, offset, mask!, factor!))
          return op('v128.or', value, op('v128.and', isAbove, vector.i32(0x7f800000)))
        },
        one: (row, offset) => f16Splat(f16Table, row, offset),
      }
    case 'bf16':
      // The upper half of an f32.
      return {
        bytes: 2,
        constants: [],
        four: (row, offset) => op('i32x4.shl', load('v128.load16x4_u', row, offset), 16),
        one: (row, offset) => op('v128.and', load('v128.load16_splat', row, offset), vector.i32(0xffff0000)),
      }
  }
}
