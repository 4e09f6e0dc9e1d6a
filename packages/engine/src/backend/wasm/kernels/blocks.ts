/** The types of 32 values a block, for the kernels. Layouts: quant/legacy.ts, quant/iq4.ts and quant/mxfp4.ts. */
import { tensorTypes } from '../../../gguf/types.ts'
import type { BlockType } from '../../../quant/blocks.ts'
import { iq4Codebook } from '../../../quant/iq4.ts'
import { mxfp4Codebook } from '../../../quant/mxfp4.ts'
import { type Code, type Local, load, op, vector } from '../assembler.ts'
import { f16Offset, f16Splat, fourOfTable } from './simd.ts'
import { bitField, type FormatHost, lookUp, type WeightFormat } from './weight-format.ts'

/** mxfp4's values are -12..12; so they become codes. */
const mxfp4Offset = 12
const fromZero = mxfp4Codebook.map((value) => value + mxfp4Offset)

type Codes = Pick<WeightFormat, 'codes' | 'constants' | 'fifth'>
type Scale = WeightFormat['scale']
type FourScales = NonNullable<WeightFormat['fourScales']>

export function blockFormat(type: BlockType, { dot, f16Table, mxfp4Table }: FormatHost): WeightFormat {
  const half =
    (at: number): Scale =>
    (row, offset) =>
      f16Splat(f16Table, row, offset + at)
  const halves =
    (at: number): FourScales =>
    (rows, offset) =>
      fourOfTable(
        f16Table,
        rows.map((row) => f16Offset(row, offset + at)),
      )
  const bytes = tensorTypes[type].bytes
  const block = { values: 32, group: 32, bytes, scale: half(0), fourScales: halves(0) } as const
  const minimum = { min: half(2), fourMinima: halves(2) } as const
  switch (type) {
    case 'q4_0':
      return { ...block, ...nibbles(2), code: { largest: 15, offset: 8 } }
    case 'q4_1':
      return { ...block, ...nibbles(4), code: { largest: 15, offset: 0 }, ...minimum }
    case 'q5_0':
      return { ...block, ...fiveBits(2), code: { largest: 31, offset: 16 } }
    case 'q5_1':
      return { ...block, ...fiveBits(4), code: { largest: 31, offset: 0 }, ...minimum }
    case 'q8_0':
      return {
        ...block,
        code: 'signed',
        constants: [],
        codes: (row, offset, k) => load('v128.load', row, offset + 2 + 16 * k),
      }
    case 'iq4_nl':
      return { ...block, ...looked(2, iq4Codebook), code: 'signed' }
    case 'mxfp4':
      return {
        ...block,
        ...looked(1, fromZero),
        code: { largest: Math.max(...fromZero), offset: mxfp4Offset },
        scale: (row, offset) => load('v128.load32_splat', exponent(row, offset), mxfp4Table),
        fourScales: (rows, offset) =>
          fourOfTable(
            mxfp4Table,
            rows.map((row) => exponent(row, offset)),
          ),
      }
  }

  function exponent(row: Local, offset: number): Code {
    return op('i32.shl', load('i32.load8_u', row, offset), 2)
  }

  function nibbles(at: number): Codes {
    return {
      constants: [vector.u8(15)],
      codes: (row, offset, k, [mask], read) => bitField(row, offset + at, mask!, 4 * k, 0, read),
    }
  }

  /** Nibbles behind 32 fifth bits: each byte is given the one its bit is in. */
  function fiveBits(at: number): Codes {
    const low: WeightFormat['codes'] = (row, offset, k, [mask], read) =>
      bitField(row, offset + at + 4, mask!, 4 * k, 0, read)
    const own = (k: number): Code => vector.of(Uint8Array.from({ length: 16 }, (_, i) => 2 * k + (i >> 3)))
    return {
      constants: [
        vector.u8(15),
        vector.u8(16),
        vector.of(Uint8Array.of(1, 2, 4, 8, 16, 32, 64, 128)),
        own(0),
        own(1),
      ],
      fifth: { at, low },
      codes: (row, offset, k, constants) => {
        const [, fifth, bit, ...bytes] = constants
        const all = load('v128.load32_splat', row, offset + at)
        const set = op('i8x16.eq', op('v128.and', lookUp(dot, all, bytes[k]!), bit!), bit!)
        return op('v128.or', low(row, offset, k, constants), op('v128.and', set, fifth!))
      },
    }
  }

  function looked(at: number, codebook: Int8Array): Codes {
    return {
      constants: [vector.u8(15), vector.of(codebook)],
      codes: (row, offset, k, [mask, table], read) =>
        lookUp(dot, table!, bitField(row, offset + at, mask!, 4 * k, 0, read)),
    }
  }
}
