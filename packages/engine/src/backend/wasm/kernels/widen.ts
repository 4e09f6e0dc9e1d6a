/** widen(row, out, blocks): blocks of weights as the file has them to the wide form that `batch-format.ts` describes. */
import {
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  type ModuleBuilder,
  op,
  repeat,
  store,
  storeLane,
  vector,
} from '../assembler.ts'
import type { BatchFormat } from './batch-format.ts'
import { widened } from './dot-product.ts'
import type { WeightFormat } from './weight-format.ts'

export function widenKernel(
  module: ModuleBuilder,
  name: string,
  format: WeightFormat,
  batch: BatchFormat,
): void {
  const { groups, weightGroup, weightBlock } = batch
  const vectorsOfGroup = format.group / 16
  module.func(name, ['i32', 'i32', 'i32'], (f, row, out, blocks) => {
    const constants = f.locals('v128', format.constants.length)
    const spare = f.local('v128')
    const groupOf = (group: number): Code =>
      Array.from({ length: vectorsOfGroup }, (_, i) => {
        const codes = format.codes(row, 0, group * vectorsOfGroup + i, constants)
        const at = group * weightGroup + 16 * i * batch.weightBytes
        return asOperand(format, batch, codes, spare).map((part, j) =>
          store('v128.store', out, at + 16 * j, part),
        )
      })
    return [
      constants.map((local, i) => local.set(format.constants[i]!)),
      repeat(
        blocks,
        Array.from({ length: groups }, (_, group) => groupOf(group)),
        format.values === 32
          ? storeLane('v128.store32_lane', out, weightGroup - 4, format.scale(row, 0), 0)
          : subScales(f, format, batch, row, out, constants),
        format.min ? storeLane('v128.store32_lane', out, weightBlock - 4, format.min(row, 0), 0) : [],
        increase(row, format.bytes),
        increase(out, weightBlock),
      ),
    ]
  })
}

function asOperand({ code }: WeightFormat, { operand }: BatchFormat, codes: Code, spare: Local): Code[] {
  if (operand !== 'pairs') return [codes]
  return widened(code === 'signed' ? codes : op('i8x16.sub', codes, vector.u8(code.offset)), spare)
}

function subScales(
  f: FunctionBuilder,
  format: WeightFormat,
  { groups, weightGroup, weightBlock }: BatchFormat,
  row: Local,
  out: Local,
  constants: readonly Local[],
): Code {
  const [spare, eight, four] = f.locals('v128', 3)
  const all = format.subScales!(row, 0, spare!, constants)
  const scaleVectors = groups / 8
  const tail = groups * weightGroup
  return [
    all.slice(0, scaleVectors).map((scales, i) => [
      eight!.set(scales),
      (['i32x4.extend_low_i16x8_s', 'i32x4.extend_high_i16x8_s'] as const).map((extend, half) => [
        four!.set(op(extend, eight!)),
        [0, 1, 2, 3].map((lane) => {
          const group = 8 * i + 4 * half + lane
          return storeLane('v128.store32_lane', out, (group + 1) * weightGroup - 4, four!, lane)
        }),
      ]),
    ]),
    all.slice(scaleVectors).map((minima, i) => store('v128.store', out, tail + 16 * i, minima)),
    storeLane('v128.store32_lane', out, weightBlock - (format.min ? 8 : 4), format.scale(row, 0), 0),
  ]
}
