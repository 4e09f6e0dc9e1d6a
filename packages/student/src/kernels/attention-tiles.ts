/**
 * The small products of attention, a tile of ROWS rows at a time, and what is done with a row of scores. Nothing is packed but keys and
 * values for products with their transpose: the rest lies as tile.ts takes it.
 */
import {
  acrossLanes,
  type Code,
  f32,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  vector,
} from '@edgewise/engine/wasm'
import { smaller } from './pack.ts'
import { inside, laneNumbers } from './softmax.ts'
import { addTile, COLS } from './tile.ts'

/** Bytes from a row to the next of queries, keys and values; of what attention gives; of scores. */
export interface AttentionStrides {
  readonly headDim: number
  readonly qkvBytes: number
  readonly outBytes: number
  readonly scoreBytes: number
}

/**
 * - scoresOfQueries(q, keys, s, panels), scoresOfGradients(dO, values, s, panels): s = rows x packed, so many panels of columns;
 * - weighted(s, x, to, ldTo, k, rows): to [rows, headDim] = s [rows, k] x x [k, headDim], x being rows of qkv;
 * - turnedOfGradients(s, dO, to, k, rows, goesOn), turnedOfQueries(s, q, to, k, rows, goesOn): to [rows, headDim], rows of dQkv, = or +=
 *   the transpose of s [k, rows] x rows of dO or q.
 */
export function addAttentionTiles(module: ModuleBuilder, strides: AttentionStrides, isFused: boolean): void {
  const { headDim, qkvBytes, outBytes, scoreBytes } = strides
  for (const [name, aRow] of [
    ['Queries', qkvBytes],
    ['Gradients', outBytes],
  ] as const) {
    addTile(module, `scoreTile${name}`, { aRow, aK: 4, bK: 4 * COLS }, isFused, false)
    module.func(`scoresOf${name}`, ['i32', 'i32', 'i32', 'i32'], (_, x, packed, s, panels) =>
      repeat(
        panels,
        module.call(`scoreTile${name}`, x, packed, s, scoreBytes, headDim, 0),
        increase(packed, 4 * COLS * headDim),
        increase(s, 4 * COLS),
      ),
    )
    addTile(module, `turnedTile${name}`, { aRow: 4, aK: scoreBytes, bK: aRow }, isFused, true)
    module.func(
      `turnedOf${name}`,
      ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
      (f, s, x, to, k, rows, goesOn) =>
        eachPanel(f.local('i32'), f.local('i32'), headDim, (vectors) => [
          module.call(`turnedTile${name}`, s, x, to, qkvBytes, k, goesOn, rows, vectors),
          increase(x, 4 * COLS),
          increase(to, 4 * COLS),
        ]),
    )
  }
  addTile(module, 'weightedTile', { aRow: scoreBytes, aK: 4, bK: qkvBytes }, isFused, true)
  module.func('weighted', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'], (f, s, x, to, ldTo, k, rows) =>
    eachPanel(f.local('i32'), f.local('i32'), headDim, (vectors) => [
      module.call('weightedTile', s, x, to, ldTo, k, 0, rows, vectors),
      increase(x, 4 * COLS),
      increase(to, 4 * COLS),
    ]),
  )
}

function eachPanel(left: Local, count: Local, headDim: number, body: (vectors: Code) => Code): Code {
  return [
    left.set(headDim / 4),
    count.set(Math.ceil(headDim / COLS)),
    repeat(count, body(smaller(left, COLS / 4)), left.set(op('i32.sub', left, COLS / 4))),
  ]
}

/**
 * weights(s, seen, rows, panels): softmax of `rows` rows of scores, the first of which sees `seen` tokens and itself.
 * scoreGradient(d, p, o, dO, seen, rows, panels): d = scale p (d - o . dO) for each row, 0 where it does not see.
 */
export function addScoreRows(module: ModuleBuilder, strides: AttentionStrides, scale: number): void {
  const { headDim, outBytes, scoreBytes } = strides
  module.func('weights', ['i32', 'i32', 'i32', 'i32'], (_, s, seen, rows, panels) =>
    repeat(
      rows,
      increase(seen, 1),
      module.call('softmaxRow', s, seen, op('i32.mul', panels, COLS / 4), f32(scale)),
      increase(s, scoreBytes),
    ),
  )
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('scoreGradient', params, (f, d, p, o, dO, seen, rows, panels) => {
    const [sum, v, lanes, end] = f.locals('v128', 4) as [Local, Local, Local, Local]
    const [a, b, left] = f.locals('i32', 3) as [Local, Local, Local]
    return repeat(
      rows,
      increase(seen, 1),
      [sum.set(vector.f32(0)), a.set(o), b.set(dO), left.set(headDim / 4)],
      repeat(
        left,
        sum.set(op('f32x4.add', sum, op('f32x4.mul', load('v128.load', a), load('v128.load', b)))),
        increase(a, 16),
        increase(b, 16),
      ),
      sum.set(acrossLanes('f32x4.add', sum, v)),
      [a.set(d), b.set(p), left.set(op('i32.mul', panels, COLS / 4))],
      lanes.set(laneNumbers),
      end.set(op('f32x4.splat', op('f32.convert_i32_u', seen))),
      repeat(
        left,
        v.set(op('f32x4.mul', op('f32x4.sub', load('v128.load', a), sum), load('v128.load', b))),
        store('v128.store', a, 0, op('v128.and', inside(lanes, end), op('f32x4.mul', v, vector.f32(scale)))),
        lanes.set(op('f32x4.add', lanes, vector.f32(4))),
        increase(a, 16),
        increase(b, 16),
      ),
      increase(d, scoreBytes),
      increase(p, scoreBytes),
      increase(o, outBytes),
      increase(dO, outBytes),
    )
  })
}
