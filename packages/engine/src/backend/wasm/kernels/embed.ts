/** embed(out, row, count): a row of a matrix as f32; `count` is of blocks, or of values where a type has no blocks. */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import type { FloatFormat } from './float-format.ts'
import type { WeightFormat } from './weight-format.ts'

export function embedFloatKernel(module: ModuleBuilder, name: string, format: FloatFormat): void {
  const { bytes, constants, four, anyFour = four, one } = format
  module.func(name, ['i32', 'i32', 'i32'], (f, out, row, count) => {
    const left = f.local('i32')
    const kept = f.locals('v128', constants.length)
    const spare = f.local('v128')
    return [
      kept.map((local, i) => local.set(constants[i]!)),
      left.set(op('i32.shr_u', count, 2)),
      repeat(
        left,
        store('v128.store', out, 0, anyFour(row, 0, kept, spare)),
        increase(row, 4 * bytes),
        increase(out, 16),
      ),
      left.set(op('i32.and', count, 3)),
      repeat(
        left,
        storeLane('v128.store32_lane', out, 0, one(row, 0), 0),
        increase(row, bytes),
        increase(out, 4),
      ),
    ]
  })
}

export function embedKernel(module: ModuleBuilder, name: string, format: WeightFormat): void {
  module.func(name, ['i32', 'i32', 'i32'], (f, out, row, count) => {
    const constants = f.locals('v128', format.constants.length)
    const [scale, min, codes] = f.locals('v128', 3)
    const vectors = format.values / 16
    const { setUp, ofGroup } =
      format.values === 32 ? wholeBlock(format, row) : subScales(f, format, row, constants)
    return [
      constants.map((local, i) => local.set(format.constants[i]!)),
      repeat(
        count,
        setUp,
        Array.from({ length: vectors }, (_, k) => {
          const group = ofGroup(Math.floor((16 * k) / format.group))
          return [
            scale!.set(group.scale),
            group.min ? min!.set(group.min) : [],
            codes!.set(signed(format, format.codes(row, 0, k, constants))),
            sixteen(out, 64 * k, codes!, (q) => {
              const product = op('f32x4.mul', q, scale!)
              if (!group.min) return product
              return op(format.values === 32 ? 'f32x4.add' : 'f32x4.sub', product, min!)
            }),
          ]
        }),
        increase(row, format.bytes),
        increase(out, 4 * format.values),
      ),
    ]
  })
}

interface Groups {
  readonly setUp: Code
  /** The f32 scale and minimum of a group, in all lanes. */
  ofGroup(group: number): { readonly scale: Arg; readonly min: Arg | undefined }
}

function wholeBlock({ scale, min }: WeightFormat, row: Local): Groups {
  return { setUp: [], ofGroup: () => ({ scale: scale(row, 0), min: min?.(row, 0) }) }
}

function subScales(
  f: FunctionBuilder,
  format: WeightFormat,
  row: Local,
  constants: readonly Local[],
): Groups {
  const [spare, sixteenBit] = f.locals('v128', 2)
  const all = format.subScales!(row, 0, spare!, constants)
  const floats = all.map(() => f.locals('v128', 2))
  const scaleVectors = 32 / format.group
  const setUp = all.map((numbers, i) => [
    sixteenBit!.set(numbers),
    (['i32x4.extend_low_i16x8_s', 'i32x4.extend_high_i16x8_s'] as const).map((extend, half) => {
      const factor = i < scaleVectors ? format.scale(row, 0) : format.min!(row, 0)
      const values = op('f32x4.convert_i32x4_s', op(extend, sixteenBit!))
      return floats[i]![half]!.set(op('f32x4.mul', values, factor))
    }),
  ])
  const spread = (index: number): Code => {
    const from = floats[index >> 3]![(index >> 2) & 1]!
    return shuffle(from, from, new Array(4).fill(index & 3))
  }
  return {
    setUp,
    ofGroup: (group) => ({
      scale: spread(group),
      min: format.min ? spread(group + 8 * scaleVectors) : undefined,
    }),
  }
}

function signed({ code }: WeightFormat, codes: Code): Code {
  return code === 'signed' || code.offset === 0 ? codes : op('i8x16.sub', codes, vector.u8(code.offset))
}

/** Stores what `value` makes of each of the 16 signed bytes as f32, at out + offset. */
function sixteen(out: Local, offset: number, bytes: Local, value: (q: Code) => Code): Code {
  const widened = [
    op('i32x4.extend_low_i16x8_s', op('i16x8.extend_low_i8x16_s', bytes)),
    op('i32x4.extend_high_i16x8_s', op('i16x8.extend_low_i8x16_s', bytes)),
    op('i32x4.extend_low_i16x8_s', op('i16x8.extend_high_i8x16_s', bytes)),
    op('i32x4.extend_high_i16x8_s', op('i16x8.extend_high_i8x16_s', bytes)),
  ]
  return widened.map((integers, i) =>
    store('v128.store', out, offset + 16 * i, value(op('f32x4.convert_i32x4_s', integers))),
  )
}
