/** widen_<type>(row, out, blocks): blocks of weights as the file has them to the layout `batch-format.ts` says. */
import {
  type Code,
  increase,
  type Local,
  load,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import type { BlockType } from './quantize.ts'
import { f16Splat } from './simd.ts'

export function widenKernel(
  module: ModuleBuilder,
  type: BlockType,
  format: BatchFormat,
  f16Table: number,
): void {
  module.func(`widen_${type}`, ['i32', 'i32', 'i32'], (_, row, out, blocks) =>
    repeat(
      blocks,
      (type === 'q8_0' ? wholeBytes : nibbles)(row, format).map((part, i) =>
        store('v128.store', out, 16 * i, part),
      ),
      storeLane('v128.store32_lane', out, format.weightBlock - 4, f16Splat(f16Table, row, 0), 0),
      increase(row, type === 'q8_0' ? 34 : 18),
      increase(out, format.weightBlock),
    ),
  )
}

function wholeBytes(row: Local, { kind }: BatchFormat): Code[] {
  if (kind === 'pairs') return [0, 8, 16, 24].map((at) => load('v128.load8x8_s', row, 2 + at))
  return [0, 16].map((at) => load('v128.load', row, 2 + at))
}

function nibbles(row: Local, { kind }: BatchFormat): Code[] {
  const packed = load('v128.load', row, 2)
  const low = op('v128.and', packed, vector.u8(0x0f))
  const high = op('v128.and', op('i16x8.shr_u', packed, 4), vector.u8(0x0f))
  if (kind === 'nibbles') return [low, high]
  return [low, high].flatMap((half) => {
    const signed = op('i8x16.sub', half, vector.u8(8))
    return [op('i16x8.extend_low_i8x16_s', signed), op('i16x8.extend_high_i8x16_s', signed)]
  })
}
