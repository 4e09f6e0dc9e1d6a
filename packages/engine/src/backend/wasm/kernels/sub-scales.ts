/**
 * The sub-scales and sub-minima of four rows' blocks of 256, as `row-super-block.ts` multiplies with them. Where they are six
 * bits without sign, they are taken apart for the four rows at once, a row a 32-bit lane, and sub-minima are multiplied with
 * sums of activations that were split into bytes. Else each row's are widened to 16 bits and laid beside the next row's.
 */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  type Local,
  load,
  op,
  shuffle,
  vector,
} from '../assembler.ts'
import type { ActivationFormat } from './activation-format.ts'
import { even32, high32, low32, odd32 } from './lanes.ts'
import { transpose, zero } from './simd.ts'
import type { StepPlace } from './tile.ts'
import type { WeightFormat } from './weight-format.ts'

export interface SubScales {
  readonly setUp: Code
  /** Those of four blocks; to be run first. */
  read(at: StepPlace): Code
  /** Sub-minima times sums of activations, a row a lane; to be evaluated once, behind `read`. */
  minima(at: StepPlace): Code
  /** Of groups 2 `unit` (a) and 2 `unit` + 1 (b), in 16 bits: a a b b of row 2 `pair`, then of the row behind it. */
  ofUnit(unit: number, pair: number): Code
  /** Of one group, in 32 bits: that of row 2 `pair`, that of the row behind it, and both again. */
  ofGroup(group: number, pair: number): Code
}

export function subScalesOfFour(
  f: FunctionBuilder,
  format: WeightFormat,
  activation: ActivationFormat,
  constants: readonly Local[],
): SubScales {
  const make = activation.areSumsSplit ? fourAtOnce : rowByRow
  return make(f, format, 16 * (8 * activation.vectors + activation.starts), constants)
}

type Make = (
  f: FunctionBuilder,
  format: WeightFormat,
  /** Where the sums are in a block of activations. */
  sumsAt: number,
  constants: readonly Local[],
) => SubScales

const fourAtOnce: Make = (f, format, sumsAt, constants) => {
  const count = 64 / format.group
  const words = f.locals('v128', 4)
  const [scales, minima] = [f.locals('v128', count), f.locals('v128', count)]
  const t = f.local('v128')
  // Bytes of no sign widened to 16 bits by zeros: an index of 128 gives 0.
  const places = [0, 1].map((half) =>
    [0, 1].map((pair) =>
      Uint8Array.from({ length: 16 }, (_, i) =>
        i % 2 === 1 ? 128 : 4 * (2 * pair + (i >> 3)) + 2 * half + ((i >> 2) & 1),
      ),
    ),
  )
  const spread = places.map((pairs) => pairs.map(() => f.local('v128')))
  return {
    setUp: places.map((pairs, half) =>
      pairs.map((bytes, pair) => spread[half]![pair]!.set(vector.of(bytes))),
    ),
    read({ rows, weightOffset }) {
      const all = format.ofFourRows!(words, constants)
      const [a, b, c, d] = words
      return [
        words.map((word, r) => word.set(load('v128.load', rows[r]!, weightOffset))),
        transpose(a!, b!, c!, d!, t),
        minima.map((local, i) => local.set(all.minima[i]!)),
        scales.map((local, i) => local.set(all.scales[i]!)),
      ]
    },
    minima({ activations, activationOffset }) {
      const times = (part: number): Code =>
        minima.reduce<Code>((sum, local, i) => {
          const sums = load(
            'v128.load32_splat',
            activations,
            activationOffset + sumsAt + 4 * (part * count + i),
          )
          return op('i32x4.relaxed_dot_i8x16_i7x16_add_s', sums, local, sum)
        }, zero)
      return op('i32x4.add', op('i32x4.shl', times(1), 7), times(0))
    },
    ofUnit: (unit, pair) => op('i8x16.relaxed_swizzle', scales[unit >> 1]!, spread[unit & 1]![pair]!),
    ofGroup() {
      throw new RangeError('no type with six-bit sub-scales has codes of eight bits')
    },
  }
}

const rowByRow: Make = (f, format, sumsAt, constants) => {
  const count = 32 / format.group
  const scales = [0, 1, 2, 3].map(() => f.locals('v128', count))
  const minima = f.locals('v128', format.min ? 4 : 0)
  const [spare, t] = [f.local('v128'), f.local('v128')]
  const folded = (a: Arg, b: Arg): Code => op('i32x4.add', even32(a, b), odd32(a, b))
  return {
    setUp: [],
    read: ({ rows, weightOffset, activations, activationOffset: from }) => [
      rows.map((row, r) => {
        const all = format.subScales!(row, weightOffset, spare, constants)
        const products = all
          .slice(count)
          .map((part, i) =>
            op('i32x4.dot_i16x8_s', part, load('v128.load', activations, from + sumsAt + 16 * i)),
          )
        return [
          scales[r]!.map((local, i) => local.set(all[i]!)),
          format.min ? minima[r]!.set(products.reduce((a, b) => op('i32x4.add', a, b))) : [],
        ]
      }),
      // Two groups of a row are 32 bits; the four of two rows' first halves and their last.
      [0, 2].map((r) =>
        scales[r]!.map((first, i) => {
          const second = scales[r + 1]![i]!
          return [t.set(low32(first, second)), second.set(high32(first, second)), first.set(t)]
        }),
      ),
    ],
    minima() {
      const [a, b, c, d] = minima
      return [a!.set(folded(a!, b!)), c!.set(folded(c!, d!)), folded(a!, c!)]
    },
    ofUnit(unit, pair) {
      const from = scales[2 * pair + ((unit >> 1) & 1)]![unit >> 2]!
      return shuffle(
        from,
        from,
        [0, 0, 1, 1, 2, 2, 3, 3].map((lane) => lane + 4 * (unit & 1)),
      )
    },
    ofGroup(group, pair) {
      const from = scales[2 * pair + ((group >> 2) & 1)]![group >> 3]!
      const both = [0, 1, 0, 1].map((lane) => lane + (group & 2))
      const pairs = shuffle(from, from, both)
      return op('i32x4.shr_s', group % 2 === 1 ? pairs : op('i32x4.shl', pairs, 16), 16)
    },
  }
}
