/**
 * quantize_<type>(x, out, blocks): activations to 8 bits per 32 values, laid out as the dot product of that weight type
 * reads them. d = amax / 127 rounded to f16's precision, q = x * (127 / amax) rounded to nearest, ties to even, as
 * llama.cpp does. Above f16's range (amax > 8.3 million) d keeps its exponent instead of becoming infinite.
 *
 * Layouts, per block of 32 values, 16-byte vectors in this order:
 * - q8_0, relaxed: the sign of q as a mask (2), |q| (2), per lane the sum of |q| over negative q, d.
 *   With ~w = -w - 1, a weight w and q < 0: w q = -w |q| = (~w) |q| + |q|, so (w ^ mask) |q| summed onto that vector is
 *   exact for every w from -128 to 127, and |q| fits the seven bits the relaxed dot product asks for.
 * - q4_0, relaxed: q (2), per lane -8 times the sum of q, d. The nibbles are the seven-bit operand.
 * - q8_0, simd128: q as 16 bits (4), d.
 * - q4_0, simd128: q as 16 bits (4): even of the first half times 256, even of the second times 16, odd of the first,
 *   odd of the second times 256; per lane -8 * 256 times the sum of q; d / 256. Two bytes of weights read as one 16-bit
 *   number hold four nibbles at 1, 16, 256 and 4096; each is masked where it stands and the products all weigh 256.
 */
import {
  type Arg,
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  store,
  vector,
} from '../assembler.ts'
import type { Dot } from '../features.ts'
import { acrossLanes, zero } from './simd.ts'

export type BlockType = 'q8_0' | 'q4_0'

/** Bytes of one quantised block of 32 activations. */
export function activationBlockBytes(type: BlockType, dot: Dot): number {
  if (dot === 'simd128') return type === 'q8_0' ? 80 : 96
  return type === 'q8_0' ? 96 : 64
}

export function quantizeKernel(module: ModuleBuilder, type: BlockType, dot: Dot): void {
  module.func(`quantize_${type}`, ['i32', 'i32', 'i32'], (f, x, out, blocks) => {
    const v = f.locals('v128', 8)
    const [d, t] = [f.local('v128'), f.local('v128')]
    const layout = layouts[`${type} ${dot === 'simd128' ? 'simd128' : 'relaxed'}`]
    return repeat(
      blocks,
      v.map((part, i) => part.set(load('v128.load', x, 16 * i))),
      roundBlock(v, d, t),
      layout(v, d).map((part, i) => store('v128.store', out, 16 * i, part)),
      increase(x, 128),
      increase(out, activationBlockBytes(type, dot)),
    )
  })
}

/** From 32 numbers in `v`: d in all lanes of `d`, and q as eight 16-bit numbers in each of the first four of `v`. */
export function roundBlock(v: readonly Local[], d: Local, t: Local): Code {
  const amax = v.map((part) => op('f32x4.abs', part)).reduce((a, b) => op('f32x4.pmax', a, b))
  // The comparison makes the factor of an all-zero block 0 instead of infinite.
  const factor = op('v128.and', op('f32x4.div', vector.f32(127), d), op('f32x4.gt', d, vector.f32(0)))
  return [
    d.set(amax),
    d.set(acrossLanes('f32x4.pmax', d, t)),
    t.set(factor),
    v.map((part) => part.set(roundToInteger(op('f32x4.mul', part, t)))),
    d.set(roundToF16(op('f32x4.div', d, vector.f32(127)), d, t)),
    [0, 1, 2, 3].map((i) => v[i]!.set(op('i16x8.narrow_i32x4_s', v[2 * i]!, v[2 * i + 1]!))),
  ]
}

/** Adding 1.5 * 2^23 leaves the nearest integer (ties to even) in the low bits. */
function roundToInteger(value: Code): Code {
  return op('i32x4.sub', op('f32x4.add', value, vector.f32(12_582_912)), vector.i32(0x4b400000))
}

/** A positive f32 to 11 significant bits, or below 2^-14 to the multiples of 2^-24 that f16's subnormals are. */
function roundToF16(value: Code, d: Local, t: Local): Code {
  const half = op('i32x4.add', op('v128.and', op('i32x4.shr_u', d, 13), vector.i32(1)), vector.i32(0xfff))
  return [
    d.set(value),
    t.set(op('v128.and', op('i32x4.add', d, half), vector.i32(~0x1fff))),
    op(
      'v128.bitselect',
      op('f32x4.sub', op('f32x4.add', d, vector.f32(0.5)), vector.f32(0.5)),
      t,
      op('f32x4.lt', d, vector.f32(2 ** -14)),
    ),
  ]
}

type Layout = (q: readonly Local[], d: Local) => Code[]

/** The vectors to store, from q as eight 16-bit numbers in each of the first four locals. */
const layouts: Record<`${BlockType} ${'relaxed' | 'simd128'}`, Layout> = {
  'q8_0 relaxed': ([a, b, c, e, low, high], d) => {
    const mask = (bytes: Arg): Code => op('i8x16.gt_s', zero, bytes)
    const negative = (bytes: Local): Code =>
      op('i16x8.extadd_pairwise_i8x16_u', op('v128.and', op('i8x16.abs', bytes), mask(bytes)))
    return [
      mask(low!.tee(op('i8x16.narrow_i16x8_s', a!, b!))),
      mask(high!.tee(op('i8x16.narrow_i16x8_s', c!, e!))),
      op('i8x16.abs', low!),
      op('i8x16.abs', high!),
      op('i32x4.extadd_pairwise_i16x8_s', op('i16x8.add', negative(low!), negative(high!))),
      d.get,
    ]
  },
  'q4_0 relaxed': ([a, b, c, e, low, high], d) => {
    const pairs = (bytes: Local): Code => op('i16x8.extadd_pairwise_i8x16_s', bytes)
    const sum = op('i32x4.extadd_pairwise_i16x8_s', op('i16x8.add', pairs(low!), pairs(high!)))
    return [
      low!.tee(op('i8x16.narrow_i16x8_s', a!, b!)),
      high!.tee(op('i8x16.narrow_i16x8_s', c!, e!)),
      op('i32x4.neg', op('i32x4.shl', sum, 3)),
      d.get,
    ]
  },
  'q8_0 simd128': (q, d) => [...q.slice(0, 4).map((part) => part.get), d.get],
  'q4_0 simd128': ([a, b, c, e, v0, v1, v2, v3], d) => {
    const even = (x: Local, y: Local): Code => shuffle(x, y, [0, 2, 4, 6, 8, 10, 12, 14])
    const odd = (x: Local, y: Local): Code => shuffle(x, y, [1, 3, 5, 7, 9, 11, 13, 15])
    const parts: [Local, number][] = [
      [v0!, 8],
      [v1!, 128],
      [v2!, 2048],
      [v3!, 8],
    ]
    const eightfold = parts
      .map(([part, weight]) => op('i32x4.dot_i16x8_s', part, vector.i16(weight)))
      .reduce((x, y) => op('i32x4.add', x, y))
    return [
      v0!.tee(op('i16x8.shl', even(a!, b!), 8)),
      v1!.tee(op('i16x8.shl', even(c!, e!), 4)),
      v2!.tee(odd(a!, b!)),
      v3!.tee(op('i16x8.shl', odd(c!, e!), 8)),
      op('i32x4.neg', eightfold),
      op('f32x4.mul', d, vector.f32(1 / 256)),
    ]
  },
}
