/**
 * embed_<type>(out, row, count): one row of a matrix as f32; `count` is of blocks (q8_0, q4_0) or values (f16, f32).
 */
import {
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import type { BlockType } from './quantize.ts'
import { f16Factor, f16Load4, f16Mask, f16Splat } from './simd.ts'

export function embedKernels(module: ModuleBuilder, f16Table: number): void {
  const floats = (
    type: 'f16' | 'f32',
    bytes: number,
    four: (row: Local) => Code,
    one: (row: Local) => Code,
  ): void => {
    module.func(`embed_${type}`, ['i32', 'i32', 'i32'], (f, out, row, count) => {
      const left = f.local('i32')
      return [
        left.set(op('i32.shr_u', count, 2)),
        repeat(left, store('v128.store', out, 0, four(row)), increase(row, 4 * bytes), increase(out, 16)),
        left.set(op('i32.and', count, 3)),
        repeat(
          left,
          storeLane('v128.store32_lane', out, 0, one(row), 0),
          increase(row, bytes),
          increase(out, 4),
        ),
      ]
    })
  }
  floats(
    'f32',
    4,
    (row) => load('v128.load', row),
    (row) => load('v128.load32_zero', row),
  )
  floats(
    'f16',
    2,
    (row) => f16Load4(row, 0, f16Mask, f16Factor),
    (row) => f16Splat(f16Table, row, 0),
  )
  const blocks = (type: BlockType, rowStep: number, step: Step): void => {
    module.func(`embed_${type}`, ['i32', 'i32', 'i32'], (f, out, row, count) => {
      const [scale, bytes] = [f.local('v128'), f.local('v128')]
      return repeat(count, step(out, row, scale, bytes), increase(row, rowStep), increase(out, 128))
    })
  }
  blocks('q8_0', 34, (out, row, scale, bytes) => [
    scale.set(f16Splat(f16Table, row, 0)),
    [0, 16].map((at) => [bytes.set(load('v128.load', row, 2 + at)), sixteen(out, 4 * at, scale, bytes)]),
  ])
  blocks('q4_0', 18, (out, row, scale, bytes) => {
    const packed = load('v128.load', row, 2)
    const low = op('v128.and', packed, vector.u8(0x0f))
    const high = op('v128.and', op('i16x8.shr_u', packed, 4), vector.u8(0x0f))
    return [
      scale.set(f16Splat(f16Table, row, 0)),
      [low, high].map((nibbles, half) => [
        bytes.set(op('i8x16.sub', nibbles, vector.u8(8))),
        sixteen(out, 64 * half, scale, bytes),
      ]),
    ]
  })
}

type Step = (out: Local, row: Local, scale: Local, bytes: Local) => Code

/** Stores the 16 signed bytes of a vector, times the scale, as f32 at out + offset. */
function sixteen(out: Local, offset: number, scale: Local, bytes: Local): Code {
  const widened = [
    op('i32x4.extend_low_i16x8_s', op('i16x8.extend_low_i8x16_s', bytes)),
    op('i32x4.extend_high_i16x8_s', op('i16x8.extend_low_i8x16_s', bytes)),
    op('i32x4.extend_low_i16x8_s', op('i16x8.extend_high_i8x16_s', bytes)),
    op('i32x4.extend_high_i16x8_s', op('i16x8.extend_high_i8x16_s', bytes)),
  ]
  return widened.map((integers, i) =>
    store('v128.store', out, offset + 16 * i, op('f32x4.mul', op('f32x4.convert_i32x4_s', integers), scale)),
  )
}
