/**
 * Attention of some query positions over a layer's cache, in three kernels for one shape of heads: `attentionPack`,
 * `attend`, `attentionFinish`.
 *
 * A row is one head at one position; the rows of a kv head are [n, group]. The cache is read in blocks of BLOCK positions,
 * counted from position 0. Of each block a row gets its largest score m, the sum l of e^(score - m) and the sum o of values
 * weighted so. Blocks are joined in order: under a new m both sides are scaled by e^(old m - new m). So a row's bits depend on
 * the positions it sees alone: not on the rows beside it, nor on who does which blocks. Sums of a score go over every fourth
 * number and then across, those of l over every fourth position and then across, those of o in the order of positions.
 *
 * Halves become f32 by shifting their bits, which leaves them 2^-112 too small: queries carry that factor, and so do weights.
 * Scores are in units of ln 2, as 2^x is cheaper than e^x. The inner loops are functions of their own: a host gives a large
 * function few registers.
 */
import {
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  vector,
  when,
} from '../assembler.ts'
import {
  type AttentionForm,
  BLOCK,
  exp2,
  FLOOR,
  HALF_BITS,
  madd,
  rangeOf,
  smaller,
  stateBytes,
} from './attention-form.ts'
import { scoresKernel } from './attention-scores.ts'
import { valuesKernel } from './attention-values.ts'
import { weightsKernel } from './attention-weights.ts'
import { zero } from './simd.ts'

type Locals = readonly [Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local, Local]

/**
 * Adds attentionPack(q, rows, n, padding, stride): queries [n, heads, headDim] times what scores are scaled by, the rows of a
 * kv head in one piece and the next kv head's `stride` bytes on; `padding` rows of zero follow each.
 */
export function packKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { heads, kvHeads, headDim, scale, softcap } = shape
  const factor = (softcap > 0 ? scale / softcap : scale * Math.LOG2E) * 2 ** 112
  const vectors = ((heads / kvHeads) * headDim) / 4
  module.func('attentionPack', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, q, rows, n, padding, stride) => {
    const [head, to, left] = f.locals('i32', 3) as [Local, Local, Local]
    const eachHead = (...body: Code[]): Code => [
      to.set(rows),
      head.set(kvHeads),
      repeat(head, ...body, increase(to, stride)),
    ]
    return [
      repeat(
        n,
        eachHead(
          left.set(vectors),
          repeat(
            left,
            store('v128.store', to, 0, op('f32x4.mul', load('v128.load', q), vector.f32(factor))),
            increase(to, 16),
            increase(q, 16),
          ),
          increase(to, -16 * vectors),
        ),
        increase(rows, 16 * vectors),
      ),
      padding.set(op('i32.mul', padding, headDim / 4)),
      eachHead(
        left.set(padding),
        repeat(left, store('v128.store', to, 0, zero), increase(to, 16)),
        increase(to, op('i32.mul', padding, -16)),
      ),
    ]
  })
}

/**
 * Adds attend(rows, keys, values, stride, states, scores, item, count, tiles, tileRows, allRows, parts, start, end, window):
 * `count` items from `item` on. Items are all tiles of the first kv head, then of the second, and so on, where a tile is
 * `tileRows` of a kv head's `allRows` rows (both whole multiples of rowsAtOnce) and goes through all blocks its rows see. With
 * `parts` above 1 there is one tile, and items are all those blocks for the first kv head, then for the second, and so on.
 * Unfinished rows go to `states` [parts, kvHeads, allRows]; keys and values of a kv head are `stride` bytes from the next's.
 */
