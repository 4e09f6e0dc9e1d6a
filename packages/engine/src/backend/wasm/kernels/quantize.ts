/** quantize(x, out, blocks): one token's activations, rounded, to the layout `activation-format.ts` says. */
import {
  type Arg,
  type Code,
  extractLane,
  type FunctionBuilder,
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
import type { ActivationFormat, Correction, Operand } from './activation-format.ts'
import { magnitude, roundTo16, roundToF16, steps } from './round.ts'
import { acrossLanes, zero } from './simd.ts'
import type { WeightFormat } from './weight-format.ts'

export function quantizeKernel(
  module: ModuleBuilder,
  name: string,
  format: WeightFormat,
  activations: ActivationFormat,
): void {
  const write = format.values === 32 ? writeBlock : writeSuperBlock
  module.func(name, ['i32', 'i32', 'i32'], (f, x, out, blocks) =>
    repeat(
      blocks,
      write(f, x, out, format, activations),
      increase(x, 4 * format.values),
      increase(out, activations.bytes),
    ),
  )
}

function writeBlock(
  f: FunctionBuilder,
  x: Local,
  out: Local,
  { min }: WeightFormat,
  { operand, vectors, correction }: ActivationFormat,
): Code {
  const v = f.locals('v128', 8)
  const [d, factor, t] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const q = v.slice(0, 4)
  const behind = 16 * vectors
  const scale = behind + (correction ? 16 : 0)
  return [
    v.map((part, i) => part.set(load('v128.load', x, 16 * i))),
    steps(magnitude(v), d, factor),
    roundTo16(v, factor),
    correction ? store('v128.store', out, behind, lanes(q, correction)) : [],
    d.set(op('f32x4.div', d, vector.f32(127))),
    min ? store('v128.store', out, scale + 16, sumOnce(f, q, d, t)) : [],
    store('v128.store', out, scale, roundToF16(d, d, t)),
    written(out, 0, q, v[4]!, v[5]!, operand),
  ]
}

/** d times the sum of q, rounded to f16, in the first lane; the others are 0. */
function sumOnce(f: FunctionBuilder, q: readonly Local[], d: Local, t: Local): Code {
  const [sum, u] = [f.local('v128'), f.local('v128')]
  const whole = acrossLanes('i32x4.add', lanes(q, { negative: false, factor: 1 }), t)
  const rounded = roundToF16(op('f32x4.mul', d, op('f32x4.convert_i32x4_s', whole)), sum, u)
  return shuffle(rounded, zero, [0, 4, 5, 6])
}

function writeSuperBlock(
  f: FunctionBuilder,
  x: Local,
  out: Local,
  { group }: WeightFormat,
  { operand, vectors, correction, sums }: ActivationFormat,
): Code {
  const v = f.locals('v128', 8)
  const [d, factor, t] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const [from, to, sumsTo, left] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const q = v.slice(0, 4)
  const sum = { negative: correction?.negative ?? false, factor: 1 }
  const groups = group === 32 ? [q] : [q.slice(0, 2), q.slice(2)]
  const eight = (...body: Code[]): Code => [
    from.set(x),
    left.set(8),
    repeat(
      left,
      v.map((part, i) => part.set(load('v128.load', from, 16 * i))),
      ...body,
      increase(from, 128),
    ),
  ]
  return [
    d.set(zero),
    eight(d.set(op('i32x4.max_s', d, magnitude(v)))),
    steps(d, d, factor),
    // Not amax / 127: the step is the rounded inverse, and 0 where the factor overflowed.
    store(
      'v128.store',
      out,
      16 * (8 * vectors + sums),
      op('f32x4.div', vector.f32(1), op('f32x4.div', vector.f32(127), d)),
    ),
    to.set(out),
    sumsTo.set(op('i32.add', out, 128 * vectors)),
    eight(
      roundTo16(v, factor),
      sums === 0
        ? []
        : groups.map((parts, i) =>
            store(
              'i32.store16',
              sumsTo,
              2 * i,
              extractLane('i32x4.extract_lane', acrossLanes('i32x4.add', lanes(parts, sum), t), 0),
            ),
          ),
      increase(sumsTo, 2 * groups.length),
      written(to, 0, q, v[4]!, v[5]!, operand),
      increase(to, 16 * vectors),
    ),
  ]
}

/** Per lane, `factor` times the sum of q, given as 16-bit numbers: of all of them or of the negative ones. */
function lanes(q: readonly Local[], { negative, factor }: Correction): Code {
  const part = (v: Local): Arg => (negative ? op('v128.and', v, op('i16x8.shr_s', v, 15)) : v)
  return q
    .map((v) => op('i32x4.dot_i16x8_s', part(v), vector.i16(factor)))
    .reduce((a, b) => op('i32x4.add', a, b))
}

/** Stores 32 integers, given as 16-bit numbers, as the operand they are to be. */
function written(
  out: Local,
  offset: number,
  [a, b, c, e]: readonly Local[],
  low: Local,
  high: Local,
  operand: Operand,
): Code {
  const vectors = (): Arg[] => {
    if (operand === 'pairs') return [a!, b!, c!, e!]
    const bytes = [low.tee(op('i8x16.narrow_i16x8_s', a!, b!)), high.tee(op('i8x16.narrow_i16x8_s', c!, e!))]
    if (operand === 'bytes') return bytes
    return [...bytes.map((part) => op('i8x16.gt_s', zero, part)), op('i8x16.abs', low), op('i8x16.abs', high)]
  }
  return vectors().map((part, i) => store('v128.store', out, offset + 16 * i, part))
}
