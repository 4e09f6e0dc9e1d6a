/**
 * batch(weights, activations, out, rows, outStride, room, ...groups): rows of a matrix as the file has them times several
 * tokens, emitted for one row length. The tokens come in groups: so many of `together[0]` tokens, then so many of
 * `together[1]`, ...; at `room` are roomBytes(shape) for the kernel's own use. The rows of a tile are laid out as
 * `batch-format.ts` says and serve all tokens before the next are read: where tokens share the weights, arithmetic is the
 * limit and not memory. They stand far apart, so that many streams of memory are waited for at once.
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
  store,
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

export function roomBytes(shape: BatchShape): number {
  return tileBytes(shape) + 16 * shape.quads * Math.max(...shape.together)
}

/** Behind the tile are its sums with the tokens of a group. */
function tileBytes({ batch, blocks, quads }: BatchShape): number {
  return 16 * quads * batch.blockItems * blocks
}

export function batchKernel(module: ModuleBuilder, name: string, shape: BatchShape): void {
  const { batch, blocks, format, quads, together } = shape
  // Functions of their own, so that nothing but a tile's sums asks for registers.
  for (const tokens of together) groupKernel(module, `${name}${tokens}`, shape, tokens)
  const tileRows = 4 * quads
  const rowBytes = blocks * format.bytes
  const params = new Array<'i32'>(6 + together.length).fill('i32')
  module.func(name, params, (f, ...locals) => {
    const [weights, activations, out, rows, outStride] = locals as [Local, Local, Local, Local, Local]
    const tile = locals[5]!
    const [share, tiles, at, first, stride] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    const [turns, from, to, sums] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const [next, nextStride] = f.locals('i32', 2) as [Local, Local]
    const places = f.locals('i32', tileRows)
    const v = f.local('v128')
    const rowsOfTile: TileRows = { weights, rows, first, stride }
    const widen = widenTile(f, shape, rowsOfTile, tile)
    // Rows left over after the last whole tile make one of their own.
    const isWhole = op('i32.gt_u', share, at)
    const isNextWhole = op('i32.gt_u', share, op('i32.add', at, 1))
    const nextTile = op('i32.add', weights, op('i32.mul', op('i32.add', at, 1), rowBytes))
    const written = (token: number): Code => [
      places.map((place, row) => [
        row % 4 === 0 ? v.set(load('v128.load', sums, 16 * quads * token + 4 * row)) : [],
        storeLane('v128.store32_lane', op('i32.add', place, to), 0, v, row % 4),
      ]),
      increase(to, outStride),
    ]
    return [
      widen.setUp,
      sums.set(op('i32.add', tile, tileBytes(shape))),
      share.set(op('i32.div_u', rows, tileRows)),
      nextStride.set(op('i32.mul', share, rowBytes)),
      tiles.set(op('i32.div_u', op('i32.add', rows, tileRows - 1), tileRows)),
      repeat(
        tiles,
        first.set(op('select', at, op('i32.mul', share, tileRows), isWhole)),
        stride.set(op('select', share, 1, isWhole)),
        widen.code,
        places.map((place, row) =>
          place.set(op('i32.add', out, op('i32.shl', rowNumber(rowsOfTile, row), 2))),
        ),
        next.set(op('select', nextTile, 0, isNextWhole)),
        from.set(activations),
        to.set(0),
        together.map((tokens, kind) => [
          turns.set(locals[6 + kind]!),
          repeat(
            turns,
            module.call(`${name}${tokens}`, tile, from, sums, next, nextStride),
            Array.from({ length: tokens }, (_, token) => written(token)),
            increase(from, tokens * blocks * batch.activationBlock),
            next.set(0),
          ),
        ]),
        increase(at, 1),
      ),
    ]
  })
}

type Sums = readonly (readonly Local[])[]

/**
 * Adds name(tile, activations, sums, next, nextStride): sums [tokens][quads] of four = the tile times `tokens` tokens, while
 * the next tile's rows come from memory.
 */
function groupKernel(
  module: ModuleBuilder,
  name: string,
  { batch, blocks, format, quads }: BatchShape,
  tokens: number,
): void {
  module.func(name, ['i32', 'i32', 'i32', 'i32', 'i32'], (f, tile, activations, out, next, nextStride) => {
    const [left, spare] = f.locals('i32', 2) as [Local, Local]
    const sums = Array.from({ length: tokens }, () => f.locals('v128', quads))
    const tokenBytes = blocks * batch.activationBlock
    const place: BatchPlace = {
      tokens,
      quads,
      weight: (item, quad) => load('v128.load', tile, 16 * (quads * item + quad)),
      activation: (token, offset) => load('v128.load32_splat', activations, token * tokenBytes + offset),
      moveOn: (items, activationBytes) => [
        increase(tile, 16 * quads * items),
        increase(activations, activationBytes),
      ],
      touch: (bytes) => touch(spare, { at: next, stride: nextStride, rows: 4 * quads }, bytes),
    }
    const integers = groupSum(f, batch, place)
    const add = batch.groups === 1 ? block : superBlock
    return [
      integers.setUp,
      left.set(blocks),
      repeat(left, add(f, batch, place, integers, sums, format.bytes)),
      sums.flat().map((sum, i) => store('v128.store', out, 16 * i, sum)),
    ]
  })
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
