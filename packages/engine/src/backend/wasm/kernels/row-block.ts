/**
 * Weights in blocks of 32 times one token's rounded activations, four rows at once, a row a lane: a block's integers are summed
 * exactly and only then converted, times both scales, and added to the f32 sum; a minimum is added times the sum of the block's
 * activations. So a row is summed block by block in its order, and every backend gives the same bits.
 */
import { type Code, load, op } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { blockSums } from './block-sums.ts'
import { low32, low64 } from './lanes.ts'
import type { RowProduct, StepPlace } from './tile.ts'
import type { WeightFormat } from './weight-format.ts'

export function rowBlock(
  format: WeightFormat,
  activation: ActivationFormat,
  cols: number,
  dot: Dot,
): RowProduct {
  const { vectors, correction, bytes } = activation
  const scaleAt = bytes - (format.min ? 32 : 16)
  return {
    steps: cols / 32,
    rest: 0,
    weightStep: format.bytes,
    activationStep: bytes,
    ofFour: true,
    begin(f) {
      const sums = blockSums(f, format, activation, dot)
      const q = f.locals('v128', vectors)
      const parts = f.locals('v128', 4)
      const scaled = f.local('v128')

      const step = ({ rows, activations, activationOffset, weightOffset, ...place }: StepPlace): Code => {
        const sum = place.sums[0]![0]!
        const at = (offset: number): Code => load('v128.load', activations, activationOffset + offset)
        const ofRows = (one: WeightFormat['scale']): Code => {
          const [a, b, c, d] = rows.map((row) => one(row, weightOffset))
          return low64(low32(a!, b!), low32(c!, d!))
        }
        const [a, b, c, d] = parts
        const integers = sums.ofFour(a!, b!, c!, d!)
        const whole = correction ? op('i32x4.add', integers, at(16 * vectors)) : integers
        return [
          q.map((local, i) => local.set(at(16 * i))),
          rows.map((row, r) => parts[r]!.set(sums.ofRow(row, weightOffset, q))),
          scaled.set(op('f32x4.convert_i32x4_s', whole)),
          scaled.set(op('f32x4.mul', scaled, op('f32x4.mul', ofRows(format.scale), at(scaleAt)))),
          sum.set(op('f32x4.add', sum, scaled)),
          format.min
            ? sum.set(op('f32x4.add', sum, op('f32x4.mul', ofRows(format.min), at(scaleAt + 16))))
            : [],
        ]
      }
      return { setUp: sums.setUp, step }
    },
  }
}
