/**
 * The list of tensors in a GGUF header: name, shape, type and place of each, checked one by one and then against each other
 * and the file's size. Tensor data is not read.
 */
import type { BadGgufError } from '../errors.ts'
import type { Cursor } from './cursor.ts'
import { badAt, setPlace } from './places.ts'
import { byteLength, type TensorType, tensorTypes } from './types.ts'

export interface Tensor {
  readonly name: string
  readonly type: TensorType
  /** As in the file: the first is the length of a row. */
  readonly dims: readonly number[]
  /** The product of all dims but the first. */
  readonly rows: number
  /** dims[0]. */
  readonly cols: number
  /** Where its bytes begin in the file, and how many they are. */
  readonly offset: number
  readonly size: number
}

/** A tensor as its entry in the header has it: `offset` counts from the start of the tensor data. */
export interface TensorEntry extends Tensor {
  /** Where the entry ends in the file. */
  readonly entryEnd: number
}

/** An empty name, one dimension, a type and an offset. */
export const LEAST_ENTRY_BYTES: number = 8 + 4 + 8 + 4 + 8
/** The most dimensions a tensor has in ggml. */
const MAX_DIMS = 4
/** V8's memory for an entry, its dims and its place in the map. */
const ENTRY_MEMORY = 512
const typeNames = new Map<number, TensorType>(
  Object.entries(tensorTypes).map(([name, { id }]) => [id, name as TensorType]),
)

/** Throws BadGgufError or UnsupportedError (a tensor type this engine does not have). */
export function readTensorEntry(cursor: Cursor, index: number): TensorEntry {
  cursor.hold(ENTRY_MEMORY, `tensor ${index}`)
  const name = cursor.string(`the name of tensor ${index}`)
  const what = `tensor ${name}`
  const dimCount = cursor.uint32(`the number of dimensions of ${what}`)
  if (dimCount < 1 || dimCount > MAX_DIMS) throw cursor.bad(`${what} has ${dimCount} dimensions, not 1 to 4`)
  const dims = Array.from({ length: dimCount }, () => cursor.number64(`a dimension of ${what}`))
  const id = cursor.uint32(`the type of ${what}`)
  const offset = cursor.number64(`the offset of ${what}`)
  const type = typeNames.get(id)
  if (type === undefined) {
    const known = Object.keys(tensorTypes).join(', ')
    throw cursor.unsupported(
      `${what} has the GGUF type ${id}; known are ${known}: quantise the model to one of them`,
    )
  }
  const cols = dims[0]!
  const rows = dims.slice(1).reduce((product, dim) => product * dim, 1)
  const count = rows * cols
  if (count < 1 || count > Number.MAX_SAFE_INTEGER) throw cursor.bad(`${what} has the shape [${dims}]`)
  if (cols % tensorTypes[type].block !== 0) {
    throw cursor.bad(
      `${what} has rows of ${cols}, not a multiple of the ${tensorTypes[type].block} of ${type}`,
    )
  }
  const size = byteLength(type, count)
  return { name, type, dims, rows, cols, offset, size, entryEnd: cursor.offset }
}

/** Throws BadGgufError when a name comes twice, a tensor lies off its alignment, over another one or past the file's end. */
export function placeTensors(
  cursor: Cursor,
  entries: readonly TensorEntry[],
  dataStart: number,
  alignment: number,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  for (const { entryEnd, ...tensor } of entries) {
    const { name, offset } = tensor
    if (tensors.has(name)) throw cursor.bad(`tensor ${name} is there twice`, entryEnd)
    if (offset % alignment !== 0) {
      throw cursor.bad(`tensor ${name} has the offset ${offset}, not a multiple of ${alignment}`, entryEnd)
    }
    const placed = { ...tensor, offset: dataStart + offset }
    setPlace(placed, entryEnd)
    tensors.set(name, placed)
  }
  refuseOverlaps(cursor, entries)
  refuseShort(cursor, entries, dataStart)
  setPlace(tensors, cursor.offset)
  return tensors
}

/** The refusal of a tensor, with its place in the file: of its entry, or of the list's end where it is missing. */
export function badTensor(tensors: ReadonlyMap<string, Tensor>, name: string, problem: string): BadGgufError {
  return badAt(tensors.get(name) ?? tensors, problem)
}

/** Shared bytes would let a small file stand for a huge model. */
function refuseOverlaps(cursor: Cursor, entries: readonly TensorEntry[]): void {
  let end = 0
  for (const { name, offset, size, entryEnd } of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (offset < end) throw cursor.bad(`tensor ${name} overlaps another one at offset ${offset}`, entryEnd)
    end = offset + size
  }
}

/** A file that was not downloaded to its end must never pass for a whole one. */
function refuseShort(cursor: Cursor, entries: readonly TensorEntry[], dataStart: number): void {
  const short = entries.find(({ offset, size }) => dataStart + offset + size > cursor.size)
  if (!short) return
  const promised = entries.reduce((end, { offset, size }) => Math.max(end, dataStart + offset + size), 0)
  throw cursor.bad(
    `the file ends at byte ${cursor.size}, its header promises ${promised} (tensor ${short.name} is cut off): ` +
      'download it again',
    short.entryEnd,
  )
}
