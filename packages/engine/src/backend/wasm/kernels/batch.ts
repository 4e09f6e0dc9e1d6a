/**
 * batch(weights, activations, out, rows, outStride): rows of weights times several tokens, both laid out as
 * `batch-format.ts` says, emitted for one row length. The way of prefill, where arithmetic and not memory is the limit:
 * the lanes are the tokens, so nothing is summed across lanes, and both scales are applied once for four results.
 * Integer sums are exact; the f32 sum over blocks has one lane a result, so it may differ from the one-token kernel's in
 * the last bits.
 */
import {
  type Arg,
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
import type { Dot } from '../features.ts'
import type { BatchFormat } from './batch-format.ts'
import { transpose, zero } from './simd.ts'

export interface BatchShape {
  readonly format: BatchFormat
  readonly dot: Dot
  /** Blocks of a row. */
  readonly blocks: number
  /** Groups of four tokens, their activations one behind the other. */
  readonly groups: number
}

const rowsAtOnce = 4

export function batchKernel(module: ModuleBuilder, name: string, shape: BatchShape): void {
  const { blocks, format, groups } = shape
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func(name, params, (f, weights, activations, out, rows, outStride) => {
    const [left, to] = [f.local('i32'), f.local('i32')]
    const [t, one] = [f.local('v128'), f.local('v128')]
    const sums = Array.from({ length: groups }, () => f.locals('v128', rowsAtOnce))
    const fours: Code = [
      sumRows(f, shape, weights, activations, sums, one),
      to.set(out),
      sums.map(([a, b, c, d]) => [
        transpose(a!, b!, c!, d!, t),
        [a!, b!, c!, d!].map((token) => [store('v128.store', to, 0, token), increase(to, outStride)]),
      ]),
      increase(weights, rowsAtOnce * blocks * format.weightBlock),
      increase(out, 4 * rowsAtOnce),
    ]
    const ones: Code = [
      sumRows(
        f,
        shape,
        weights,
        activations,
        sums.map((group) => group.slice(0, 1)),
        one,
      ),
      to.set(out),
      sums.map(([row]) =>
        [0, 1, 2, 3].map((lane) => [
          storeLane('v128.store32_lane', to, 0, row!, lane),
          increase(to, outStride),
        ]),
      ),
      increase(weights, blocks * format.weightBlock),
      increase(out, 4),
    ]
    return [
      one.set(vector.i16(1)),
      left.set(op('i32.div_u', rows, rowsAtOnce)),
      repeat(left, fours),
      left.set(op('i32.rem_u', rows, rowsAtOnce)),
      repeat(left, ones),
    ]
  })
}

/** sums[group][row] = the products of that row with the group's tokens, a lane each. */
function sumRows(
  f: FunctionBuilder,
  { blocks, dot, format }: BatchShape,
  weights: Local,
  activations: Local,
  sums: readonly (readonly Local[])[],
  one: Local,
): Code {
  const { activationBlock, steps, vectors, weightBlock } = format
  const [w, x, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const spread = f.local('v128')
  const loaded = sums.map(() => f.locals('v128', vectors))
  const integers = sums.map((rows) => f.locals('v128', rows.length))
  const splat = (row: number, offset: number): Code =>
    load('v128.load32_splat', w, row * blocks * weightBlock + offset)
  const activation = (group: number, index: number): Code =>
    load('v128.load', x, group * blocks * activationBlock + 16 * index)
  const last = activationBlock / 16 - 1

  const step = (i: number): Code => [
    loaded.map((group, g) => group.map((local, v) => local.set(activation(g, i * vectors + v)))),
    sums[0]!.map((_, row) => [
      spread.set(splat(row, 4 * i)),
      integers.map((group, g) => {
        const start = i > 0 ? group[row] : dot === 'relaxed-i32' ? activation(g, last - 1) : undefined
        return group[row]!.set(added(format, dot, spread, loaded[g]!, start))
      }),
    ]),
  ]
  const whole = (group: number, row: number): Arg => {
    if (format.kind !== 'nibbles' || dot === 'relaxed-i32') return integers[group]![row]!
    return op('i32x4.add', op('i32x4.dot_i16x8_s', integers[group]![row]!, one), activation(group, last - 1))
  }
  return [
    w.set(weights),
    x.set(activations),
    left.set(blocks),
    sums.flat().map((sum) => sum.set(zero)),
    repeat(
      left,
      Array.from({ length: steps }, (_, i) => step(i)),
      sums[0]!.map((_, row) => [
        spread.set(splat(row, weightBlock - 4)),
        sums.map((group, g) => {
          const values = op('f32x4.convert_i32x4_s', whole(g, row))
          const scaled = op('f32x4.mul', values, op('f32x4.mul', spread, activation(g, last)))
          return group[row]!.set(op('f32x4.add', group[row]!, scaled))
        }),
      ]),
      increase(w, weightBlock),
      increase(x, activationBlock),
    ),
  ]
}

/** One step's products added to `sum`, which is absent where the sum starts from nothing. */
function added(format: BatchFormat, dot: Dot, w: Arg, x: readonly Local[], sum: Arg | undefined): Code {
  const [first, second] = x
  if (format.kind === 'pairs') {
    const product = op('i32x4.dot_i16x8_s', w, first!)
    return sum === undefined ? product : op('i32x4.add', sum, product)
  }
  if (dot === 'relaxed-i32') {
    const name = 'i32x4.relaxed_dot_i8x16_i7x16_add_s'
    if (format.kind === 'nibbles') return op(name, first!, w, sum!)
    return op(name, op('v128.xor', w, first!), second!, sum!)
  }
  // Nibbles in 16 bits: eight steps of two products of 15 * 127 stay below 2^15.
  const product = op('i16x8.relaxed_dot_i8x16_i7x16_s', first!, w)
  return sum === undefined ? product : op('i16x8.add', sum, product)
}
