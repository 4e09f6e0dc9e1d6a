/**
 * batch(weights, activations, out, rows, outStride, tile, ...groups): rows of a matrix as the file has them times several
 * tokens, emitted for one row length. The tokens come in groups: so many of `together[0]` tokens, then so many of
 * `together[1]`, ...; `tile` is room for tileBytes(shape). The rows of a tile are laid out as `batch-format.ts` says and
 * serve all tokens before the next are read: where tokens share the weights, arithmetic is the limit and not memory. They
 * stand far apart, as in `tile.ts`.
 *
 * The lanes are rows, so nothing is summed across lanes. The sum of a block's integers is exact and is rounded to f32 once;
 * times both scales it is added to one running sum a result, in the order of the row: the bits of a result depend neither
 * on the tokens beside it nor on the rows.
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
  storeLane,
  when,
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { type BatchPlace, type GroupSum, groupSum } from './batch-group.ts'
import { zero } from './simd.ts'
import type { WeightFormat } from './weight-format.ts'
import { rowNumber, type TileRows, widenTile } from './widen.ts'

export interface BatchShape {
  readonly format: WeightFormat
  readonly batch: BatchFormat
  /** Blocks of a row. */
  readonly blocks: number
  /** Quads of rows in a tile. */
  readonly quads: number
  /** Tokens of the kinds of groups. */
  readonly together: readonly number[]
}

export function tileBytes({ batch, blocks, quads }: BatchShape): number {
  return 16 * quads * batch.blockItems * blocks
}

export function batchKernel(module: ModuleBuilder, name: string, shape: BatchShape): void {
  const { batch, blocks, format, quads, together } = shape
  const tileRows = 4 * quads
  const rowBytes = blocks * format.bytes
  const params = new Array<'i32'>(6 + together.length).fill('i32')
  module.func(name, params, (f, ...locals) => {
    const [weights, activations, out, rows, outStride] = locals as [Local, Local, Local, Local, Local]
    const tile = locals[5]!
    const [share, tiles, at, first, stride] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    const [turns, from, to] = f.locals('i32', 3) as [Local, Local, Local]
    const places = f.locals('i32', tileRows)
    const next: NextTile = { at: f.local('i32'), stride: f.local('i32'), rows: tileRows }
    const rowsOfTile: TileRows = { weights, rows, first, stride }
    const widen = widenTile(f, shape, rowsOfTile, tile)
    const products = together.map((tokens) => tileProduct(f, shape, tokens, tile, from, next))
    // Rows left over after the last whole tile make one of their own.
    const isWhole = op('i32.gt_u', share, at)
    const isNextWhole = op('i32.gt_u', share, op('i32.add', at, 1))
    const nextTile = op('i32.add', weights, op('i32.mul', op('i32.add', at, 1), rowBytes))
    return [
      widen.setUp,
      products.map(({ setUp }) => setUp),
      share.set(op('i32.div_u', rows, tileRows)),
      next.stride.set(op('i32.mul', share, rowBytes)),
      tiles.set(op('i32.div_u', op('i32.add', rows, tileRows - 1), tileRows)),
      repeat(
        tiles,
        first.set(op('select', at, op('i32.mul', share, tileRows), isWhole)),
        stride.set(op('select', share, 1, isWhole)),
        widen.code,
        places.map((place, row) =>
          place.set(op('i32.add', out, op('i32.shl', rowNumber(rowsOfTile, row), 2))),
        ),
        next.at.set(op('select', nextTile, 0, isNextWhole)),
        from.set(activations),
        to.set(0),
        products.map(({ code, sums }, kind) => [
          turns.set(locals[6 + kind]!),
          repeat(
            turns,
            code,
            sums.map((vectors) => [
              places.map((place, row) =>
                storeLane('v128.store32_lane', op('i32.add', place, to), 0, vectors[row >> 2]!, row & 3),
              ),
              increase(to, outStride),
            ]),
            increase(from, together[kind]! * blocks * batch.activationBlock),
            next.at.set(0),
          ),
        ]),
        increase(at, 1),
      ),
    ]
  })
}

interface TileProduct {
  readonly setUp: Code
  readonly code: Code
  /** [token][quad], when the code has run. */
  readonly sums: Sums
}

type Sums = readonly (readonly Local[])[]

/** The tile times `tokens` tokens from `from` on. */
function tileProduct(
  f: FunctionBuilder,
  { batch, blocks, format, quads }: BatchShape,
  tokens: number,
  tile: Local,
  activations: Local,
  next: NextTile,
): TileProduct {
  const [w, x, left, spare] = f.locals('i32', 4) as [Local, Local, Local, Local]
  const sums = Array.from({ length: tokens }, () => f.locals('v128', quads))
  const tokenBytes = blocks * batch.activationBlock
  const place: BatchPlace = {
    tokens,
    quads,
    weight: (item, quad) => load('v128.load', w, 16 * (quads * item + quad)),
    activation: (token, offset) => load('v128.load32_splat', x, token * tokenBytes + offset),
    moveOn: (items, activationBytes) => [increase(w, 16 * quads * items), increase(x, activationBytes)],
    touch: (bytes) => touch(spare, next, bytes),
  }
  const integers = groupSum(f, batch, place)
  const code = [
    w.set(tile),
    x.set(activations),
    sums.flat().map((sum) => sum.set(zero)),
    left.set(blocks),
    repeat(left, (batch.groups === 1 ? block : superBlock)(f, batch, place, integers, sums, format.bytes)),
  ]
  return { setUp: integers.setUp, code, sums }
}

