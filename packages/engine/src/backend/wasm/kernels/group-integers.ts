/** Codes of a group of 16 or 32 times activations, summed exactly to four lanes of 32 bits, in each form of dot product. */
import { type Code, type FunctionBuilder, type Local, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { Operand } from './activation-format.ts'
import { dotTo16, dotTo32, widened } from './dot-product.ts'
import { zero } from './simd.ts'

/** Sixteen codes, and the vectors of the 32 activations of which they meet the first or the second `half`. */
export interface Sixteen {
  readonly codes: Code
  readonly q: readonly Local[]
  readonly half: number
}

export interface GroupIntegers {
  readonly setUp: Code
  /** In the order given, with `start` added. With bytes and signs lane i has numbers 4 i to 4 i + 3 of each sixteen. */
  sum(parts: readonly Sixteen[], start: Code | undefined): Code
}

export function groupIntegers(f: FunctionBuilder, operand: Operand, dot: Dot): GroupIntegers {
  const local = f.local('v128')
  const added = (parts: readonly Code[]): Code => parts.reduce((a, b) => op('i32x4.add', a, b))
  const withStart = (parts: readonly Code[], start: Code | undefined): Code =>
    added(start ? [...parts, start] : parts)
  switch (dot) {
    case 'relaxed-i32':
      return {
        setUp: [],
        sum: (parts, start) =>
          parts.map(({ codes, q, half }, i) => {
            const product = dotTo32(operand, codes, q, half, i > 0 ? local : (start ?? zero))
            return i < parts.length - 1 ? local.set(product) : product
          }),
      }
    case 'relaxed-i16':
      return {
        setUp: local.set(vector.i16(1)),
        sum(parts, start) {
          const products = parts.map(({ codes, q, half }) => dotTo16(operand, codes, q, half))
          // Four products of codes up to 63 stay below 2^15 and are widened together.
          const widest = operand === 'bytes' ? [products.reduce((a, b) => op('i16x8.add', a, b))] : products
          return withStart(
            widest.map((product) => op('i32x4.dot_i16x8_s', product, local)),
            start,
          )
        },
      }
    case 'simd128':
      return {
        setUp: [],
        sum: (parts, start) =>
          withStart(
            parts.flatMap(({ codes, q, half }) =>
              widened(codes, local).map((w, i) => op('i32x4.dot_i16x8_s', w, q[2 * half + i]!)),
            ),
            start,
          ),
      }
  }
}
