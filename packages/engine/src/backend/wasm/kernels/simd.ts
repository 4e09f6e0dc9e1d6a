/** Expressions several kernels share: sums across lanes, half-precision numbers, the exponential function. */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  type Local,
  load,
  loadLane,
  op,
  shuffle,
  vector,
} from '../assembler.ts'

export const zero: Code = vector.i32(0)

/** All lanes become the combination of the four lanes of `value`, as (0 + 2) + (1 + 3). */
export function acrossLanes(
  name: 'f32x4.add' | 'f32x4.pmax' | 'i32x4.add' | 'i32x4.max_s',
  value: Arg,
  t: Local,
): Code {
  return [
    t.set(value),
    t.set(op(name, t, shuffle(t, t, [2, 3, 0, 1]))),
    op(name, t, shuffle(t, t, [1, 0, 3, 2])),
  ]
}

/**
 * Four vectors become one that holds the sum of each, in the same order of additions as `acrossLanes`, so that a row
 * gives the same bits whichever of the two summed it. The four locals are overwritten.
 */
export function sumsOfFour(
  a: Local,
  b: Local,
  c: Local,
  d: Local,
  t: Local,
  add: 'f32x4.add' | 'i32x4.add' = 'f32x4.add',
): Code {
  const fold = (x: Local, y: Local): Code => [
    t.set(shuffle(x, y, [0, 4, 1, 5])),
    x.set(op(add, t, shuffle(x, y, [2, 6, 3, 7]))),
  ]
  return [fold(a, b), fold(c, d), op(add, shuffle(a, c, [0, 1, 4, 5]), shuffle(a, c, [2, 3, 6, 7]))]
}

/** The f16 at `address` as f32 in all lanes, through the table at `table` (subnormals are exact and cost nothing). */
export function f16Splat(table: number, address: Arg, offset: number): Code {
  return load('v128.load32_splat', f16Offset(address, offset), table)
}

/** Entries of a table of 32-bit numbers at `table`, four bytes each from the four offsets in bytes: a lane each. */
export function fourOfTable(table: number, [first, ...others]: readonly Code[]): Code {
  return others.reduce<Code>(
    (lanes, offset, i) => loadLane('v128.load32_lane', offset, table, lanes, i + 1),
    load('v128.load32_zero', first!, table),
  )
}

/** Where in a table of all halves the one at `address` is. */
export function f16Offset(address: Arg, offset: number): Code {
  return op('i32.shl', load('i32.load16_u', address, offset), 2)
}

/** The 4 x 4 transpose of 32-bit lanes: result i holds lane i of a, b, c, d. The four locals are overwritten. */
export function transpose(a: Local, b: Local, c: Local, d: Local, t: Local): Code {
  const zip = (x: Local, y: Local): Code => [
    t.set(shuffle(x, y, [0, 4, 1, 5])),
    y.set(shuffle(x, y, [2, 6, 3, 7])),
    x.set(t),
  ]
  const join = (x: Local, y: Local): Code => [
    t.set(shuffle(x, y, [0, 1, 4, 5])),
    y.set(shuffle(x, y, [2, 3, 6, 7])),
    x.set(t),
  ]
  // After the joins a, c hold the first and second column, b, d the third and fourth.
  return [zip(a, b), zip(c, d), join(a, c), join(b, d), t.set(b), b.set(c), c.set(t)]
}

/**
 * e^x in four lanes for x <= 0; 0 below -87, where f32 becomes subnormal. Relative error below 2e-7.
 * Cephes' expf: x = n ln 2 + r with ln 2 in two parts, a polynomial in r, and n added to the exponent.
 */
export function exp(f: FunctionBuilder, x: Arg): Code {
  const [r, n, p, mask] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
  // Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits of the sum.
  const rounder = vector.f32(12_582_912)
  const coefficients = [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1]
  return [
    mask.set(op('f32x4.gt', r.tee(x), vector.f32(-87))),
    // Keeps n in range where the mask will take the result away.
    r.set(op('f32x4.pmax', r, vector.f32(-87))),
    n.set(op('f32x4.add', op('f32x4.mul', r, vector.f32(Math.LOG2E)), rounder)),
    p.set(op('f32x4.sub', n, rounder)),
    r.set(op('f32x4.sub', r, op('f32x4.mul', p, vector.f32(0.693359375)))),
    r.set(op('f32x4.sub', r, op('f32x4.mul', p, vector.f32(-2.1219444e-4)))),
    p.set(vector.f32(1.98756915e-4)),
    coefficients.map((c) => p.set(op('f32x4.add', op('f32x4.mul', p, r), vector.f32(c)))),
    p.set(op('f32x4.add', op('f32x4.mul', op('f32x4.mul', p, r), r), r)),
    p.set(op('f32x4.add', p, vector.f32(1))),
    op('v128.and', mask, op('i32x4.add', p, op('i32x4.shl', n, 23))),
  ]
}

/**
 * tanh(x) in four lanes, absolute error below 2e-7: (1 - e) / (1 + e) with e = e^(-2 |x|), and the sign of x. Small x lose
 * relative precision, which a cap on scores or logits does not notice.
 */
export function tanh(f: FunctionBuilder, x: Local): Code {
  const [e, one] = [f.local('v128'), vector.f32(1)]
  return [
    e.set(exp(f, op('f32x4.mul', op('f32x4.abs', x), vector.f32(-2)))),
    e.set(op('f32x4.div', op('f32x4.sub', one, e), op('f32x4.add', one, e))),
    op('v128.xor', e, op('v128.and', x, vector.i32(0x80000000))),
  ]
}
