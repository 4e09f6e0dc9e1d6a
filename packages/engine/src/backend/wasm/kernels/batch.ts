/**
 * batch(weights, activations, out, rows, outStride): rows of weights times several tokens, both laid out as
 * `batch-format.ts` says, emitted for one row length. The way of prefill, where arithmetic and not memory is the limit:
 * the lanes are the tokens, so nothing is summed across lanes, and scales are applied once for four results.
 * Integer sums are exact; the f32 sum over blocks has one lane a result, so it may differ from the one-token kernel's in
 * the last bits.
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
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { type BatchPlace, type GroupSum, groupSum } from './batch-group.ts'
import { transpose, zero } from './simd.ts'

export interface BatchShape {
  readonly format: BatchFormat
  /** Blocks of a row. */
  readonly blocks: number
  /** Times four tokens, their activations one behind the other. */
  readonly fours: number
}

const rowsAtOnce = 4

export function batchKernel(module: ModuleBuilder, name: string, shape: BatchShape): void {
  const { blocks, format, fours } = shape
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func(name, params, (f, weights, activations, out, rows, outStride) => {
    const [left, to] = [f.local('i32'), f.local('i32')]
    const t = f.local('v128')
    const sums = Array.from({ length: fours }, () => f.locals('v128', rowsAtOnce))
    const take = (count: number, write: (rows: readonly Local[]) => Code): Code => {
      const taken = sums.map((four) => four.slice(0, count))
      return [
        sumRows(f, shape, weights, activations, taken),
        to.set(out),
        taken.map(write),
        increase(weights, count * blocks * format.weightBlock),
        increase(out, 4 * count),
      ]
    }
    const several = take(rowsAtOnce, ([a, b, c, d]) => [
      transpose(a!, b!, c!, d!, t),
      [a!, b!, c!, d!].map((token) => [store('v128.store', to, 0, token), increase(to, outStride)]),
    ])
    const single = take(1, ([row]) =>
      [0, 1, 2, 3].map((lane) => [
        storeLane('v128.store32_lane', to, 0, row!, lane),
        increase(to, outStride),
      ]),
    )
    return [
      left.set(op('i32.div_u', rows, rowsAtOnce)),
      repeat(left, several),
      left.set(op('i32.rem_u', rows, rowsAtOnce)),
      repeat(left, single),
    ]
  })
}

/** sums[four][row] = the products of that row with those four tokens, a lane each. */
function sumRows(
  f: FunctionBuilder,
  { blocks, format }: BatchShape,
  weights: Local,
  activations: Local,
  sums: readonly (readonly Local[])[],
): Code {
  const [w, x, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const place: BatchPlace = {
    fours: sums.length,
    rows: sums[0]!.length,
    weight: (row, offset) => load('v128.load32_splat', w, row * blocks * format.weightBlock + offset),
    activation: (four, offset) => load('v128.load', x, four * blocks * format.activationBlock + offset),
    moveOn: (weightBytes, activationBytes) => [increase(w, weightBytes), increase(x, activationBytes)],
  }
  const integers = groupSum(f, format, place)
  return [
    integers.setUp,
    w.set(weights),
    x.set(activations),
    sums.flat().map((sum) => sum.set(zero)),
    left.set(blocks),
    repeat(left, (format.groups === 1 ? block : superBlock)(f, format, place, integers, sums)),
  ]
}

type AddBlock = (
  f: FunctionBuilder,
  format: BatchFormat,
  place: BatchPlace,
  integers: GroupSum,
  sums: readonly (readonly Local[])[],
) => Code

const block: AddBlock = (f, format, place, integers, sums) => {
  const { weightGroup, activationGroup, weightBlock, activationBlock, hasMin } = format
  const spread = f.local('v128')
  return [
    integers.code,
    sums[0]!.map((_, row) => [
      spread.set(place.weight(row, weightGroup - 4)),
      sums.map((rows, four) => {
        const scale = op('f32x4.mul', spread, place.activation(four, activationBlock - 16))
        return addTo(rows[row]!, integers.sum(four, row), scale)
      }),
      hasMin ? spread.set(place.weight(row, weightBlock - 4)) : [],
      sums.map((rows, four) => {
        const minima = op('f32x4.mul', spread, place.activation(four, activationGroup))
        return hasMin ? rows[row]!.set(op('f32x4.add', rows[row]!, minima)) : []
      }),
    ]),
    place.moveOn(weightBlock, activationBlock),
  ]
}

const superBlock: AddBlock = (f, format, place, integers, sums) => {
  const { groups, weightGroup, activationGroup, hasMin } = format
  const [left, spread] = [f.local('i32'), f.local('v128')]
  const totals = sums.map((rows) => f.locals('v128', rows.length))
  // What is left of the block once the pointers stand behind its groups.
  const weightTail = format.weightBlock - groups * weightGroup
  const activationTail = format.activationBlock - groups * activationGroup
  const applied = (offset: number, name: 'f32x4.add' | 'f32x4.sub'): Code =>
    sums[0]!.map((_, row) => [
      spread.set(place.weight(row, offset)),
      sums.map((rows, four) => {
        const scale = op('f32x4.mul', spread, place.activation(four, activationTail - 16))
        return addTo(rows[row]!, totals[four]![row]!.get, scale, name)
      }),
    ])
  return [
    totals.flat().map((total) => total.set(zero)),
    left.set(groups),
    repeat(
      left,
      integers.code,
      sums[0]!.map((_, row) => [
        spread.set(place.weight(row, weightGroup - 4)),
        totals.map((rows, four) =>
          rows[row]!.set(op('i32x4.add', rows[row]!, op('i32x4.mul', integers.sum(four, row), spread))),
        ),
      ]),
      place.moveOn(weightGroup, activationGroup),
    ),
    applied(weightTail - (hasMin ? 8 : 4), 'f32x4.add'),
    hasMin ? minima() : [],
    place.moveOn(weightTail, activationTail),
  ]

  /** Sub-minima times sums of activations, two groups at a time. */
  function minima(): Code {
    const pairs = Array.from({ length: groups / 2 }, (_, pair) =>
      sums[0]!.map((_, row) => [
        spread.set(place.weight(row, 4 * pair)),
        totals.map((rows, four) => {
          const product = op('i32x4.dot_i16x8_s', spread, place.activation(four, 16 * pair))
          return rows[row]!.set(pair === 0 ? product : op('i32x4.add', rows[row]!, product))
        }),
      ]),
    )
    return [pairs, applied(weightTail - 4, 'f32x4.sub')]
  }
}

/** sum += or -= integers * scale. */
function addTo(sum: Local, integers: Code, scale: Code, name: 'f32x4.add' | 'f32x4.sub' = 'f32x4.add'): Code {
  return sum.set(op(name, sum, op('f32x4.mul', op('f32x4.convert_i32x4_s', integers), scale)))
}
