/**
 * Sixteen codes times sixteen activations, as exact integers, in each operand of `activation-format.ts` and each form of
 * dot product; how they are summed further is the row kernels' business.
 */
import { type Arg, type Code, type Local, op } from '../assembler.ts'
import type { Operand } from './activation-format.ts'

/** The two sides of a relaxed dot product: eight bits with sign, then seven bits. `q` are the vectors of 32 activations. */
function sides(operand: Operand, codes: Code, q: readonly Arg[], half: number): [Arg, Arg] {
  if (operand === 'bytes') return [q[half]!, codes]
  return [op('v128.xor', codes, q[half]!), q[half + 2]!]
}

/** Adds them to the four 32-bit numbers of `sum`. */
export function dotTo32(operand: Operand, codes: Code, q: readonly Arg[], half: number, sum: Arg): Code {
  return op('i32x4.relaxed_dot_i8x16_i7x16_add_s', ...sides(operand, codes, q, half), sum)
}

/** As eight 16-bit numbers, each the sum of two products: at most 2 * 128 * 127, which is below 2^15. */
export function dotTo16(operand: Operand, codes: Code, q: readonly Arg[], half: number): Code {
  return op('i16x8.relaxed_dot_i8x16_i7x16_s', ...sides(operand, codes, q, half))
}

/** The codes as two vectors of 16-bit numbers; `spare` holds them in between. */
export function widened(codes: Code, spare: Local): [Code, Code] {
  return [op('i16x8.extend_low_i8x16_s', spare.tee(codes)), op('i16x8.extend_high_i8x16_s', spare)]
}
