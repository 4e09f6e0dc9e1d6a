/**
 * Weights in blocks of 256 times one token's rounded activations. The integers of a block are summed exactly, each group's
 * times its sub-scale; only then comes f32: sum += integers * (d * dx), and where there are minima
 * sum -= (sub-minima times sums of activations) * (dmin * dx). So every backend gives the same bits.
 *
 * A sub-scale is applied where numbers have 16 bits, with i32x4.dot_i16x8_s, which also halves their count: to pairs of
 * products (relaxed-i16, and `signs` anywhere), to the widened codes themselves (SIMD128: at most 63 * 128), or to the
 * narrowed sums of two groups (relaxed-i32: eight products of 31 * 127 or four of 63 * 127 a lane).
 */
import { type Arg, type Code, type Local, load, op, shuffle, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { dotTo16, dotTo32, widened } from './dot-product.ts'
import { acrossLanes, zero } from './simd.ts'
import type { RowProduct, StepPlace } from './tile.ts'
import type { WeightFormat } from './weight-format.ts'

export function rowSuperBlock(
  format: WeightFormat,
  activation: ActivationFormat,
  cols: number,
  dot: Dot,
): RowProduct {
  const { operand, vectors, correction, bytes } = activation
  const scaleVectors = 32 / format.group
  const vectorsOfGroup = format.group / 16
  return {
    steps: cols / 256,
    rest: 0,
    weightStep: format.bytes,
    activationStep: bytes,
    isWhole: true,
    begin(f) {
      const constants = f.locals('v128', format.constants.length)
      const scales = f.locals('v128', scaleVectors)
      const doubled = f.locals('v128', 2 * scaleVectors)
      const [sum, minima, spare, factor, d] = f.locals('v128', 5) as [Local, Local, Local, Local, Local]

      const add = (product: Code): Code => sum.set(op('i32x4.add', sum, product))
      /** The sub-scales of two groups of one pair, or of one group twice, each in four lanes of 16 bits. */
      const spread = (a: number, b: number): Code => {
        const from = doubled[a >> 2]!
        return shuffle(from, from, [a & 3, a & 3, b & 3, b & 3])
      }
      const byVector = (codes: (k: number) => Code, q: (k: number) => Code[]): Code =>
        Array.from({ length: 16 }, (_, k) => {
          const group = Math.floor(k / vectorsOfGroup)
          const isFirst = k % vectorsOfGroup === 0
          return [
            isFirst ? factor.set(spread(group, group)) : [],
            dot === 'simd128'
              ? widened(codes(k), spare).map((part, i) =>
                  add(op('i32x4.dot_i16x8_s', op('i16x8.mul', part, factor), q(k >> 1)[2 * (k & 1) + i]!)),
                )
              : add(op('i32x4.dot_i16x8_s', dotTo16(operand, codes(k), q(k >> 1), k & 1), factor)),
          ]
        })
      const byTwoGroups = (codes: (k: number) => Code, q: (k: number) => Code[]): Code => {
        const integers = (group: number): Code => {
          const first = group * vectorsOfGroup
          const all = [first, first + 1].slice(0, vectorsOfGroup)
          return all.reduce<Code>((acc, k) => dotTo32(operand, codes(k), q(k >> 1), k & 1, acc), zero)
        }
        return Array.from({ length: 128 / format.group }, (_, pair) => {
          const [a, b] = [2 * pair, 2 * pair + 1]
          const both = op('i16x8.narrow_i32x4_s', integers(a), integers(b))
          return add(op('i32x4.dot_i16x8_s', both, spread(a, b)))
        })
      }
      const products = dot === 'relaxed-i32' && operand === 'bytes' ? byTwoGroups : byVector

      const step = ({ rows, activations, activationOffset: at, sums, weightOffset }: StepPlace): Code => {
        const q = (half: number): Code[] =>
          Array.from({ length: vectors }, (_, i) =>
            load('v128.load', activations, at + 16 * (half * vectors + i)),
          )
        const withSums = (numbers: readonly Arg[]): Code =>
          numbers
            .map((part, i) =>
              op('i32x4.dot_i16x8_s', part, load('v128.load', activations, at + 16 * (8 * vectors + i))),
            )
            .reduce((a, b) => op('i32x4.add', a, b))
        const times = (scale: Code, integers: Arg): Code => {
          const whole = acrossLanes('i32x4.add', integers, spare)
          return op('f32x4.mul', op('f32x4.convert_i32x4_s', whole), op('f32x4.mul', scale, d))
        }
        const ofRow = (row: Local, total: Local): Code => {
          const subScales = format.subScales!(row, weightOffset, spare, constants)
          return [
            scales.map((local, i) => local.set(subScales[i]!)),
            format.min ? minima.set(withSums(subScales.slice(scaleVectors))) : [],
            // 32-bit lanes can be spread by one cheap instruction, 16-bit ones cannot.
            doubled.map((local, i) => {
              const half = 4 * (i & 1)
              const lanes = [0, 0, 1, 1, 2, 2, 3, 3].map((lane) => lane + half)
              return local.set(shuffle(scales[i >> 1]!, scales[i >> 1]!, lanes))
            }),
            sum.set(correction ? op('i32x4.mul', withSums(scales), vector.i32(correction.factor)) : zero),
            products((k) => format.codes(row, weightOffset, k, constants), q),
            total.set(op('f32x4.add', total, times(format.scale(row, weightOffset), sum))),
            format.min ? total.set(op('f32x4.sub', total, times(format.min(row, weightOffset), minima))) : [],
          ]
        }
        return [
          d.set(load('v128.load', activations, at + bytes - 16)),
          rows.map((row, r) => ofRow(row, sums[r]![0]!)),
        ]
      }
      return { setUp: constants.map((local, i) => local.set(format.constants[i]!)), step }
    },
  }
}
