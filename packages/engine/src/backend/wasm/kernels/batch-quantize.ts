/** batchQuantize(x, out, blocks): activations, rounded, to the layout that `batch-format.ts` describes. */
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
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { magnitude, roundTo16, roundToF16, steps } from './round.ts'
import { acrossLanes, zero } from './simd.ts'

export function batchQuantizeKernel(module: ModuleBuilder, name: string, format: BatchFormat): void {
  module.func(name, ['i32', 'i32', 'i32'], (f, x, out, blocks) =>
    repeat(blocks, (format.groups === 1 ? block : superBlock)(f, format, x, out)),
  )
}

type Write = (f: FunctionBuilder, format: BatchFormat, x: Local, out: Local) => Code

/** Thirty-two f32 at the address in eight locals. */
const loaded = (v: readonly Local[], x: Local): Code =>
  v.map((part, i) => part.set(load('v128.load', x, 16 * i)))

const float = (out: Local, offset: number, value: Arg): Code =>
  storeLane('v128.store32_lane', out, offset, value, 0)

const block: Write = (f, format, x, out) => {
  const { activationBlock, activationGroup, hasMin } = format
  const v = f.locals('v128', 8)
  const [d, factor, t, sum] = f.locals('v128', 4) as [Local, Local, Local, Local]
  return [
    loaded(v, x),
    steps(magnitude(v), d, factor),
    roundTo16(v, factor),
    group(v.slice(0, 4), out, 0, format, sum, t),
    d.set(op('f32x4.div', d, vector.f32(127))),
    hasMin
      ? float(
          out,
          activationGroup,
          roundToF16(op('f32x4.mul', d, op('f32x4.convert_i32x4_s', sum)), factor, t),
        )
      : [],
    float(out, activationBlock - 4, roundToF16(d, d, t)),
    increase(x, 128),
    increase(out, activationBlock),
  ]
}

const superBlock: Write = (f, format, x, out) => {
  const { activationBlock, activationGroup, groups, hasMin } = format
  const v = f.locals('v128', 8)
  const [d, factor, t, sum] = f.locals('v128', 4) as [Local, Local, Local, Local]
  const [from, to, sumsTo, left] = f.locals('i32', 4) as [Local, Local, Local, Local]
  const perChunk = groups / 8
  const sums = groups * activationGroup
  return [
    from.set(x),
    d.set(zero),
    left.set(8),
    repeat(left, loaded(v, from), d.set(op('i32x4.max_s', d, magnitude(v))), increase(from, 128)),
    steps(d, d, factor),
    // Not amax / 127: the step is the rounded inverse of the factor.
    float(out, activationBlock - 4, op('f32x4.div', vector.f32(1), op('f32x4.div', vector.f32(127), d))),
    to.set(out),
    sumsTo.set(out),
    left.set(8),
    repeat(
      left,
      loaded(v, x),
      roundTo16(v, factor),
      Array.from({ length: perChunk }, (_, i) => [
        group(v.slice((4 / perChunk) * i, (4 / perChunk) * (i + 1)), to, i * activationGroup, format, sum, t),
        hasMin ? store('i32.store16', sumsTo, sums + 2 * i, extractLane('i32x4.extract_lane', sum, 0)) : [],
      ]),
      increase(to, perChunk * activationGroup),
      increase(sumsTo, 2 * perChunk),
      increase(x, 128),
    ),
    increase(out, activationBlock),
  ]
}

/** Stores a group's q, given as 16-bit numbers, and the integer to start from; leaves their sum, where one is asked for. */
function group(
  q: readonly Local[],
  out: Local,
  offset: number,
  format: BatchFormat,
  sum: Local,
  t: Local,
): Code {
  const isSummed = format.offset !== 0 || format.hasMin
  const lanes = q
    .map((part) => op('i32x4.dot_i16x8_s', part, vector.i16(1)))
    .reduce((a, b) => op('i32x4.add', a, b))
  const bytes = Array.from({ length: q.length / 2 }, (_, i) =>
    op('i8x16.narrow_i16x8_s', q[2 * i]!, q[2 * i + 1]!),
  )
  const vectors = format.codeBytes === 2 ? q : bytes
  return [
    vectors.map((part, i) => store('v128.store', out, offset + 16 * i, part)),
    isSummed ? sum.set(acrossLanes('i32x4.add', lanes, t)) : [],
    format.offset === 0
      ? []
      : float(out, offset + format.activationGroup - 4, op('i32x4.mul', sum, vector.i32(-format.offset))),
  ]
}
