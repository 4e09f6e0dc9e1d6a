/**
 * attentionScores(query, key, scores, fours, mask): of rowsAtOnce rows and `fours` times four positions, the sum of query times
 * key, capped. query [rowsAtOnce, headDim] f32, key [positions, headDim] f16, scores [rowsAtOnce, BLOCK] f32; `mask` is HALF_BITS.
 * A sum goes over every fourth number in order, then across the four.
 */
import {
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  shuffle,
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import { type AttentionForm, BLOCK, columnsFor, divisor, halves, outerProduct } from './attention-form.ts'
import { sumsOfFour, tanh, zero } from './simd.ts'

/** Steps of four numbers in a row of code: a head of 64 has no loop, and the code stays below 10 KB. */
const UNROLLED = 16

export function scoresKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { headDim, rowsAtOnce, softcap, relaxed } = shape
  const together = columnsFor(rowsAtOnce)
  const unrolled = divisor(headDim / 4, UNROLLED)
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attentionScores', params, (f, query, key, scores, fours, mask) => {
    const sums = Array.from({ length: rowsAtOnce }, () => f.locals('v128', together))
    const multiply = outerProduct(f, relaxed, sums)
    const [k, q, left, rolls] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const [t, masks] = f.locals('v128', 2) as [Local, Local]
    const steps = Array.from({ length: unrolled }, (_, i) =>
      multiply(
        (r) => load('v128.load', q, (r * headDim + 4 * i) * 4),
        (c) => halves(k, (c * headDim + 4 * i) * 2, masks),
      ),
    )
    const capped = (x: Local): Code =>
      softcap > 0 ? x.set(op('f32x4.mul', tanh(f, x), vector.f32(softcap * Math.LOG2E))) : []
    const finish = (row: readonly Local[], r: number): Code => {
      const [a, b, c, d] = row as [Local, Local, Local, Local]
      const at = 4 * BLOCK * r
      if (together === 4) {
        return [a.set(sumsOfFour(a, b, c, d, t)), capped(a), store('v128.store', scores, at, a)]
      }
      // The same additions, for two.
      return [
        t.set(op('f32x4.add', shuffle(a, b, [0, 4, 1, 5]), shuffle(a, b, [2, 6, 3, 7]))),
        a.set(op('f32x4.add', t, shuffle(t, t, [2, 3, 0, 1]))),
        capped(a),
        storeLane('v128.store64_lane', scores, at, a, 0),
      ]
    }
    return [
      masks.set(op('i32x4.splat', mask)),
      left.set(op('i32.mul', fours, 4 / together)),
      repeat(
        left,
        sums.map((row) => row.map((sum) => sum.set(zero))),
        k.set(key),
        q.set(query),
        rolls.set(headDim / 4 / unrolled),
        repeat(rolls, steps, increase(k, 8 * unrolled), increase(q, 16 * unrolled)),
        sums.map(finish),
        increase(key, together * 2 * headDim),
        increase(scores, 4 * together),
      ),
    ]
  })
}
