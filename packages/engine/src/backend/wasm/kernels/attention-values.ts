/**
 * attentionValues(scores, value, state, fours, mask): to the o of rowsAtOnce unfinished rows, scaled by the first of their two
 * sides, comes the sum of weight times value over `fours` times four positions, in order, scaled by the second.
 * scores and sides as scoreBytes tells, value [positions, headDim] f16, state [rowsAtOnce] as stateBytes tells; `mask` is HALF_BITS.
 */
import { type Code, increase, type Local, load, type ModuleBuilder, op, repeat, store } from '../assembler.ts'
import {
  type AttentionForm,
  BLOCK,
  columnsFor,
  divisor,
  halves,
  madd,
  outerProduct,
  stateBytes,
} from './attention-form.ts'
import { zero } from './simd.ts'

export function valuesKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { headDim, rowsAtOnce, relaxed } = shape
  const together = divisor(headDim / 4, columnsFor(rowsAtOnce))
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attentionValues', params, (f, scores, value, state, fours, mask) => {
    const sums = Array.from({ length: rowsAtOnce }, () => f.locals('v128', together))
    const multiply = outerProduct(f, relaxed, sums)
    const [chunk, v, score, left] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const masks = f.local('v128')
    const position = (p: number): Code =>
      multiply(
        (r) => load('v128.load32_splat', score, 4 * (r * BLOCK + p)),
        (c) => halves(v, (p * headDim + 4 * c) * 2, masks),
      )
    const side = (r: number, i: number): Code =>
      load('v128.load', scores, 4 * BLOCK * rowsAtOnce + 32 * r + 16 * i)
    const join = (row: readonly Local[], r: number): Code =>
      row.map((sum, c) => {
        const at = r * stateBytes(headDim) + 32 + 16 * c
        const joined = madd(
          relaxed,
          load('v128.load', state, at),
          side(r, 0),
          op('f32x4.mul', sum, side(r, 1)),
        )
        return store('v128.store', state, at, joined)
      })
    return [
      masks.set(op('i32x4.splat', mask)),
      chunk.set(headDim / 4 / together),
      repeat(
        chunk,
        v.set(value),
        score.set(scores),
        sums.map((row) => row.map((sum) => sum.set(zero))),
        left.set(fours),
        repeat(left, [0, 1, 2, 3].map(position), increase(v, 8 * headDim), increase(score, 16)),
        sums.map(join),
        increase(state, 16 * together),
        increase(value, 8 * together),
      ),
    ]
  })
}
