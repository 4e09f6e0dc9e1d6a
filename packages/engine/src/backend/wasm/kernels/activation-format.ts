/**
 * How the rounded activations of one token lie in memory for the row kernels, which depends on the codes of the weights
 * and on the dot product. `quantize.ts` writes it, `row-block.ts` and `row-super-block.ts` read it.
 *
 * The integers q of 32 values are, by `operand`,
 * - `pairs` (SIMD128): 16 bits each, four vectors; i32x4.dot_i16x8_s.
 * - `bytes` (relaxed, codes up to 63): two vectors; the codes are the seven-bit operand.
 * - `signs` (relaxed, signed codes): the signs of q as two masks, |q| as two vectors, the seven-bit operand. As
 *   ~w = -w - 1, a weight w under q < 0 has w q = -w |q| = ~w |q| + |q|, so (w ^ mask) |q| misses w q by |q| there.
 * What the products of codes miss is `correction.factor` times a sum of q, over all q or over the negative ones.
 *
 * A block of 32 is: q, for codes of five bits as `bytes` the two planes of `fifth-bits.ts`, the correction as four 32-bit
 * numbers to start from, d in all lanes, and for weights with a minimum d times the sum of all q in all lanes. As lanes are
 * narrowed to 16 bits later, the correction of a lane is that of the activations multiplied in it.
 *
 * A block of 256 is: q of eight times 32, corrections, the sums of q of each group where there are minima, d in all lanes.
 * The correction of a group with signed codes is four numbers of 32 bits to start from; that of another, which has 16 codes, two
 * numbers of 16 bits, of the lanes that `row-super-block.ts` has made two of by then.
 * The sums are 16-bit numbers; or, for sub-minima below 64 and relaxed dot products, they are split as 128 * high + low with
 * -64 <= low < 64, first the bytes of all low ones, then of all high ones.
 */
import type { Dot } from '../features.ts'
import type { WeightFormat } from './weight-format.ts'

export type Operand = 'pairs' | 'bytes' | 'signs'

export interface Correction {
  /** The sums are of all q, or of the negative ones. */
  readonly negative: boolean
  readonly factor: number
}

export interface ActivationFormat {
  readonly operand: Operand
  /** Vectors of q of 32 values, planes included. */
  readonly vectors: number
  /** Fifth bits are multiplied apart. */
  readonly hasFifth: boolean
  readonly dot: Dot
  readonly correction: Correction | undefined
  /** Of a block of 256: vectors of numbers to start from, and of sums. */
  readonly starts: number
  readonly sums: number
  readonly areSumsSplit: boolean
  /** Bytes of a block. */
  readonly bytes: number
}

export function activationFormat(format: WeightFormat, dot: Dot): ActivationFormat {
  const operand = dot === 'simd128' ? 'pairs' : format.code === 'signed' ? 'signs' : 'bytes'
  const hasFifth = format.values === 32 && format.fifth !== undefined && operand === 'bytes'
  const vectors = operand === 'bytes' && !hasFifth ? 2 : 4
  const correction = correctionOf(format, operand)
  if (format.values === 32) {
    const count = vectors + (correction ? 1 : 0) + 1 + (format.min ? 1 : 0)
    return {
      dot,
      operand,
      vectors,
      hasFifth,
      correction,
      starts: 0,
      sums: 0,
      areSumsSplit: false,
      bytes: 16 * count,
    }
  }
  const groups = 256 / format.group
  const starts = correction === undefined ? 0 : format.code === 'signed' ? groups : groups / 4
  const areSumsSplit = format.ofFourRows !== undefined && operand !== 'pairs'
  const sums = format.min ? groups / 8 : 0
  const bytes = 16 * (8 * vectors + starts + sums + 1)
  return { dot, operand, vectors, hasFifth, correction, starts, sums, areSumsSplit, bytes }
}

/** What the sum of codes times q misses of the sum of weights times q. */
export function correctionOf({ code }: WeightFormat, operand: Operand): Correction | undefined {
  if (code === 'signed') return operand === 'signs' ? { negative: true, factor: -1 } : undefined
  return code.offset === 0 ? undefined : { negative: false, factor: -code.offset }
}
