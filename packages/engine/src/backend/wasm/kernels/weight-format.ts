/**
 * What the kernels have to know of a block type: where its bits lie, as expressions on a pointer to the block. The row
 * kernels, `widen` and `embed` are written once against this; a type is one more of these objects. Those of 32 values are
 * in `blocks.ts`, those of 256 in `super-blocks.ts`. The layouts themselves are told in quant/.
 *
 * The values of a block come as codes, 16 bytes a vector, in the order of the row. Either the codes are the weights,
 * -128..127, or they are at most 63 and stand for code - offset: then they can be the seven-bit operand of a relaxed dot
 * product.
 */
import { type Arg, type Code, type Local, load, op } from '../assembler.ts'
import type { Dot } from '../features.ts'

export interface WeightFormat {
  /** Values of a block, and its bytes in the file. */
  readonly values: 32 | 256
  readonly bytes: number
  /** Values under one sub-scale; 32 where a block has but its own scale. */
  readonly group: 16 | 32
  /** What the codes are. */
  readonly code: 'signed' | { readonly largest: number; readonly offset: number }
  /** Constant vectors that `codes` and `subScales` read, in that order: hosts build one anew wherever it is written. */
  readonly constants: readonly Code[]
  /** Codes 16 k to 16 k + 15 of the block at row + offset. */
  codes(row: Local, offset: number, k: number, constants: readonly Local[], read?: Read): Code
  /** How many times 32 codes further the next codes from the same bytes are; 1 unless given. */
  readonly apart?: 2
  /** Of codes of five bits: what they are without the fifth, and where in the block the 32 fifth bits stand together. */
  readonly fifth?: { readonly at: number; readonly low: WeightFormat['codes'] }
  /** The f32 scale of the block in all lanes. */
  scale(row: Local, offset: number): Code
  /** An f32 minimum in all lanes: added to each value of a block of 32, times a sub-minimum taken from those of 256. */
  min?(row: Local, offset: number): Code
  /** The same of the blocks of 32 of four rows, a row a lane. */
  fourScales?(rows: readonly Local[], offset: number): Code
  fourMinima?(rows: readonly Local[], offset: number): Code
  /**
   * Of a block of 256, one for each group as 16-bit numbers, eight a vector: the sub-scales, and behind them the
   * sub-minima where there is a `min`. To be evaluated in that order, with `spare` kept from the first to the last.
   */
  subScales?(row: Local, offset: number, spare: Local, constants: readonly Local[]): Code[]
  /**
   * The same for four rows at once, where they are at most 63 and without sign, from the first 16 bytes of their blocks: word w
   * of row r is in lane r of words[w]. Vector i of the results has groups 4 i to 4 i + 3 of row r as the bytes of lane r.
   */
  ofFourRows?(
    words: readonly Local[],
    constants: readonly Local[],
  ): { readonly scales: readonly Code[]; readonly minima: readonly Code[] }
}

/** The 16 bytes at address + offset: read anew, or kept from the last time. */
export type Read = (address: Arg, offset: number) => Code

const readAnew: Read = (address, offset) => load('v128.load', address, offset)

/** What the formats need of the backend. */
export interface FormatHost {
  readonly dot: Dot
  /** Address of the f32 values of all 65,536 halves. */
  readonly f16Table: number
  /** Address of the f32 scales of mxfp4's 256 exponents. */
  readonly mxfp4Table: number
}

/** Of each of 16 bytes the bits that `mask` has when bit `from` is moved to bit `to`. */
export function bitField(
  address: Arg,
  offset: number,
  mask: Arg,
  from: number,
  to = 0,
  read: Read = readAnew,
): Code {
  const bytes = read(address, offset)
  if (from === to) return op('v128.and', bytes, mask)
  const moved = from > to ? op('i16x8.shr_u', bytes, from - to) : op('i16x8.shl', bytes, to - from)
  return op('v128.and', moved, mask)
}

/** Each byte, 0..15, replaced by that entry of a table of 16 bytes. */
export function lookUp(dot: Dot, table: Arg, bytes: Arg): Code {
  return op(dot === 'simd128' ? 'i8x16.swizzle' : 'i8x16.relaxed_swizzle', table, bytes)
}