/** Where the rows of the next tile are, `stride` bytes from each other; `at` is 0 where there is none to come. */
interface NextTile {
  readonly at: Local
  readonly stride: Local
  readonly rows: number
}

/**
 * Reads a byte of every row of the next tile and moves on by `bytes`: what a tile is multiplied with lies in the core's own
 * caches, and memory would wait meanwhile.
 */
function touch(pointer: Local, { at, stride, rows }: NextTile, bytes: number): Code {
  return when(
    at,
    pointer.set(at),
    Array.from({ length: rows }, () => [op('drop', load('i32.load8_u', pointer)), increase(pointer, stride)]),
    increase(at, bytes),
  )
}

type AddBlock = (
  f: FunctionBuilder,
  format: BatchFormat,
  place: BatchPlace,
  integers: GroupSum,
  sums: Sums,
  /** Of a block in the file. */
  bytes: number,
) => Code

const block: AddBlock = (f, format, place, integers, sums, bytes) => {
  const { groupItems, activationGroup, blockItems, activationBlock, hasMin } = format
  const [rows, x] = [f.locals('v128', place.quads), f.local('v128')]
  const loaded = (item: number): Code => rows.map((row, quad) => row.set(place.weight(item, quad)))
  const minima = sums.map((quads, token) => [
    x.set(place.activation(token, activationGroup)),
    quads.map((sum, quad) => sum.set(op('f32x4.add', sum, op('f32x4.mul', rows[quad]!, x)))),
  ])
  return [
    place.touch(bytes),
    integers.code,
    loaded(groupItems),
    sums.map((quads, token) => [
      x.set(place.activation(token, activationBlock - 4)),
      quads.map((sum, quad) => addTo(sum, integers.sum(token, quad), op('f32x4.mul', rows[quad]!, x))),
    ]),
    hasMin ? [loaded(groupItems + 1), minima] : [],
    place.moveOn(blockItems, activationBlock),
  ]
}

const superBlock: AddBlock = (f, format, place, integers, sums, bytes) => {
  const { groups, groupItems, activationGroup, hasMin } = format
  const [left, inner, x] = [f.local('i32'), f.local('i32'), f.local('v128')]
  const rows = f.locals('v128', place.quads)
  const totals = sums.map((quads) => f.locals('v128', quads.length))
  // What is left of the block once the pointers stand behind its groups.
  const tailItems = format.blockItems - groups * groupItems
  const activationTail = format.activationBlock - groups * activationGroup
  const loaded = (item: number): Code => rows.map((row, quad) => row.set(place.weight(item, quad)))
  const applied = (item: number, name: 'f32x4.add' | 'f32x4.sub'): Code => [
    loaded(item),
    sums.map((quads, token) => [
      x.set(place.activation(token, activationTail - 4)),
      quads.map((sum, quad) => addTo(sum, totals[token]![quad]!.get, op('f32x4.mul', rows[quad]!, x), name)),
    ]),
  ]
  return [
    totals.flat().map((total) => total.set(zero)),
    left.set(8),
    repeat(
      left,
      place.touch(Math.floor(bytes / 8)),
      inner.set(groups / 8),
      repeat(
        inner,
        integers.code,
        loaded(groupItems - 1),
        totals.map((quads, token) =>
          quads.map((total, quad) =>
            total.set(op('i32x4.add', total, op('i32x4.mul', integers.sum(token, quad), rows[quad]!))),
          ),
        ),
        place.moveOn(groupItems, activationGroup),
      ),
    ),
    place.touch(bytes % 8),
    applied(tailItems - (hasMin ? 2 : 1), 'f32x4.add'),
    hasMin ? minima() : [],
    place.moveOn(tailItems, activationTail),
  ]

  /** Sub-minima times sums of activations, two groups at a time. */
  function minima(): Code {
    const pairs = Array.from({ length: groups / 2 }, (_, pair) => [
      loaded(pair),
      totals.map((quads, token) => [
        x.set(place.activation(token, 4 * pair)),
        quads.map((total, quad) => {
          const product = op('i32x4.dot_i16x8_s', rows[quad]!, x)
          return total.set(pair === 0 ? product : op('i32x4.add', total, product))
        }),
      ]),
    ])
    return [pairs, applied(tailItems - 1, 'f32x4.sub')]
  }
}

/** sum += or -= integers * scale. */
function addTo(sum: Local, integers: Code, scale: Code, name: 'f32x4.add' | 'f32x4.sub' = 'f32x4.add'): Code {
  return sum.set(op(name, sum, op('f32x4.mul', op('f32x4.convert_i32x4_s', integers), scale)))
}
