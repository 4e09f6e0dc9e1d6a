/**
 * Weights in blocks of 32 times one token's rounded activations: a block's integers are summed exactly to four lanes,
 * converted, and added to the f32 sum times both scales; a minimum is added times the sum of the block's activations.
 */
import { type Arg, type Code, load, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { dotTo16, dotTo32, widened } from './dot-product.ts'
import { zero } from './simd.ts'
import type { RowProduct, StepPlace } from './tile.ts'
import type { WeightFormat } from './weight-format.ts'

export function rowBlock(
  format: WeightFormat,
  activation: ActivationFormat,
  cols: number,
  dot: Dot,
): RowProduct {
  const { operand, vectors, correction, bytes } = activation
  return {
    steps: cols / 32,
    rest: 0,
    weightStep: format.bytes,
    activationStep: bytes,
    begin(f) {
      const constants = f.locals('v128', format.constants.length)
      const q = f.locals('v128', vectors)
      const start = correction ? [f.local('v128')] : []
      const d = f.local('v128')
      const sumOfQ = format.min ? [f.local('v128')] : []
      const values = [...q, ...start, d, ...sumOfQ]
      const [spare, one] = f.locals('v128', 2)

      const integers = (codes: readonly Code[]): Code => {
        if (dot === 'relaxed-i32') {
          const from: Arg = start[0] ?? zero
          return codes.reduce<Arg>((sum, part, half) => dotTo32(operand, part, q, half, sum), from) as Code
        }
        const parts: Code[] = start.map((local) => local.get)
        if (dot === 'simd128') {
          const weights = codes.flatMap((part) => widened(part, spare!))
          parts.push(...weights.map((w, i) => op('i32x4.dot_i16x8_s', w, q[i]!)))
        } else {
          const products = codes.map((part, half) => dotTo16(operand, part, q, half))
          // Four products of codes up to 63 stay below 2^15 and are widened together.
          const widest = operand === 'bytes' ? [products.reduce((a, b) => op('i16x8.add', a, b))] : products
          parts.push(...widest.map((product) => op('i32x4.dot_i16x8_s', product, one!)))
        }
        return parts.reduce((a, b) => op('i32x4.add', a, b))
      }

      const step = ({ rows, activations, activationOffset, sums, weightOffset }: StepPlace): Code => [
        values.map((local, i) => local.set(load('v128.load', activations, activationOffset + 16 * i))),
        rows.map((row, r) => {
          const [sum] = sums[r]!
          const codes = [0, 1].map((k) => format.codes(row, weightOffset, k, constants))
          const products = op('f32x4.convert_i32x4_s', integers(codes))
          const scaled = op('f32x4.mul', products, op('f32x4.mul', format.scale(row, weightOffset), d))
          const added = op('f32x4.add', sum!, scaled)
          if (!format.min) return sum!.set(added)
          const minima = op('f32x4.mul', format.min(row, weightOffset), sumOfQ[0]!)
          return sum!.set(op('f32x4.add', added, minima))
        }),
      ]
      return {
        setUp: [
          constants.map((local, i) => local.set(format.constants[i]!)),
          dot === 'relaxed-i16' ? one!.set(vector.i16(1)) : [],
        ],
        step,
      }
    },
  }
}
