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
  storeLane,
  vector,
} from '../assembler.ts'
import type { ActivationFormat, Correction, Operand } from './activation-format.ts'
import { fifthStart, planes } from './fifth-bits.ts'
import { even32, high64, low64, odd32 } from './lanes.ts'
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
  { operand, vectors, correction, hasFifth, dot }: ActivationFormat,
): Code {
  const v = f.locals('v128', 8)
  const [d, factor, t] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const q = v.slice(0, 4)
  const behind = 16 * vectors
  const scale = behind + (correction ? 16 : 0)
  const start = (missed: Correction): Code =>
    operand === 'pairs' ? lanes(q, missed) : byFours(q, missed, v[6]!, v[7]!)
  const plane = (of: readonly number[], i: number): Code =>
    store('v128.store', out, 32 + 16 * i, v[6 + i]!.tee(shuffle(v[4]!, v[5]!, of)))
  return [
    v.map((part, i) => part.set(load('v128.load', x, 16 * i))),
    steps(magnitude(v), d, factor),
    roundTo16(v, factor),
    correction && !hasFifth ? store('v128.store', out, behind, start(correction)) : [],
    d.set(op('f32x4.div', d, vector.f32(127))),
    min ? store('v128.store', out, scale + 16, sumOnce(f, q, d, t)) : [],
    store('v128.store', out, scale, roundToF16(d, d, t)),
    written(out, 0, q, v[4]!, v[5]!, operand),
    hasFifth ? planes.map(plane) : [],
    hasFifth && correction ? store('v128.store', out, behind, fifthStart(v[6]!, v[7]!, dot)) : [],
  ]
}

/** d times the sum of q, rounded to f16, in all lanes. */
function sumOnce(f: FunctionBuilder, q: readonly Local[], d: Local, t: Local): Code {
  const [sum, u] = [f.local('v128'), f.local('v128')]
  const whole = acrossLanes('i32x4.add', lanes(q, { negative: false, factor: 1 }), t)
  return roundToF16(op('f32x4.mul', d, op('f32x4.convert_i32x4_s', whole)), sum, u)
}

function writeSuperBlock(
  f: FunctionBuilder,
  x: Local,
  out: Local,
  { group }: WeightFormat,
  { areSumsSplit, bytes, correction, dot, operand, starts, sums, vectors }: ActivationFormat,
): Code {
  const v = f.locals('v128', 8)
  const [d, factor, t] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const [from, to, startsTo, sumsTo, left] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
  const q = v.slice(0, 4)
  const groups = group === 32 ? [q] : [q.slice(0, 2), q.slice(2)]
  const startsAt = 128 * vectors
  const sumsAt = startsAt + 16 * starts
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
  const start = (): Code => {
    const [a, b] = groups.map((parts) => lanes(parts, correction!))
    if (operand === 'signs') return store('v128.store', startsTo, 0, a!)
    // Of each group the lanes that its products come in, added by twos.
    const [first, second] = dot === 'relaxed-i32' ? [even32, odd32] : [low64, high64]
    const [x, y] = [v[4]!, v[5]!]
    return [
      x.set(a!),
      y.set(b!),
      x.set(op('i32x4.add', first(x, y), second(x, y))),
      storeLane('v128.store64_lane', startsTo, 0, op('i16x8.narrow_i32x4_s', x, x), 0),
    ]
  }
  const sum = (parts: readonly Local[]): Code => {
    const all = acrossLanes('i32x4.add', lanes(parts, { negative: false, factor: 1 }), t)
    return extractLane('i32x4.extract_lane', all, 0)
  }
  return [
    d.set(zero),
    eight(d.set(op('i32x4.max_s', d, magnitude(v)))),
    steps(d, d, factor),
    to.set(out),
    startsTo.set(op('i32.add', out, startsAt)),
    sumsTo.set(op('i32.add', out, sumsAt)),
    eight(
      roundTo16(v, factor),
      starts > 0 ? start() : [],
      sums > 0 ? groups.map((parts, i) => store('i32.store16', sumsTo, 2 * i, sum(parts))) : [],
      increase(startsTo, 2 * starts),
      increase(sumsTo, 2 * groups.length),
      written(to, 0, q, v[4]!, v[5]!, operand),
      increase(to, 16 * vectors),
    ),
    // Not amax / 127: the step is the rounded inverse, and 0 where the factor overflowed.
    store('v128.store', out, bytes - 16, op('f32x4.div', vector.f32(1), op('f32x4.div', vector.f32(127), d))),
    areSumsSplit ? splitSums(v, out, sumsAt, sums) : [],
  ]
}

/** As `lanes`, but lane i has numbers 4 i to 4 i + 3 of each sixteen. */
function byFours([a, b, c, e]: readonly Local[], correction: Correction, x: Local, y: Local): Code {
  return [
    x.set(lanes([a!, c!], correction)),
    y.set(lanes([b!, e!], correction)),
    op('i32x4.add', even32(x, y), odd32(x, y)),
  ]
}

/** The sums in `count` vectors of 16-bit numbers become the bytes that `activation-format.ts` describes. */
function splitSums(v: readonly Local[], out: Local, at: number, count: number): Code {
  const sums = v.slice(0, count)
  const high = sums.map((part) => op('i16x8.shr_s', op('i16x8.add', part, vector.i16(64)), 7))
  const low = sums.map((part, i) => op('i16x8.sub', part, op('i16x8.shl', high[i]!, 7)))
  const parts = [...low, ...high]
  return [
    sums.map((part, i) => part.set(load('v128.load', out, at + 16 * i))),
    sums.map((_, i) =>
      store('v128.store', out, at + 16 * i, op('i8x16.narrow_i16x8_s', parts[2 * i]!, parts[2 * i + 1]!)),
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
