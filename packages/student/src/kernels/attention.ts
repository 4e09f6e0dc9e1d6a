/**
 * Causal attention over packed sequences, and its gradient: each sequence sees itself alone. What is handed out is one sequence and one
 * head of keys and values; the query heads that share it come one after the other, so sums have one order whatever the threads do.
 *
 * Rows of `qkv` are [queries of all heads | keys | values], turned by RoPE already. Scores are not kept: the gradient makes them again
 * from queries and keys, with the same code and so the same bits. The products are in attention-tiles.ts.
 */
import { type Code, increase, type Local, load, type ModuleBuilder, op, repeat } from '@edgewise/engine/wasm'
import { addAttentionTiles, addScoreRows } from './attention-tiles.ts'
import { packedFloats, smaller } from './pack.ts'
import { COLS, ROWS } from './tile.ts'

export interface AttentionShape {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  /** What scores are multiplied by. */
  readonly scale: number
  /** Tokens of the longest sequence. */
  readonly longest: number
}

/** Bytes of an item: where the sequence begins (token), how many tokens it has, its head of keys; three i32 and a gap. */
export const ITEM_BYTES = 16

/** Bytes from a row of scores to the next: an odd number of cache lines, so that columns do not fall into the same sets. */
function scoreBytes(longest: number): number {
  return 128 * Math.ceil((longest + COLS) / 32) + 64
}

/** Bytes of scratch memory of a thread: keys and values turned, two matrices of scores, rows beyond their ends. */
export function attentionScratch(shape: AttentionShape): number {
  const { packed, scores } = partsOf(shape)
  return 2 * packed + 2 * scores
}

function partsOf({ headDim, longest }: AttentionShape): { packed: number; scores: number } {
  const scores = (longest + 2 * ROWS) * scoreBytes(longest)
  return { packed: 64 * Math.ceil((4 * packedFloats(longest, headDim)) / 64), scores }
}

/**
 * Adds attend(items, count, qkv, out, scratch) and attendGradient(items, count, qkv, out, dOut, dQkv, scratch), to a module that has
 * packRows and softmaxRow. `out` and `dOut` are [n, heads * headDim]; of dQkv every number is written.
 */
export function addAttentionKernels(module: ModuleBuilder, shape: AttentionShape, isFused: boolean): void {
  const { heads, kvHeads, headDim, longest } = shape
  const qkvBytes = 4 * (heads + 2 * kvHeads) * headDim
  const outBytes = 4 * heads * headDim
  const strides = { headDim, qkvBytes, outBytes, scoreBytes: scoreBytes(longest) }
  addAttentionTiles(module, strides, isFused)
  addScoreRows(module, strides, shape.scale)
  addForwardHead(module, qkvBytes, outBytes)
  addGradientHead(module, shape, qkvBytes, outBytes)
  const { packed, scores } = partsOf(shape)
  const group = heads / kvHeads
  const headBytes = 4 * headDim

  module.func('attend', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, items, count, qkv, out, scratch) => {
    const [n, key, q, o, left] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    return repeat(
      count,
      n.set(load('i32.load', items, 4)),
      q.set(op('i32.add', qkv, op('i32.mul', load('i32.load', items), qkvBytes))),
      key.set(op('i32.add', q, op('i32.mul', load('i32.load', items, 8), headBytes))),
      increase(key, outBytes),
      increase(q, op('i32.mul', load('i32.load', items, 8), group * headBytes)),
      o.set(op('i32.add', out, op('i32.mul', load('i32.load', items), outBytes))),
      increase(o, op('i32.mul', load('i32.load', items, 8), group * headBytes)),
      module.call('packRows', key, qkvBytes, scratch, 0, headDim, 0, panelsOf(n)),
      left.set(group),
      repeat(
        left,
        module.call(
          'attendHead',
          ...[q, scratch, op('i32.add', key, kvHeads * headBytes), o, n, op('i32.add', scratch, 2 * packed)],
        ),
        increase(q, headBytes),
        increase(o, headBytes),
      ),
      increase(items, ITEM_BYTES),
    )
  })

  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attendGradient', params, (f, items, count, qkv, out, dOut, dQkv, scratch) => {
    const [n, key, q, o, left, goesOn] = f.locals('i32', 6) as [Local, Local, Local, Local, Local, Local]
    const [dO, dq, dk] = f.locals('i32', 3) as [Local, Local, Local]
    const values = op('i32.add', scratch, packed)
    const toKey = op('i32.add', op('i32.mul', load('i32.load', items, 8), headBytes), outBytes)
    const toHead = op('i32.mul', load('i32.load', items, 8), group * headBytes)
    const row = (from: Local, bytes: number): Code =>
      op('i32.add', from, op('i32.mul', load('i32.load', items), bytes))
    return repeat(
      count,
      n.set(load('i32.load', items, 4)),
      [q.set(row(qkv, qkvBytes)), key.set(op('i32.add', q, toKey)), increase(q, toHead)],
      [dq.set(row(dQkv, qkvBytes)), dk.set(op('i32.add', dq, toKey)), increase(dq, toHead)],
      [o.set(row(out, outBytes)), increase(o, toHead)],
      [dO.set(row(dOut, outBytes)), increase(dO, toHead)],
      module.call('packRows', key, qkvBytes, scratch, 0, headDim, 0, panelsOf(n)),
      module.call(
        'packRows',
        op('i32.add', key, kvHeads * headBytes),
        qkvBytes,
        values,
        0,
        headDim,
        0,
        panelsOf(n),
      ),
      goesOn.set(0),
      left.set(group),
      repeat(
        left,
        module.call(
          'attendHeadGradient',
          ...[q, scratch, values, key, o, dO, dq, dk, op('i32.add', dk, kvHeads * headBytes), n],
          ...[op('i32.add', scratch, 2 * packed), op('i32.add', scratch, 2 * packed + scores), goesOn],
        ),
        goesOn.set(1),
        [q, o, dO, dq].map((pointer) => increase(pointer, headBytes)),
      ),
      increase(items, ITEM_BYTES),
    )
  })
}

