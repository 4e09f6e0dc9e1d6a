/** The rows of a tile, from the blocks of the file to the form that `batch-format.ts` describes. */
import {
  type Arg,
  type Code,
  type FunctionBuilder,
  increase,
  type Local,
  load,
  op,
  repeat,
  store,
  vector,
} from '../assembler.ts'
import type { BatchShape } from './batch.ts'
import { widened } from './dot-product.ts'
import { low32, low64 } from './lanes.ts'
import { transpose, zero } from './simd.ts'
import type { Read, WeightFormat } from './weight-format.ts'

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
  const own = f.locals('v128', 4)
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
        widenBlock(f, shape, pointers, out, constants, own),
        pointers.map((pointer) => increase(pointer, format.bytes)),
        increase(out, blockBytes),
      ),
      increase(out, 16 - blocks * blockBytes),
    ),
  ]
  const setUp = [
    constants.map((local, i) => local.set(format.constants[i]!)),
    ownConstants(shape).map((constant, i) => own[i]!.set(constant)),
  ]
  return { setUp, code }
}

/** The blocks of four rows to the lanes of a quad. */
function widenBlock(
  f: FunctionBuilder,
  { batch, format, quads }: BatchShape,
  pointers: readonly Local[],
  out: Local,
  constants: readonly Local[],
  own: readonly Local[],
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
  const firstItem = (k: number): number =>
    Math.floor(k / vectorsOfGroup) * groupItems + (steps / vectorsOfGroup) * (k % vectorsOfGroup)
  /** Codes of each row, then spread. */
  const codes = (k: number): Code => {
    const ofRows = pointers.map((pointer) => format.codes(pointer, 0, k, constants))
    if (codeBytes === 1) {
      const bytes = four.map((local, i) => local.set(asOperand(format, batch.offset, ofRows[i]!, own)))
      return [bytes, spread(four, firstItem(k))]
    }
    const pairs = four.map((local, i) => {
      const [low, high] = widened(asWeights(format, ofRows[i]!, own), spare)
      return [local.set(low), more[i]!.set(high)]
    })
    return [pairs, spread(four, firstItem(k)), spread(more, firstItem(k) + 4)]
  }
  /** The file's bytes spread, and codes made of them: several codes come from the same bytes. */
  const codesOfSpread = (order: readonly SharedBytes[]): Code => {
    const kept = new Map<number, readonly Local[]>()
    const bits = format.fifth && f.local('v128')
    return [
      bits ? bits.set(ofFour((pointer) => load('v128.load32_splat', pointer, format.fifth!.at))) : [],
      order.map(({ k, offsets }) => [
        offsets
          .filter((offset) => !kept.has(offset))
          .map((offset) => {
            const lanes = f.locals('v128', 4)
            kept.set(offset, lanes)
            return [
              lanes.map((local, i) => local.set(load('v128.load', pointers[i]!, offset))),
              transpose(lanes[0]!, lanes[1]!, lanes[2]!, lanes[3]!, t),
            ]
          }),
        [0, 1, 2, 3].map((i) => {
          const read: Read = (_, offset) => kept.get(offset)![i]!.get
          const lane = bytesToCodes(format)(pointers[0]!, 0, k, constants, read)
          const all = bits ? op('v128.or', lane, fifthOf(bits, 4 * k + i, own)) : lane
          return put(firstItem(k) + i, asOperand(format, batch.offset, all, own))
        }),
      ]),
    ]
  }
  const order = codeBytes === 1 ? sharedBytes(format, pointers[0]!, constants) : undefined
  /** What is the same in all lanes of each row, a row a lane. */
  function ofFour(value: (pointer: Local) => Code): Code {
    const [a, b, c, d] = pointers.map(value)
    return low64(low32(a!, b!), low32(c!, d!))
  }
  return [
    order ? codesOfSpread(order) : Array.from({ length: groups * vectorsOfGroup }, (_, k) => codes(k)),
    format.subScales ? subScales(format.subScales) : [],
    put(
      blockItems - (hasMin ? 2 : 1),
      ofFour((pointer) => format.scale(pointer, 0)),
    ),
    hasMin
      ? put(
          blockItems - 1,
          ofFour((pointer) => format.min!(pointer, 0)),
        )
      : [],
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

interface SharedBytes {
  /** Codes 16 k to 16 k + 15, and where in the block the vectors are that they are made of. */
  readonly k: number
  readonly offsets: readonly number[]
}

/**
 * All vectors of codes of a block, those of the same bytes one after the other; undefined where bytes do not become codes
 * each for itself.
 */
function sharedBytes(
  format: WeightFormat,
  pointer: Local,
  constants: readonly Local[],
): SharedBytes[] | undefined {
  const uses = new Map<number, number>()
  const all = Array.from({ length: format.values / 16 }, (_, k) => {
    const offsets: number[] = []
    bytesToCodes(format)(pointer, 0, k, constants, (_, offset) => {
      offsets.push(offset)
      uses.set(offset, (uses.get(offset) ?? 0) + 1)
      return zero
    })
    return { k, offsets }
  })
  if (all.some(({ offsets }) => offsets.length === 0)) return undefined
  // By the bytes that most codes share, then by the next.
  const sorted = all.map(({ k, offsets }) => ({
    k,
    offsets: offsets.sort((a, b) => uses.get(b)! - uses.get(a)! || a - b),
  }))
  return sorted.sort((a, b) => {
    const differing = a.offsets.findIndex((offset, i) => offset !== b.offsets[i])
    return differing < 0 ? a.k - b.k : a.offsets[differing]! - b.offsets[differing]!
  })
}

/** What each byte of the file becomes for itself: all of the codes but a fifth bit that stands elsewhere. */
function bytesToCodes({ codes, fifth }: WeightFormat): WeightFormat['codes'] {
  return fifth?.low ?? codes
}

/** Fifth bits of codes 4 step to 4 step + 3, each in its byte, from lanes that hold those of all 32 codes. */
function fifthOf(bits: Local, step: number, [, nibble, apart, fifth]: readonly Local[]): Code {
  const four = op('v128.and', op('i32x4.shr_u', bits, 4 * step), nibble!)
  return op('v128.and', op('i32x4.mul', four, apart!), fifth!)
}

/** Codes as the eight-bit operand. */
function asOperand({ code }: WeightFormat, offset: number, codes: Code, [above]: readonly Local[]): Code {
  return code === 'signed' && offset !== 0 ? op('v128.xor', codes, above!) : codes
}

function asWeights({ code }: WeightFormat, codes: Code, [above]: readonly Local[]): Code {
  return code === 'signed' || code.offset === 0 ? codes : op('i8x16.sub', codes, above!)
}

/** What the functions above read, in that order. */
function ownConstants({ batch, format }: BatchShape): Code[] {
  const { code } = format
  const above = vector.u8(code === 'signed' ? batch.offset : code.offset)
  // Moves bit i of a lane to bit 8 i + 4.
  return [above, vector.i32(15), vector.i32(0x02040810), vector.u8(16)]
}
