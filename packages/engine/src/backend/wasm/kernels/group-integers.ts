/**
 * Codes of a group of 16 or 32 times activations, summed exactly to four lanes, in each form of dot product. Of sixteen numbers
 * lane i has 4 i to 4 i + 3 in the form `relaxed-i32`; in the others lanes 0 and 2 together have those of even pairs.
 */
import { type Code, type FunctionBuilder, type Local, op, vector } from '../assembler.ts'
import type { Dot } from '../features.ts'
import type { Operand } from './activation-format.ts'
import { dotTo16, dotTo32, widened } from './dot-product.ts'
import { even32, odd32 } from './lanes.ts'
import { zero } from './simd.ts'

/** Sixteen codes, and the vectors of the 32 activations of which they meet the first or the second `half`. */
export interface Sixteen {
  readonly codes: Code
  readonly q: readonly Local[]
  readonly half: number
}

export interface GroupIntegers {
  readonly setUp: Code
  /** Sets `into` to a group's four lanes of 32 bits, with `start` added. */
  group(into: Local, parts: readonly Sixteen[], start: Code | undefined): Code
  /** Sets `into` to four lanes of 16 bits of one group, then of another. */
  unit(into: Local, a: readonly Sixteen[], b: readonly Sixteen[]): Code
}

export function groupIntegers(f: FunctionBuilder, operand: Operand, dot: Dot): GroupIntegers {
  const local = f.local('v128')
  if (dot === 'relaxed-i16' && operand === 'bytes') return inSixteenBits(local)
  const sum = {
    'relaxed-i32': byDot32,
    'relaxed-i16': byDot16,
    simd128: byPairs,
  }[dot](local, operand)
  return {
    setUp: dot === 'relaxed-i16' ? local.set(vector.i16(1)) : [],
    group: (into, parts, start) => into.set(sum(parts, start)),
    unit: (into, a, b) => [into.set(sum(a)), into.set(op('i16x8.narrow_i32x4_s', into, sum(b)))],
  }
}

type Sum = (parts: readonly Sixteen[], start?: Code) => Code

const added = (name: 'i16x8.add' | 'i32x4.add', parts: readonly Code[]): Code =>
  parts.reduce((a, b) => op(name, a, b))

const byDot32 =
  (before: Local, operand: Operand): Sum =>
  (parts, start) =>
    parts.map(({ codes, q, half }, i) => {
      const product = dotTo32(operand, codes, q, half, i > 0 ? before : (start ?? zero))
      return i < parts.length - 1 ? before.set(product) : product
    })

const byDot16 =
  (one: Local, operand: Operand): Sum =>
  (parts, start) => {
    const widened = parts.map(({ codes, q, half }) =>
      op('i32x4.dot_i16x8_s', dotTo16(operand, codes, q, half), one),
    )
    return added('i32x4.add', start ? [...widened, start] : widened)
  }

const byPairs =
  (spare: Local): Sum =>
  (parts, start) => {
    const products = parts.flatMap(({ codes, q, half }) =>
      widened(codes, spare).map((w, i) => op('i32x4.dot_i16x8_s', w, q[2 * half + i]!)),
    )
    return added('i32x4.add', start ? [...products, start] : products)
  }

/** Sums of four products of codes up to 63, or of eight up to 31, hold in 16 bits: nothing is widened. */
function inSixteenBits(first: Local): GroupIntegers {
  const products = (parts: readonly Sixteen[]): Code =>
    added(
      'i16x8.add',
      parts.map(({ codes, q, half }) => dotTo16('bytes', codes, q, half)),
    )
  return {
    setUp: [],
    group() {
      throw new RangeError('codes up to 63 are taken by units')
    },
    unit: (into, a, b) => [
      first.set(products(a)),
      into.set(products(b)),
      into.set(op('i16x8.add', even32(first, into), odd32(first, into))),
    ],
  }
}
