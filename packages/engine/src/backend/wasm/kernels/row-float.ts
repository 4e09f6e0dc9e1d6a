/**
 * f16 and f32 weights times f32 activations as they are. A step is four values; a row whose length is no multiple of
 * four ends in single ones.
 */
import { type Code, type Local, load, op } from '../assembler.ts'
import { f16Factor, f16Load4, f16Mask, f16Splat } from './simd.ts'
import type { RowProduct, StepPlace } from './tile.ts'

export function rowFloat(cols: number, type: 'f16' | 'f32', f16Table: number): RowProduct {
  return {
    steps: Math.floor(cols / 4),
    rest: cols % 4,
    weightStep: type === 'f16' ? 8 : 16,
    activationStep: 16,
    begin(f, tokens) {
      const x = f.locals('v128', tokens)
      const [w, mask, factor] = [f.local('v128'), f.local('v128'), f.local('v128')]
      const four = (row: Local, offset: number): Code =>
        type === 'f16' ? f16Load4(row, offset, mask, factor) : load('v128.load', row, offset)
      // The activation is 0 in the other three lanes, so what the splat has there does not count.
      const one = (row: Local, offset: number): Code =>
        type === 'f16' ? f16Splat(f16Table, row, offset) : load('v128.load32_zero', row, offset)
      const step = (at: StepPlace, quarter: boolean): Code => [
        x.map((local, token) =>
          local.set(
            load(
              quarter ? 'v128.load32_zero' : 'v128.load',
              at.activations,
              at.activationOffset + token * at.activationRow,
            ),
          ),
        ),
        at.rows.map((row, r) => [
          w.set((quarter ? one : four)(row, at.weightOffset)),
          at.sums[r]!.map((sum, token) => sum.set(op('f32x4.add', sum, op('f32x4.mul', w, x[token]!)))),
        ]),
      ]
      return { setUp: type === 'f16' ? [mask.set(f16Mask), factor.set(f16Factor)] : [], step }
    },
  }
}
