/**
 * The exact integers of blocks of 32, codes times activations: of a row in four 32-bit lanes, eight products each, and then of
 * four rows in one vector, a row a lane.
 */
import { type Arg, type Code, type FunctionBuilder, type Local, load, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { ActivationFormat } from './activation-format.ts'
import { dotTo16, dotTo32, widened } from './dot-product.ts'
import { fifthBits } from './fifth-bits.ts'
import { even32, odd32 } from './lanes.ts'
import { sumsOfFour, zero } from './simd.ts'
import type { WeightFormat } from './weight-format.ts'

export interface BlockSums {
  /** Stands before every loop. */
  readonly setUp: Code
  /** The block at row + offset times q, on top of `start`: four lanes that come to its integer. */
  ofRow(row: Local, offset: number, q: readonly Local[], start: Local | undefined): Code
  /** Four of those as one vector, the integer of each row in its lane; the four locals are overwritten. */
  ofFour(a: Local, b: Local, c: Local, d: Local): Code
}

export function blockSums(
  f: FunctionBuilder,
  format: WeightFormat,
  { operand, hasFifth }: ActivationFormat,
  dot: Dot,
): BlockSums {
  const constants = f.locals('v128', format.constants.length)
  const [one, spare] = f.locals('v128', 2) as [Local, Local]
  const fifth = hasFifth ? fifthBits(f, dot) : undefined
  const { lane, pair } = largestSums(format, hasFifth)
  const narrow = (a: Arg, b: Arg): Code => op('i32x4.dot_i16x8_s', op('i16x8.narrow_i32x4_s', a, b), one)

  const ofCodes = (codes: readonly [Code, Code], q: readonly Local[], from: Code): Code => {
    if (dot === 'relaxed-i32') {
      return codes.reduce<Code>((sum, part, half) => dotTo32(operand, part, q, half, sum), from)
    }
    const parts: Code[] = from === zero ? [] : [from]
    if (dot === 'simd128') {
      const weights = codes.flatMap((part) => widened(part, spare))
      parts.push(...weights.map((w, i) => op('i32x4.dot_i16x8_s', w, q[i]!)))
    } else {
      const products = codes.map((part, half) => dotTo16(operand, part, q, half))
      // Four products of codes up to 63 stay below 2^15 and are widened together.
      const widest = operand === 'bytes' ? [products.reduce((a, b) => op('i16x8.add', a, b))] : products
      parts.push(...widest.map((product) => op('i32x4.dot_i16x8_s', product, one)))
    }
    return parts.reduce((a, b) => op('i32x4.add', a, b))
  }

  return {
    setUp: [
      constants.map((local, i) => local.set(format.constants[i]!)),
      one.set(vector.i16(1)),
      fifth?.setUp ?? [],
    ],
    ofRow(row, offset, q, start) {
      if (!fifth) {
        const codes = (k: number): Code => format.codes(row, offset, k, constants)
        return ofCodes([codes(0), codes(1)], q, start?.get ?? zero)
      }
      const { at, low } = format.fifth!
      // Before the other codes, so that fewer vectors are needed at once: hosts have 16.
      return [
        spare.set(fifth.sum(load('v128.load32_splat', row, offset + at), q.slice(2), start)),
        ofCodes([low(row, offset, 0, constants), low(row, offset, 1, constants)], q, spare.get),
      ]
    },
    ofFour(a, b, c, d) {
      // Where 16 bits hold the sums, one instruction adds them by twos.
      if (lane > 32_767) return sumsOfFour(a, b, c, d, spare, 'i32x4.add')
      if (pair <= 32_767) return narrow(narrow(a, b), narrow(c, d))
      return [a.set(narrow(a, b)), c.set(narrow(c, d)), op('i32x4.add', even32(a, c), odd32(a, c))]
    },
  }
}

/** The largest magnitudes of a lane, eight products, and of two neighbouring ones. */
function largestSums({ code }: WeightFormat, hasFifth: boolean): { lane: number; pair: number } {
  if (code === 'signed') return { lane: 8 * 127 * 128, pair: 16 * 127 * 128 }
  // Fifth bits count -16 or 0 and stand in a lane with other activations than the low bits, 0 to 15.
  const largest = hasFifth ? 15 + 16 : Math.max(code.offset, code.largest - code.offset)
  return { lane: 8 * 127 * largest, pair: 16 * 127 * largest }
}
