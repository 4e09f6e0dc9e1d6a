/**
 * What q8_0 and q4_0 have in common: a block's integers are summed exactly to four lanes, converted, and added to the
 * f32 sum times both scales. For one token: `batch.ts` serves several.
 */
import { type Code, type Local, load, op } from '../assembler.ts'
import type { Dot } from '../features.ts'
import { activationBlockBytes, type BlockType } from './quantize.ts'
import { f16Splat } from './simd.ts'
import type { RowProduct, StepPlace } from './tile.ts'

export interface BlockFormat {
  readonly type: BlockType
  readonly bytes: number
  /** Constant vectors the two functions below use, in that order. */
  readonly constants: readonly Code[]
  /** The block's weights as vectors, ready for `sum`; `packed` is a spare local. */
  weights(row: Local, offset: number, packed: Local, constants: readonly Local[]): Code[]
  /** The 32 products as four 32-bit integers; `activations` are the vectors of a quantised block. */
  sum(weights: readonly Local[], activations: readonly Local[], constants: readonly Local[]): Code
}

export function rowBlock(format: BlockFormat, cols: number, dot: Dot, f16Table: number): RowProduct {
  const activationStep = activationBlockBytes(format.type, dot)
  const vectors = activationStep / 16
  return {
    steps: cols / 32,
    rest: 0,
    weightStep: format.bytes,
    activationStep,
    begin(f) {
      const scale = f.local('v128')
      const packed = f.local('v128')
      const weights = f.locals('v128', dot === 'simd128' ? 4 : 2)
      const block = f.locals('v128', vectors)
      const constants = f.locals('v128', format.constants.length)
      const step = ({ rows, activations, activationOffset, sums, weightOffset }: StepPlace): Code => [
        block.map((part, i) => part.set(load('v128.load', activations, activationOffset + 16 * i))),
        rows.map((row, r) => {
          const integers = format.sum(weights, block, constants)
          const factor = op('f32x4.mul', scale, block[vectors - 1]!)
          const values = op('f32x4.mul', op('f32x4.convert_i32x4_s', integers), factor)
          const [sum] = sums[r]!
          return [
            format.weights(row, weightOffset + 2, packed, constants).map((code, i) => weights[i]!.set(code)),
            scale.set(f16Splat(f16Table, row, weightOffset)),
            sum!.set(op('f32x4.add', sum!, values)),
          ]
        }),
      ]
      return { setUp: constants.map((local, i) => local.set(format.constants[i]!)), step }
    },
  }
}
