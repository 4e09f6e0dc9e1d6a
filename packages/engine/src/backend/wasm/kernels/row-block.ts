/**
 * Weights in blocks of 32 times one token's rounded activations, four rows at once, a row a lane: a block's integers are summed
 * exactly and only then converted, times both scales, and added to the f32 sum; a minimum is added times the sum of the block's
 * activations. So a row is summed block by block in its order, and every backend gives the same bits.
 */
import { type Code, type Local, load, op } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { blockSums } from './block-sums.ts'
import type { RowProduct, StepPlace } from './tile.ts'
import type { WeightFormat } from './weight-format.ts'

export function rowBlock(
  format: WeightFormat,
  activation: ActivationFormat,
  cols: number,
  dot: Dot,
): RowProduct {
  const { vectors, correction, bytes } = activation
  const minimumAt = bytes - 16
  const scaleAt = format.min ? bytes - 32 : bytes - 16
  return {
    steps: cols / 32,
    rest: 0,
    weightStep: format.bytes,
    activationStep: bytes,
    ofFour: true,
    begin(f) {
      const sums = blockSums(f, format, activation, dot)
      const q = f.locals('v128', vectors)
      const start = correction ? f.local('v128') : undefined
      const parts = f.locals('v128', 4) as [Local, Local, Local, Local]
      const integers = f.local('v128')

      const step = ({ rows, activations, activationOffset, weightOffset, ...place }: StepPlace): Code => {
        const sum = place.sums[0]![0]!
        const at = (offset: number): Code => load('v128.load', activations, activationOffset + offset)
        const addTimes = (numbers: Code, by: Code): Code =>
          sum.set(op('f32x4.add', sum, op('f32x4.mul', numbers, by)))
        return [
          q.map((local, i) => local.set(at(16 * i))),
          start ? start.set(at(16 * vectors)) : [],
          rows.map((row, r) => parts[r]!.set(sums.ofRow(row, weightOffset, q, start))),
          integers.set(op('f32x4.convert_i32x4_s', sums.ofFour(...parts))),
          addTimes(integers.get, op('f32x4.mul', format.fourScales!(rows, weightOffset), at(scaleAt))),
          format.fourMinima ? addTimes(format.fourMinima(rows, weightOffset), at(minimumAt)) : [],
        ]
      }
      return { setUp: sums.setUp, step }
    },
  }
}
