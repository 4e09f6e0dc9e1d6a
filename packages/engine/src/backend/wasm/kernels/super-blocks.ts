/** The types of 256 values a block, for the kernels. Layouts: quant/k-quants.ts and quant/iq4.ts. */
import { tensorTypes } from '../../../gguf/types.ts'
import type { SuperBlockType } from '../../../quant/blocks.ts'
import { iq4Codebook } from '../../../quant/iq4.ts'
import { type Arg, type Code, type Local, load, op, shuffle, vector } from '../assembler.ts'
import { f16Splat } from './simd.ts'
import { bitField, type FormatHost, lookUp, type Read, type WeightFormat } from './weight-format.ts'

type Scale = WeightFormat['scale']

export function superBlockFormat(type: SuperBlockType, { dot, f16Table }: FormatHost): WeightFormat {
  const half =
    (at: number): Scale =>
    (row, offset) =>
      f16Splat(f16Table, row, offset + at)
  const block = { values: 256, bytes: tensorTypes[type].bytes } as const
  switch (type) {
    case 'q2_k':
      return {
        ...block,
        group: 16,
        code: { largest: 3, offset: 0 },
        constants: [vector.u8(3), vector.u8(15)],
        codes: (row, offset, k, [mask], read) => pairs(row, offset + 16, k, mask!, read),
        scale: half(80),
        min: half(82),
        subScales: (row, offset, spare, [, nibble]) => {
          const low = op('v128.and', spare.tee(load('v128.load', row, offset)), nibble!)
          const high = op('v128.and', op('i16x8.shr_u', spare, 4), nibble!)
          return [
            op('i16x8.extend_low_i8x16_u', low),
            op('i16x8.extend_high_i8x16_u', op('v128.and', spare, nibble!)),
            op('i16x8.extend_low_i8x16_u', high),
            op('i16x8.extend_high_i8x16_u', high),
          ]
        },
        ofFourRows: (words, [, nibble]) => ({
          scales: words.map((word) => op('v128.and', word, nibble!)),
          minima: words.map((word) => op('v128.and', op('i16x8.shr_u', word, 4), nibble!)),
        }),
      }
    case 'q3_k':
      return {
        ...block,
        group: 16,
        code: { largest: 7, offset: 4 },
        constants: [vector.u8(3), vector.u8(4), vector.u8(15), vector.u8(0x30), vector.u8(32), q3Move],
        codes: (row, offset, k, [mask, third], read) =>
          op(
            'v128.or',
            pairs(row, offset + 32, k, mask!, read),
            bitField(row, offset + 16 * (k & 1), third!, k >> 1, 2, read),
          ),
        scale: half(108),
        subScales: (row, offset, spare, [, , ...constants]) =>
          signedBytes(spare, q3Scales(row, offset, spare, constants)),
      }
    case 'q4_k':
      return {
        ...block,
        group: 32,
        code: { largest: 15, offset: 0 },
        constants: [vector.u8(15), vector.u8(0x30), vector.u8(63)],
        codes: (row, offset, k, [mask], read) => nibbles64(row, offset + 16, k, mask!, read),
        scale: half(0),
        min: half(2),
        subScales: scalesAndMins,
        ofFourRows: scalesAndMinsOfFour,
      }
    case 'q5_k':
      return {
        ...block,
        group: 32,
        code: { largest: 31, offset: 0 },
        constants: [vector.u8(15), vector.u8(0x30), vector.u8(63), vector.u8(16)],
        codes: (row, offset, k, [mask, , , fifth], read) =>
          op(
            'v128.or',
            nibbles64(row, offset + 48, k, mask!, read),
            bitField(row, offset + 16 + 16 * (k & 1), fifth!, k >> 1, 4, read),
          ),
        scale: half(0),
        min: half(2),
        subScales: scalesAndMins,
        ofFourRows: scalesAndMinsOfFour,
      }
    case 'q6_k':
      return {
        ...block,
        group: 16,
        code: { largest: 63, offset: 32 },
        constants: [vector.u8(15), vector.u8(0x30)],
        // Of each half of 128 values the vectors 0 to 3 are low nibbles, 4 to 7 the high ones of the same bytes.
        apart: 2,
        codes: (row, offset, k, [mask, high], read) =>
          op(
            'v128.or',
            bitField(row, offset + 64 * (k >> 3) + 16 * (k & 3), mask!, k & 4, 0, read),
            bitField(row, offset + 128 + 32 * (k >> 3) + 16 * (k & 1), high!, k & 6, 4, read),
          ),
        scale: half(208),
        subScales: (row, offset, spare) => signedBytes(spare, load('v128.load', row, offset + 192)),
      }
    case 'iq4_xs':
      return {
        ...block,
        group: 32,
        code: 'signed',
        constants: [vector.u8(15), vector.of(iq4Codebook), iq4Move, vector.i16(32)],
        codes: (row, offset, k, [mask, table], read) =>
          lookUp(dot, table!, bitField(row, offset + 8 + 16 * (k >> 1), mask!, 4 * (k & 1), 0, read)),
        scale: half(0),
        subScales: iq4Scales,
      }
  }
}

