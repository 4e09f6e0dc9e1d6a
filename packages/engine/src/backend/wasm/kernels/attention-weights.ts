/**
 * attentionWeights(scores, state, fours, row, low, start, end, window): the scores of rows `row` on become 2^(112 + score - m), m
 * the row's largest; m and l of the row's state move on, and behind the scores is written what both sides of its o are scaled by.
 * The first score is of position `low`; what a row does not see weighs exactly nothing. State and scores as attention-form.ts
 * has them.
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
  storeLane,
  vector,
  when,
} from '../assembler.ts'
import {
  type AttentionForm,
  BLOCK,
  exp2,
  FLOOR,
  LOWEST,
  madd,
  rangeOf,
  smaller,
  stateBytes,
} from './attention-form.ts'
import { acrossLanes, zero } from './simd.ts'

export function weightsKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { headDim, rowsAtOnce, relaxed } = shape
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attentionWeights', params, (f, scores, state, fours, row, low, start, end, window) => {
    const [rows, sides, left, at, hidden] = f.locals('i32', 5) as [Local, Local, Local, Local, Local]
    const [from, until] = f.locals('i32', 2) as [Local, Local]
    const [m, l, t, next] = f.locals('v128', 4) as [Local, Local, Local, Local]
    const [a, b] = f.locals('v128', 2) as [Local, Local]
    const power = exp2(f, relaxed, 112)
    const scaled = (x: Code): Code => op('f32x4.mul', x, vector.f32(2 ** -112))
    const positions = op('i32.shl', fours, 2)
    const hide = (count: Code, place: Code): Code => [
      hidden.set(count),
      hidden.set(smaller(hidden, positions)),
      at.set(place),
      t.set(vector.f32(LOWEST)),
      repeat(hidden, storeLane('v128.store32_lane', at, 0, t, 0), increase(at, 4)),
    ]
    const behind = op('i32.add', low, positions)
    return [
      power.set,
      sides.set(op('i32.add', scores, 4 * BLOCK * rowsAtOnce)),
      rows.set(rowsAtOnce),
      repeat(
        rows,
        rangeOf(shape, row, start, end, window, from, until),
        when(op('i32.gt_u', from, low), hide(op('i32.sub', from, low), scores.get)),
        when(
          op('i32.gt_u', behind, until),
          hide(
            op('i32.sub', behind, until),
            op('i32.add', scores, op('i32.shl', op('i32.sub', positions, hidden), 2)),
          ),
        ),

        m.set(vector.f32(FLOOR)),
        at.set(scores),
        left.set(fours),
        repeat(left, m.set(op('f32x4.pmax', m, load('v128.load', at))), increase(at, 16)),
        m.set(acrossLanes('f32x4.pmax', m, t)),

        l.set(zero),
        at.set(scores),
        left.set(fours),
        repeat(
          left,
          t.set(power.of(op('f32x4.sub', load('v128.load', at), m))),
          store('v128.store', at, 0, t),
          l.set(op('f32x4.add', l, t)),
          increase(at, 16),
        ),
        l.set(scaled(acrossLanes('f32x4.add', l, t))),

        t.set(load('v128.load', state)),
        next.set(op('f32x4.pmax', t, m)),
        a.set(scaled(power.of(op('f32x4.sub', t, next)))),
        b.set(scaled(power.of(op('f32x4.sub', m, next)))),
        store('v128.store', state, 0, next),
        store('v128.store', state, 16, madd(relaxed, load('v128.load', state, 16), a, op('f32x4.mul', l, b))),
        store('v128.store', sides, 0, a),
        store('v128.store', sides, 16, b),
        increase(row, 1),
        increase(scores, 4 * BLOCK),
        increase(state, stateBytes(headDim)),
        increase(sides, 32),
      ),
    ]
  })
}