const panelsOf = (n: Local): Code => op('i32.div_u', op('i32.add', n, COLS - 1), COLS)
const tilesOf = (n: Local): Code => op('i32.div_u', op('i32.add', n, ROWS - 1), ROWS)

/** attendHead(q, keys, value, o, n, s): one head of one sequence; `s` is memory for a tile of rows of scores. */
function addForwardHead(module: ModuleBuilder, qkvBytes: number, outBytes: number): void {
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attendHead', params, (f, q, keys, value, o, n, s) => {
    const [tiles, rows, end, panels] = f.locals('i32', 4) as [Local, Local, Local, Local]
    return [
      end.set(0),
      tiles.set(tilesOf(n)),
      repeat(
        tiles,
        rows.set(smaller(op('i32.sub', n, end), ROWS)),
        increase(end, rows),
        panels.set(panelsOf(end)),
        module.call('scoresOfQueries', q, keys, s, panels),
        module.call('weights', s, op('i32.sub', end, rows), rows, panels),
        module.call('weighted', s, value, o, outBytes, end, rows),
        increase(q, ROWS * qkvBytes),
        increase(o, ROWS * outBytes),
      ),
    ]
  })
}

/**
 * attendHeadGradient(q, keys, values, key, o, dO, dq, dk, dv, n, p, d, goesOn): P and dP in `p` and `d`, [n, n] each. With D = rows of
 * dO . O: dS = P (dP - D) scale, dQ = dS K, dK += dS^T Q, dV += P^T dO; `goesOn` is 0 for the first head of a group.
 */
function addGradientHead(
  module: ModuleBuilder,
  shape: AttentionShape,
  qkvBytes: number,
  outBytes: number,
): void {
  const ints = Array.from({ length: 13 }, () => 'i32' as const)
  const sBytes = scoreBytes(shape.longest)
  module.func('attendHeadGradient', ints, (f, q, keys, values, key, o, dO, dq, dk, dv, n, p, d, goesOn) => {
    const [tiles, rows, end, panels] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const [pAt, dAt, qAt, dOAt] = f.locals('i32', 4) as [Local, Local, Local, Local]
    return [
      [pAt.set(p), dAt.set(d), qAt.set(q), dOAt.set(dO)],
      end.set(0),
      tiles.set(tilesOf(n)),
      repeat(
        tiles,
        rows.set(smaller(op('i32.sub', n, end), ROWS)),
        increase(end, rows),
        panels.set(panelsOf(end)),
        module.call('scoresOfQueries', qAt, keys, pAt, panels),
        module.call('weights', pAt, op('i32.sub', end, rows), rows, panels),
        module.call('scoresOfGradients', dOAt, values, dAt, panels),
        module.call('scoreGradient', dAt, pAt, o, dOAt, op('i32.sub', end, rows), rows, panels),
        module.call('weighted', dAt, key, dq, qkvBytes, end, rows),
        [increase(pAt, ROWS * sBytes), increase(dAt, ROWS * sBytes)],
        [increase(qAt, ROWS * qkvBytes), increase(dq, ROWS * qkvBytes)],
        [increase(o, ROWS * outBytes), increase(dOAt, ROWS * outBytes)],
      ),
      // Of column j only the rows from j's own tile on see it.
      tiles.set(tilesOf(n)),
      repeat(
        tiles,
        rows.set(smaller(n, ROWS)),
        module.call('turnedOfGradients', p, dO, dv, n, rows, goesOn),
        module.call('turnedOfQueries', d, q, dk, n, rows, goesOn),
        [increase(p, ROWS * sBytes + 4 * ROWS), increase(d, ROWS * sBytes + 4 * ROWS)],
        [increase(dO, ROWS * outBytes), increase(q, ROWS * qkvBytes)],
        [increase(dk, ROWS * qkvBytes), increase(dv, ROWS * qkvBytes)],
        n.set(op('i32.sub', n, rows)),
      ),
    ]
  })
}