/** Two bits a value: 32 bytes hold 128 values, those 32 apart in one byte. */
function pairs(row: Local, at: number, k: number, mask: Local, read?: Read): Code {
  return bitField(row, at + 32 * (k >> 3) + 16 * (k & 1), mask, k & 6, 0, read)
}

/** Four bits a value: 32 bytes hold 64 values, those 32 apart in one byte. */
function nibbles64(row: Local, at: number, k: number, mask: Local, read?: Read): Code {
  return bitField(row, at + 32 * (k >> 2) + 16 * (k & 1), mask, 2 * (k & 2), 0, read)
}

function signedBytes(spare: Local, bytes: Code): Code[] {
  return [op('i16x8.extend_low_i8x16_s', spare.tee(bytes)), op('i16x8.extend_high_i8x16_s', spare)]
}

/**
 * q4_k and q5_k: six-bit numbers in three words of four bytes. Scales 0..3 are the low bits of word 0, mins 0..3 those of
 * word 1, scales and mins 4..7 the low and high nibbles of word 2 with the two bits left over in words 0 and 1 above them.
 */
function scalesAndMins(
  row: Local,
  offset: number,
  spare: Local,
  [nibble, pair, six]: readonly Local[],
): Code[] {
  const first = op('v128.and', spare.tee(load('v128.load', row, offset + 4)), six!)
  const low = op('v128.and', spare, nibble!)
  const high = op('v128.and', op('i16x8.shr_u', spare, 4), nibble!)
  const above = op('v128.and', op('i16x8.shr_u', spare, 2), pair!)
  const all = shuffle(first, op('v128.or', shuffle(low, high, [2, 6, 2, 6]), above), [0, 4, 1, 5])
  return [op('i16x8.extend_low_i8x16_u', spare.tee(all)), op('i16x8.extend_high_i8x16_u', spare)]
}

/** The same, of words in vectors of their own, behind one that holds both scales of the block. */
function scalesAndMinsOfFour(
  [, ...words]: readonly Local[],
  [nibble, pair, six]: readonly Local[],
): { scales: Code[]; minima: Code[] } {
  const [scales, minima, both] = words
  const below = (word: Local): Code => op('v128.and', word, six!)
  const above = (fours: Arg, word: Local): Code =>
    op('v128.or', op('v128.and', fours, nibble!), op('v128.and', op('i16x8.shr_u', word, 2), pair!))
  return {
    scales: [below(scales!), above(both!, scales!)],
    minima: [below(minima!), above(op('i16x8.shr_u', both!, 4), minima!)],
  }
}

/** Moves pairs 0, 1 and 2 of a byte, each in its own word, to bits 4 and 5. */
const q3Move = vector.of(Int32Array.of(16, 4, 1, 0))

/**
 * Six bits a scale, less 32: the low nibbles of all 16 in 8 bytes, then the high pairs in one word: pair p of its byte b is
 * that of scale 4 p + b.
 */
function q3Scales(
  row: Local,
  offset: number,
  spare: Local,
  [nibble, pair, middle, move]: readonly Local[],
): Code {
  const low = op('v128.and', spare.tee(load('v128.load64_splat', row, offset + 96)), nibble!)
  const high = op('v128.and', op('i16x8.shr_u', spare, 4), nibble!)
  const word = load('v128.load32_splat', row, offset + 104)
  const moved = shuffle(op('i32x4.mul', word, move!), op('i32x4.shr_u', word, 2), [0, 1, 2, 7])
  const all = op('v128.or', shuffle(low, high, [0, 1, 6, 7]), op('v128.and', moved, pair!))
  return op('i8x16.sub', all, middle!)
}

/** Moves pair s of a 16-bit number to the top of lane s. */
const iq4Move = vector.of(Int16Array.from({ length: 8 }, (_, s) => 1 << (14 - 2 * s)))

/** Six bits a scale, less 32: the low nibbles of all 8 in 4 bytes, in order; the high pairs in 16 bits before them. */
function iq4Scales(
  row: Local,
  offset: number,
  spare: Local,
  [nibble, , move, middle]: readonly Local[],
): Code[] {
  const low = op('v128.and', spare.tee(load('v128.load32_zero', row, offset + 4)), nibble!)
  const high = op('v128.and', op('i16x8.shr_u', spare, 4), nibble!)
  const order = [0, 16, 1, 17, 2, 18, 3, 19]
  const nibbles = op('i16x8.extend_low_i8x16_u', shuffle(low, high, [...order, ...order]))
  const pairs = op('i16x8.shr_u', op('i16x8.mul', load('v128.load16_splat', row, offset + 2), move!), 14)
  return [op('i16x8.sub', op('v128.or', nibbles, op('i16x8.shl', pairs, 4)), middle!)]
}
