/**
 * Activations to 8 bits in vectors, as quant/activations.ts does it: the largest magnitude becomes 127, ties go to even.
 * A value that is not finite makes the block's d NaN or infinite, so that what is multiplied with it shows.
 */
import { type Arg, type Code, type Local, op, vector } from '../assembler.ts'
import { acrossLanes, zero } from './simd.ts'

/** The largest magnitude of each lane. Compared as integers, which put NaN above all. */
export function magnitude(parts: readonly Arg[]): Code {
  return parts.map((part) => op('f32x4.abs', part)).reduce((a, b) => op('i32x4.max_s', a, b))
}

/** From the largest magnitude of each lane: that of all of them in `d`, and 127 / it in `factor`, 0 where that overflows. */
export function steps(largest: Arg, d: Local, factor: Local): Code {
  return [
    d.set(acrossLanes('i32x4.max_s', largest, d)),
    factor.set(op('f32x4.div', vector.f32(127), d)),
    factor.set(op('v128.and', factor, op('f32x4.lt', factor, vector.f32(Number.POSITIVE_INFINITY)))),
  ]
}

/** Thirty-two f32 in eight locals to integers, 16 bits each in the first four. */
export function roundTo16(v: readonly Local[], factor: Local): Code {
  // Adding 1.5 * 2^23 leaves the nearest integer (ties to even) in the low bits.
  const integer = (part: Local): Code =>
    op(
      'i32x4.sub',
      op('f32x4.add', op('f32x4.mul', part, factor), vector.f32(12_582_912)),
      vector.i32(0x4b400000),
    )
  return [0, 1, 2, 3].map((i) =>
    v[i]!.set(op('i16x8.narrow_i32x4_s', integer(v[2 * i]!), integer(v[2 * i + 1]!))),
  )
}

/**
 * An f32 to 11 significant bits, or below 2^-14 to the multiples of 2^-24 that f16's subnormals are. Above f16's range
 * (an amax of 8.3 million, a sum of 65,504) the exponent is kept instead of becoming infinite.
 */
export function roundToF16(value: Arg, x: Local, t: Local): Code {
  const half = op('i32x4.add', op('v128.and', op('i32x4.shr_u', x, 13), vector.i32(1)), vector.i32(0xfff))
  const small = op('f32x4.sub', op('f32x4.add', op('f32x4.abs', x), vector.f32(0.5)), vector.f32(0.5))
  const isSmall = op('f32x4.lt', op('f32x4.abs', x), vector.f32(2 ** -14))
  return [
    x.set(value),
    t.set(op('v128.and', op('i32x4.add', x, half), vector.i32(~0x1fff))),
    t.set(op('v128.bitselect', op('v128.bitselect', x, small, vector.i32(0x80000000)), t, isSmall)),
    // NaN, whose bits may have been rounded to something else, comes back with its product.
    op('f32x4.add', t, op('f32x4.mul', x, zero)),
  ]
}
