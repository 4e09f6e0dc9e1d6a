/**
 * What the matrix products have in common that read weights as the file stores them, rows against tokens' activations: the steps
 * of whole rows. And the loop nest for several tokens: a tile takes several rows and tokens at once and keeps one f32x4 sum for
 * each pair. The rows of a tile stand far apart (a fraction of the matrix each), so that the core waits for several streams of
 * memory at once. Every pair (row, token) goes through the same additions in the same order whatever the tile.
 * One token is the business of `four-rows.ts`.
 */
import {
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  type ModuleBuilder,
  op,
  repeat,
  storeLane,
} from '../assembler.ts'
import { acrossLanes, zero } from './simd.ts'

/** How one type of weight is multiplied; a row is `steps` steps long, and `rest` quarters of a step after them. */
export interface RowProduct {
  readonly steps: number
  readonly rest: number
  /** Bytes of weights and of activations that a step moves on. */
  readonly weightStep: number
  readonly activationStep: number
  /** A step is always of four rows, and one sum has theirs in its lanes; else a row's sum is that of its four lanes. */
  readonly ofFour?: boolean
  /** Takes the locals it needs, once for all steps of the function. */
  begin(f: FunctionBuilder, tokens: number): Steps
}

export interface Steps {
  /** Stands before every loop: hosts build a constant vector anew wherever it is written. */
  readonly setUp: Code
  /** One step, or one quarter of a step: adds to sums[row][token]. */
  step(at: StepPlace, quarter: boolean): Code
}

export interface StepPlace {
  readonly rows: readonly Local[]
  /** The first token's activations; token t stands `activationRow` * t bytes further. */
  readonly activations: Local
  readonly activationRow: number
  readonly sums: readonly (readonly Local[])[]
  /** Bytes from the pointers to this step. */
  readonly weightOffset: number
  readonly activationOffset: number
}

export interface RowShape {
  /** Rows of up to this many steps are written out without a loop. */
  readonly flat: number
  /** Steps in one turn of the loop of longer rows. */
  readonly unroll: number
}

export interface TileShape extends RowShape {
  readonly rows: number
  readonly tokens: number
}

/**
 * Adds name(weights, activations, out, rows, outStride): out[token][row] for `shape.tokens` tokens; `outStride` is the
 * bytes from one token's results to the next. Rows left over after the last whole tile are taken one at a time.
 */
export function tileKernel(module: ModuleBuilder, name: string, product: RowProduct, shape: TileShape): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func(name, params, (f, weights, activations, out, rows, outStride) => {
    const share = f.local('i32')
    const pointers = f.locals('i32', shape.rows)
    const outs = f.locals('i32', shape.rows)
    const left = f.local('i32')
    const last = shape.rows - 1
    const inner = product.begin(f, shape.tokens)
    const shareBytes = op('i32.mul', share, rowBytes(product.steps, product.rest, product.weightStep))
    return [
      inner.setUp,
      share.set(op('i32.div_u', rows, shape.rows)),
      pointers[0]!.set(weights),
      outs[0]!.set(out),
      pointers.slice(1).map((p, i) => p.set(op('i32.add', pointers[i]!, shareBytes))),
      outs.slice(1).map((o, i) => o.set(op('i32.add', outs[i]!, op('i32.shl', share, 2)))),
      left.set(share),
      repeat(left, rowsOfTile(f, inner, product, shape, pointers, activations, outs, outStride)),
      // The last stream ends where the rows left over begin.
      left.set(op('i32.rem_u', rows, shape.rows)),
      repeat(
        left,
        rowsOfTile(f, inner, product, shape, pointers.slice(last), activations, outs.slice(last), outStride),
      ),
    ]
  })
}

/** One turn: a whole row of every stream; the pointers move on to the next rows. */
function rowsOfTile(
  f: FunctionBuilder,
  inner: Steps,
  product: RowProduct,
  shape: TileShape,
  rows: readonly Local[],
  activations: Local,
  outs: readonly Local[],
  outStride: Local,
): Code {
  const sums = rows.map(() => f.locals('v128', shape.tokens))
  return [wholeRows(f, inner, product, shape, rows, activations, sums), storeSums(f, sums, outs, outStride)]
}

/** All steps of the rows that `rows` point to, which then point behind them; `sums` begin with zero. */
export function wholeRows(
  f: FunctionBuilder,
  inner: Steps,
  product: RowProduct,
  shape: RowShape,
  rows: readonly Local[],
  activations: Local,
  sums: readonly (readonly Local[])[],
): Code {
  const { steps, rest, weightStep, activationStep } = product
  const x = f.local('i32')
  const turns = f.local('i32')
  const unroll = steps <= shape.flat ? steps : shape.unroll
  const whole = steps <= shape.flat ? 0 : Math.floor(steps / unroll)
  const place = { rows, activations: x, activationRow: rowBytes(steps, rest, activationStep), sums }
  const written = (count: number): Code => [
    Array.from({ length: count }, (_, i) =>
      inner.step({ ...place, weightOffset: i * weightStep, activationOffset: i * activationStep }, false),
    ),
    rows.map((row) => increase(row, count * weightStep)),
    increase(x, count * activationStep),
  ]
  const quarters = Array.from({ length: rest }, (_, i) => [
    inner.step(
      { ...place, weightOffset: (i * weightStep) / 4, activationOffset: (i * activationStep) / 4 },
      true,
    ),
  ])
  return [
    x.set(activations),
    sums.flat().map((sum) => sum.set(zero)),
    whole === 0 ? [] : [turns.set(whole), repeat(turns, written(unroll))],
    written(steps - whole * unroll),
    quarters,
    rest === 0 ? [] : rows.map((row) => increase(row, (rest * weightStep) / 4)),
  ]
}

/** Bytes of a row of `steps` steps and `rest` quarters of one. */
export function rowBytes(steps: number, rest: number, stepBytes: number): number {
  return steps * stepBytes + (rest * stepBytes) / 4
}

function storeSums(
  f: FunctionBuilder,
  sums: readonly (readonly Local[])[],
  outs: readonly Local[],
  outStride: Local,
): Code {
  const t = f.local('v128')
  const places = outs.map(() => f.local('i32'))
  const tokens = sums[0]!.length
  return [
    places.map((place, row) => place.set(outs[row]!)),
    Array.from({ length: tokens }, (_, token) => [
      places.map((place, row) =>
        storeLane('v128.store32_lane', place, 0, acrossLanes('f32x4.add', sums[row]![token]!, t), 0),
      ),
      token < tokens - 1 ? places.map((place) => increase(place, outStride)) : [],
    ]),
    outs.map((o) => increase(o, 4)),
  ]
}