export function attendKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { kvHeads, headDim, rowsAtOnce } = shape
  const state = stateBytes(headDim)
  scoresKernel(module, shape)
  weightsKernel(module, shape)
  valuesKernel(module, shape)
  const params = Array.from({ length: 15 }, () => 'i32' as const)
  module.func('attend', params, (f, ...given) => {
    const [rows, keys, values, stride, states, scores, item, count, tiles, tileRows, allRows, parts] =
      given as unknown as Locals
    const [start, end, window] = given.slice(12) as [Local, Local, Local]
    const [kvHead, tile, part, firstRow, rowCount, row, left, block, blocks] = f.locals(
      'i32',
      9,
    ) as unknown as Locals
    const [key, query, to, low, high, from, until, place, fours] = f.locals('i32', 9) as unknown as Locals
    const range = (of: Code): Code => rangeOf(shape, of, start, end, window, from, until)
    return repeat(
      count,
      kvHead.set(op('i32.div_u', item, op('i32.mul', tiles, parts))),
      part.set(op('i32.rem_u', item, op('i32.mul', tiles, parts))),
      tile.set(op('i32.rem_u', part, tiles)),
      part.set(op('i32.div_u', part, tiles)),
      increase(item, 1),
      firstRow.set(op('i32.mul', tile, tileRows)),
      rowCount.set(op('i32.sub', allRows, firstRow)),
      rowCount.set(smaller(rowCount, tileRows)),

      range(op('i32.sub', op('i32.add', firstRow, rowCount), 1)),
      blocks.set(op('i32.div_u', op('i32.add', until, BLOCK - 1), BLOCK)),
      range(firstRow.get),
      block.set(op('i32.div_u', from, BLOCK)),
      blocks.set(op('i32.sub', blocks, block)),
      when(op('i32.gt_u', parts, 1), increase(block, part), blocks.set([0x41, 1])),

      place.set(op('i32.add', op('i32.mul', kvHead, allRows), firstRow)),
      query.set(op('i32.add', rows, op('i32.mul', place, 4 * headDim))),
      place.set(op('i32.add', op('i32.mul', part, op('i32.mul', allRows, kvHeads)), place)),
      place.set(op('i32.add', states, op('i32.mul', place, state))),
      to.set(place),
      row.set(rowCount),
      repeat(
        row,
        store('v128.store', to, 0, vector.f32(FLOOR)),
        left.set(state / 16 - 1),
        repeat(left, increase(to, 16), store('v128.store', to, 0, zero)),
        increase(to, 16),
      ),

      repeat(
        blocks,
        to.set(place),
        row.set(firstRow),
        left.set(op('i32.div_u', rowCount, rowsAtOnce)),
        repeat(
          left,
          // What of the block any of these rows sees, from a multiple of four on.
          low.set(op('i32.mul', block, BLOCK)),
          range(op('i32.add', row, rowsAtOnce - 1)),
          high.set(op('i32.add', low, BLOCK)),
          high.set(smaller(high, until)),
          range(row.get),
          low.set(op('i32.and', op('select', from, low, op('i32.gt_u', from, low)), -4)),
          when(
            op('i32.gt_u', high, low),
            fours.set(op('i32.shr_u', op('i32.add', op('i32.sub', high, low), 3), 2)),
            key.set(op('i32.add', op('i32.mul', kvHead, stride), op('i32.mul', low, 2 * headDim))),
            module.call('attentionScores', query, op('i32.add', key, keys), scores, fours, HALF_BITS),
            module.call('attentionWeights', scores, to, fours, row, low, start, end, window),
            module.call('attentionValues', scores, op('i32.add', key, values), to, fours, HALF_BITS),
          ),
          increase(row, rowsAtOnce),
          increase(query, rowsAtOnce * 4 * headDim),
          increase(to, rowsAtOnce * state),
        ),
        increase(query, op('i32.mul', rowCount, -4 * headDim)),
        increase(block, 1),
      ),
    )
  })
}

/**
 * Adds attentionFinish(states, out, item, count, tiles, tileRows, allRows, parts, n): the rows of items as `attend` counts them
 * where parts is 1, joined over the `parts` there were, divided, and put in their place in out [n, heads, headDim].
 */
export function finishKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { heads, kvHeads, headDim, relaxed } = shape
  const state = stateBytes(headDim)
  const group = heads / kvHeads
  const params = Array.from({ length: 9 }, () => 'i32' as const)
  module.func('attentionFinish', params, (f, ...given) => {
    const [states, out, item, count, tiles, tileRows, allRows, parts, n] = given as unknown as Locals
    const [kvHead, row, rows, left, from, to, numbers] = f.locals('i32', 7) as unknown as Locals
    const [m, l, a, b, next, other] = f.locals('v128', 6) as unknown as Locals
    const side = exp2(f, relaxed, 0)
    const each = (value: Code): Code => [
      numbers.set(headDim / 4),
      repeat(numbers, store('v128.store', to, 0, value), increase(to, 16), increase(from, 16)),
      increase(to, -4 * headDim),
      increase(from, -4 * headDim),
    ]
    return [
      side.set,
      repeat(
        count,
        kvHead.set(op('i32.div_u', item, tiles)),
        row.set(op('i32.mul', op('i32.rem_u', item, tiles), tileRows)),
        increase(item, 1),
        rows.set(op('i32.sub', op('i32.mul', n, group), row)),
        rows.set(smaller(rows, tileRows)),
        repeat(
          rows,
          from.set(op('i32.add', op('i32.mul', kvHead, allRows), row)),
          from.set(op('i32.add', states, op('i32.mul', from, state))),
          to.set(op('i32.add', op('i32.mul', kvHead, group), op('i32.rem_u', row, group))),
          to.set(op('i32.add', op('i32.mul', op('i32.div_u', row, group), heads), to)),
          to.set(op('i32.add', out, op('i32.mul', to, 4 * headDim))),
          increase(row, 1),
          m.set(load('v128.load', from)),
          l.set(load('v128.load', from, 16)),
          each(load('v128.load', from, 32)),
          left.set(op('i32.sub', parts, 1)),
          repeat(
            left,
            increase(from, op('i32.mul', op('i32.mul', allRows, kvHeads), state)),
            other.set(load('v128.load', from)),
            next.set(op('f32x4.pmax', m, other)),
            a.set(side.of(op('f32x4.sub', m, next))),
            b.set(side.of(op('f32x4.sub', other, next))),
            m.set(next),
            l.set(madd(relaxed, l, a, op('f32x4.mul', load('v128.load', from, 16), b))),
            each(madd(relaxed, load('v128.load', to), a, op('f32x4.mul', load('v128.load', from, 32), b))),
          ),
          l.set(op('f32x4.div', vector.f32(1), l)),
          each(op('f32x4.mul', load('v128.load', to), l)),
        ),
      ),
    ]
  })
}
