/**
 * f32, f16 and bf16 weights times f32 activations as they are (with f16, times `format.scale`). A step is four values; a row
 * whose length is no multiple of four ends in single ones.
 */
import { type Code, type Local, load, op } from '../assembler.ts'
import type { FloatFormat } from './float-format.ts'
import type { RowProduct, StepPlace } from './tile.ts'

/** `isFused` where products are exact and relaxed SIMD is there: one instruction then rounds as two do. */
export function rowFloat(
  { bytes, constants, four, one }: FloatFormat,
  cols: number,
  isFused: boolean,
): RowProduct {
  return {
    steps: Math.floor(cols / 4),
    rest: cols % 4,
    weightStep: 4 * bytes,
    activationStep: 16,
    begin(f, tokens) {
      const x = f.locals('v128', tokens)
      const w = f.local('v128')
      const kept = f.locals('v128', constants.length)
      const added = (sum: Local, by: Local): Code =>
        isFused ? op('f32x4.relaxed_madd', w, by, sum) : op('f32x4.add', sum, op('f32x4.mul', w, by))
      const step = (at: StepPlace, quarter: boolean): Code => [
        x.map((local, token) =>
          local.set(
            load(
              // 0 in the other three lanes, so that what `one` has there does not count.
              quarter ? 'v128.load32_zero' : 'v128.load',
              at.activations,
              at.activationOffset + token * at.activationRow,
            ),
          ),
        ),
        at.rows.map((row, r) => [
          w.set(quarter ? one(row, at.weightOffset, kept) : four(row, at.weightOffset, kept)),
          at.sums[r]!.map((sum, token) => sum.set(added(sum, x[token]!))),
        ]),
      ]
      return { setUp: kept.map((local, i) => local.set(constants[i]!)), step }
    },
  }
}
