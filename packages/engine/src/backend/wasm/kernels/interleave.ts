/**
 * interleave(x, out, blocks, rowBytes): four tokens' activations, `rowBytes` apart, rounded, to the layout that
 * `batch-format.ts` describes.
 */
import {
  type Code,
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
import { transpose, zero } from './simd.ts'

export function interleaveKernel(module: ModuleBuilder, name: string, format: BatchFormat): void {
  module.func(name, ['i32', 'i32', 'i32', 'i32'], (f, x, out, blocks, rowBytes) => {
    const place = { x, out, rowBytes, from: f.local('i32') }
    return repeat(blocks, (format.groups === 1 ? block : superBlock)(f, format, place))
  })
}

interface Place {
  readonly x: Local
  readonly out: Local
  readonly rowBytes: Local
  /** Walks along the tokens. */
  readonly from: Local
}

type Write = (f: FunctionBuilder, format: BatchFormat, place: Place) => Code

const block: Write = (f, format, { x, out, rowBytes, from }) => {
  const { activationBlock, activationGroup, hasMin } = format
  const [d, factor, t] = f.locals('v128', 3) as [Local, Local, Local]
  const [v, group] = [f.locals('v128', 8), groupWriter(f, format, out)]
  const last = activationBlock - 16
  const sums = op('f32x4.mul', d, op('f32x4.convert_i32x4_s', group.sum))
  return [
    from.set(x),
    group.tokens.map((q, token) => [
      v.map((part, i) => part.set(load('v128.load', from, 16 * i))),
      steps(magnitude(v), d, factor),
      // The four largest magnitudes come together in memory.
      storeLane('v128.store32_lane', out, last + 4 * token, d, 0),
      roundTo16(v, factor),
      q.map((part, i) => part.set(operandPart(v, i, format))),
      increase(from, rowBytes),
    ]),
    group.write(0, 0),
    d.set(op('f32x4.div', load('v128.load', out, last), vector.f32(127))),
    hasMin ? store('v128.store', out, activationGroup, roundToF16(sums, factor, t)) : [],
    store('v128.store', out, last, roundToF16(d, d, t)),
    increase(x, 128),
    increase(out, activationBlock),
  ]
}

const superBlock: Write = (f, format, { x, out, rowBytes, from }) => {
  const { activationBlock, activationGroup, groups, hasMin } = format
  const [at, to, left, d] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('v128')]
  const [v, factors] = [f.locals('v128', 8), f.locals('v128', 4)]
  const group = groupWriter(f, format, to)
  const previous = f.local('v128')
  const last = activationBlock - 16
  const loadAll = v.map((part, i) => part.set(load('v128.load', from, 16 * i)))
  const perChunk = groups / 8
  const minima = groups * activationGroup
  // Sums of two groups share a vector. Where a group is all of a chunk, an even chunk's is put right by the next.
  const chunk = op('i32.sub', 8, left)
  const pair = op('i32.shl', perChunk === 2 ? chunk : op('i32.shr_u', chunk, 1), 4)
  const low = op('v128.and', previous, vector.i32(0xffff))
  const both = op('v128.or', low, op('i32x4.shl', group.sum, 16))
  const storePair = store('v128.store', op('i32.add', out, pair), minima, both)
  return [
    at.set(x),
    factors.map((factor, token) => [
      from.set(at),
      d.set(zero),
      left.set(8),
      repeat(left, loadAll, d.set(op('i32x4.max_s', d, magnitude(v))), increase(from, 128)),
      steps(d, d, factor),
      storeLane('v128.store32_lane', out, last + 4 * token, d, 0),
      increase(at, rowBytes),
    ]),
    to.set(out),
    left.set(8),
    repeat(
      left,
      from.set(x),
      group.tokens.map((q, token) => [
        loadAll,
        roundTo16(v, factors[token]!),
        q.map((part, i) => part.set(operandPart(v, i, format))),
        increase(from, rowBytes),
      ]),
      Array.from({ length: perChunk }, (_, i) => [
        hasMin ? previous.set(group.sum) : [],
        group.write(i, i * activationGroup),
      ]),
      hasMin ? storePair : [],
      increase(to, perChunk * activationGroup),
      increase(x, 128),
    ),
    // Not amax / 127: the step is the rounded inverse of the factor.
    d.set(op('f32x4.div', vector.f32(127), load('v128.load', out, last))),
    store('v128.store', out, last, op('f32x4.div', vector.f32(1), d)),
    increase(out, activationBlock),
  ]
}

/** From q as 16-bit numbers in four locals, vector i of them as the operand has them before signs are taken off. */
function operandPart(v: readonly Local[], i: number, { weightBytes }: BatchFormat): Code {
  return weightBytes === 2 ? v[i]!.get : op('i8x16.narrow_i16x8_s', v[2 * i]!, v[2 * i + 1]!)
}

interface GroupWriter {
  /** Where 32 integers of each token are to be put; overwritten by `write`. */
  readonly tokens: readonly (readonly Local[])[]
  /** Stores all steps of the group that is the `index`-th of the 32, and what follows from their sum. */
  write(index: number, offset: number): Code
  /** The four tokens' sums of the group written last; only kept where something asks for sums. */
  readonly sum: Local
}

function groupWriter(f: FunctionBuilder, format: BatchFormat, out: Local): GroupWriter {
  const { activationGroup, correction, hasMin, operand, vectors, weightBytes } = format
  const tokens = [0, 1, 2, 3].map(() => f.locals('v128', 2 * weightBytes))
  const [sum, mask, t] = f.locals('v128', 3) as [Local, Local, Local]
  const parts = format.steps / 4
  const isSummed = correction !== undefined || hasMin
  const add = (q: Code): Code => (isSummed ? sum.set(op('i32x4.add', sum, ofLane(q, format))) : [])
  const writeStep = (q: Local, at: number): Code => {
    if (operand !== 'signs') return [store('v128.store', out, at, q), add(q.get)]
    return [
      store('v128.store', out, at, mask.tee(op('i8x16.gt_s', zero, q))),
      store('v128.store', out, at + 16, op('i8x16.abs', q)),
      add(op('v128.and', q, mask)),
    ]
  }
  const write = (index: number, offset: number): Code => [
    sum.set(zero),
    Array.from({ length: parts }, (_, i) => {
      const [a, b, c, d] = tokens.map((q) => q[index * parts + i]!)
      return [
        transpose(a!, b!, c!, d!, t),
        [a!, b!, c!, d!].map((q, lane) => writeStep(q, offset + 16 * vectors * (4 * i + lane))),
      ]
    }),
    correction
      ? store(
          'v128.store',
          out,
          offset + activationGroup - 16,
          op('i32x4.mul', sum, vector.i32(correction.factor)),
        )
      : [],
  ]
  return { tokens, write, sum }
}

/** The sum of what each lane holds: four bytes or two 16-bit numbers. */
function ofLane(q: Code, { weightBytes }: BatchFormat): Code {
  if (weightBytes === 2) return op('i32x4.dot_i16x8_s', q, vector.i16(1))
  return op('i32x4.extadd_pairwise_i16x8_s', op('i16x8.extadd_pairwise_i8x16_s', q))
}
