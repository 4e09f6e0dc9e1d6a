/**
 * attentionValues(scores, value, state, fours, mask): to the o of rowsAtOnce unfinished rows, scaled by the first of their two
 * sides, comes the sum of weight times value over `fours` times four positions, in order, scaled by the second.
 * scores, sides and sums as scoreBytes tells, value [positions, headDim] f16, state [rowsAtOnce] as stateBytes tells; `mask` is HALF_BITS.
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
  smaller,
  stateBytes,
} from './attention-form.ts'
import { zero } from './simd.ts'

/**
 * Fours of positions whose values are read in one go before they are weighed, some numbers of the head after the other. Memory
 * is then read in order: attention over heads of 128 that come from there takes two thirds of the time.
 */
const FOURS = 8

export function valuesKernel(module: ModuleBuilder, shape: AttentionForm): void {
  const { headDim, rowsAtOnce, relaxed } = shape
  const together = divisor(headDim / 4, columnsFor(rowsAtOnce))
  const params = ['i32', 'i32', 'i32', 'i32', 'i32'] as const
  module.func('attentionValues', params, (f, scores, value, state, fours, mask) => {
    const sums = Array.from({ length: rowsAtOnce }, () => f.locals('v128', together))
    const multiply = outerProduct(f, relaxed, sums)
    const [chunk, v, score, left] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const [parts, some, o, first] = f.locals('i32', 4) as [Local, Local, Local, Local]
    const masks = f.local('v128')
    const touched = f.local('i32')
    const position = (p: number): Code =>
      multiply(
        (r) => load('v128.load32_splat', score, 4 * (r * BLOCK + p)),
        (c) => halves(v, (p * headDim + 4 * c) * 2, masks),
      )
    // Where, from the scores on, sides and sums lie.
    const sides = 4 * BLOCK * rowsAtOnce
    const held = sides + 32 * rowsAtOnce
    const each = (what: (sum: Local, at: number) => Code): Code =>
      sums.map((row, r) => row.map((sum, c) => what(sum, held + 4 * r * headDim + 16 * c)))
    const join = (r: number): Code => {
      const side = (i: number): Code => load('v128.load', scores, sides + 32 * r + 16 * i)
      const at = r * stateBytes(headDim) + 32
      const total = load('v128.load', o, held + 4 * r * headDim)
      const joined = madd(relaxed, load('v128.load', state, at), side(0), op('f32x4.mul', total, side(1)))
      return store('v128.store', state, at, joined)
    }
    return [
      masks.set(op('i32x4.splat', mask)),
      o.set(scores),
      left.set((rowsAtOnce * headDim) / 4),
      repeat(left, store('v128.store', o, held, zero), increase(o, 16)),
      first.set(scores),
      parts.set(op('i32.div_u', op('i32.add', fours, FOURS - 1), FOURS)),
      repeat(
        parts,
        some.set(smaller(fours, FOURS)),
        fours.set(op('i32.sub', fours, some)),
        v.set(value),
        left.set(op('i32.mul', some, Math.floor(headDim / 32))),
        repeat(
          left,
          [0, 64, 128, 192].map((line) => increase(touched, load('i32.load8_u', v, line))),
          increase(v, 256),
        ),
        o.set(scores),
        chunk.set(headDim / 4 / together),
        repeat(
          chunk,
          v.set(value),
          score.set(first),
          each((sum, at) => sum.set(load('v128.load', o, at))),
          left.set(some),
          repeat(left, [0, 1, 2, 3].map(position), increase(v, 8 * headDim), increase(score, 16)),
          each((sum, at) => store('v128.store', o, at, sum)),
          increase(o, 16 * together),
          increase(value, 8 * together),
        ),
        value.set(op('i32.sub', v, 8 * (headDim / 4 - together))),
        first.set(score),
      ),
      // Nobody reads it; what is not used need not be loaded.
      store('i32.store16', scores, 0, touched),
      o.set(scores),
      left.set(headDim / 4),
      repeat(
        left,
        sums.map((_, r) => join(r)),
        increase(o, 16),
        increase(state, 16),
      ),
    ]
  })
}
