/** The rows of a tile, from the blocks of the file to the form that `batch-format.ts` describes. */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  op,
  repeat,
  shuffle,
  store,
  vector,
} from '../assembler.ts'
import type { BatchShape } from './batch.ts'
import { widened } from './dot-product.ts'
import { transpose } from './simd.ts'
import type { WeightFormat } from './weight-format.ts'

/** Row r of a tile is number first + r * stride of the `rows` at `weights`, or the last of them where there is no such row. */
export interface TileRows {
  readonly weights: Local
  readonly rows: Local
  readonly first: Local
  readonly stride: Local
}

/** The number of a row of the tile. */
export function rowNumber({ rows, first, stride }: TileRows, row: Arg): Code {
  const number = op('i32.add', first, op('i32.mul', stride, row))
  return op('select', number, op('i32.sub', rows, 1), op('i32.gt_u', rows, number))
}

/** `setUp` stands before all loops. */
export function widenTile(
  f: FunctionBuilder,
  shape: BatchShape,
  rows: TileRows,
  tile: Local,
): { readonly setUp: Code; readonly code: Code } {
  const { batch, blocks, format, quads } = shape
  const constants = f.locals('v128', format.constants.length)
  const pointers = f.locals('i32', 4)
  const [left, leftOfRow, out, row] = f.locals('i32', 4) as [Local, Local, Local, Local]
  const blockBytes = 16 * quads * batch.blockItems
  const code = [
    row.set(0),
    out.set(tile),
    left.set(quads),
    repeat(
      left,
      pointers.map((pointer) => [
        pointer.set(op('i32.add', rows.weights, op('i32.mul', rowNumber(rows, row), blocks * format.bytes))),
        increase(row, 1),
      ]),
      leftOfRow.set(blocks),
      repeat(
        leftOfRow,
        widenBlock(f, shape, pointers, out, constants),
        pointers.map((pointer) => increase(pointer, format.bytes)),
        increase(out, blockBytes),
      ),
      increase(out, 16 - blocks * blockBytes),
    ),
  ]
  return { setUp: constants.map((local, i) => local.set(format.constants[i]!)), code }
}

/** The blocks of four rows to the lanes of a quad. */
function widenBlock(
  f: FunctionBuilder,
  { batch, format, quads }: BatchShape,
  pointers: readonly Local[],
  out: Local,
  constants: readonly Local[],
): Code {
  const { blockItems, codeBytes, groups, groupItems, hasMin, steps } = batch
  const [four, more] = [f.locals('v128', 4), f.locals('v128', 4)]
  const [t, spare] = f.locals('v128', 2) as [Local, Local]
  const put = (item: number, value: Arg): Code => store('v128.store', out, 16 * quads * item, value)
  /** Lane i of the four vectors becomes item first + i * apart. */
  const spread = (vectors: readonly Local[], first: number, apart = 1): Code => [
    transpose(vectors[0]!, vectors[1]!, vectors[2]!, vectors[3]!, t),
    vectors.map((local, i) => put(first + i * apart, local)),
  ]
  const vectorsOfGroup = format.group / 16
  const codes = Array.from({ length: groups * vectorsOfGroup }, (_, k) => {
    const item = Math.floor(k / vectorsOfGroup) * groupItems + (steps / vectorsOfGroup) * (k % vectorsOfGroup)
    const ofRows = pointers.map((pointer) => format.codes(pointer, 0, k, constants))
    if (codeBytes === 1) {
      return [
        four.map((local, i) => local.set(asOperand(format, batch.offset, ofRows[i]!))),
        spread(four, item),
      ]
    }
    return [
      four.map((local, i) => {
        const [low, high] = widened(asWeights(format, ofRows[i]!), spare)
        return [local.set(low), more[i]!.set(high)]
      }),
      spread(four, item),
      spread(more, item + 4),
    ]
  })
  const floats = (value: (pointer: Local) => Code, item: number): Code => {
    const [a, b, c, d] = pointers.map(value)
    // Each is the same in all lanes.
    const all = shuffle(shuffle(a!, b!, [0, 5, 2, 7]), shuffle(c!, d!, [0, 5, 2, 7]), [0, 1, 6, 7])
    return put(item, all)
  }
  return [
    codes,
    format.subScales ? subScales(format.subScales) : [],
    floats((pointer) => format.scale(pointer, 0), blockItems - (hasMin ? 2 : 1)),
    hasMin ? floats((pointer) => format.min!(pointer, 0), blockItems - 1) : [],
  ]

  function subScales(read: NonNullable<WeightFormat['subScales']>): Code {
    const vectors = groups / 8
    const all = pointers.map(() => f.locals('v128', vectors * (hasMin ? 2 : 1)))
    const halves = ['i32x4.extend_low_i16x8_s', 'i32x4.extend_high_i16x8_s'] as const
    return [
      pointers.map((pointer, row) =>
        read(pointer, 0, spare, constants).map((numbers, i) => all[row]![i]!.set(numbers)),
      ),
      Array.from({ length: vectors }, (_, i) => [
        halves.map((extend, half) => [
          four.map((local, row) => local.set(op(extend, all[row]![i]!))),
          spread(four, (8 * i + 4 * half) * groupItems + steps, groupItems),
        ]),
        hasMin
          ? spread(
              all.map((of) => of[vectors + i]!),
              groups * groupItems + 4 * i,
            )
          : [],
      ]),
    ]
  }
}

/** Codes as the eight-bit operand. */
function asOperand({ code }: WeightFormat, offset: number, codes: Code): Code {
  return code === 'signed' && offset !== 0 ? op('v128.xor', codes, vector.u8(128)) : codes
}

function asWeights({ code }: WeightFormat, codes: Code): Code {
  return code === 'signed' || code.offset === 0 ? codes : op('i8x16.sub', codes, vector.u8(code.offset))
}
