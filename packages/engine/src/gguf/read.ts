/**
 * GGUF bytes (version 2 and 3, little-endian) to metadata and tensors, in one pass and without copying tensor data.
 * The bytes may be hostile: every count, length and offset is checked against the bytes that are there before anything
 * is allocated for it. What the metadata means is for others (model/config.ts, tokenizer/).
 * Source: docs/gguf.md of ggml.
 */
import { UnsupportedError } from '../errors.ts'
import { Cursor } from './cursor.ts'
import {
  findNumber,
  type Metadata,
  type MetadataArray,
  type MetadataValue,
  type NumberType,
  numberArrays,
  type ValueType,
  valueTypes,
} from './metadata.ts'
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
  /** The tensor's part of the file, not a copy. */
  readonly bytes: Uint8Array
}

export interface Gguf {
  readonly version: number
  readonly metadata: Metadata
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly alignment: number
}

const MAGIC = 0x46554747
const MAX_DIMS = 4
const MAX_NESTING = 4
const typeNames = new Map<number, ValueType>(
  Object.entries(valueTypes).map(([name, id]) => [id, name as ValueType]),
)
const tensorTypeNames = new Map<number, TensorType>(
  Object.entries(tensorTypes).map(([name, { id }]) => [id, name as TensorType]),
)

/**
 * Throws BadGgufError (truncated, damaged or not GGUF; says what and where) or UnsupportedError (another version,
 * big-endian, or a tensor type this engine does not have; names the tensor).
 */
export function readGguf(bytes: Uint8Array): Gguf {
  const cursor = new Cursor(bytes)
  if (cursor.uint32('the magic number') !== MAGIC) throw cursor.bad('the file does not start with "GGUF"')
  const version = cursor.uint32('the version')
  if (version > 0xffff)
    throw new UnsupportedError('this is a big-endian GGUF file: convert it to little-endian')
  if (version !== 2 && version !== 3) {
    throw new UnsupportedError(`GGUF version ${version} is not read, only 2 and 3: convert the model again`)
  }
  // A tensor takes at least an empty name, one dimension, a type and an offset; a pair a key, a type and a byte.
  const tensorCount = cursor.count('the number of tensors', 8 + 4 + 8 + 4 + 8)
  const pairCount = cursor.count('the number of metadata pairs', 8 + 4 + 1)
  const metadata = new Map<string, MetadataValue>()
  for (let i = 0; i < pairCount; i++) {
    const key = cursor.string(`metadata key ${i}`)
    if (metadata.has(key)) throw cursor.bad(`metadata ${key} is there twice`)
    metadata.set(key, readValue(cursor, readType(cursor, key), key, 0))
  }
  const alignment = readAlignment(cursor, metadata)
  const infos = Array.from({ length: tensorCount }, (_, i) => readTensorInfo(cursor, i))
  const dataStart = Math.ceil(cursor.offset / alignment) * alignment
  return { version, metadata, tensors: placeTensors(cursor, infos, dataStart, alignment), alignment }
}

function readType(cursor: Cursor, key: string): ValueType {
  const id = cursor.uint32(`the type of metadata ${key}`)
  const type = typeNames.get(id)
  if (type === undefined) throw cursor.bad(`metadata ${key} has the unknown type ${id}`)
  return type
}

function readValue(cursor: Cursor, type: ValueType, key: string, depth: number): MetadataValue {
  const what = `metadata ${key}`
  if (type === 'array') return readArray(cursor, key, depth)
  if (type === 'string') return { type, value: cursor.string(what) }
  if (type === 'bool') return { type, value: readBool(cursor, what) }
  return { type, value: cursor.number(type, what) } as MetadataValue
}

function readArray(cursor: Cursor, key: string, depth: number): MetadataArray {
  const what = `metadata ${key}`
  if (depth >= MAX_NESTING) throw cursor.bad(`${what} has arrays nested more than ${MAX_NESTING} deep`)
  const of = readType(cursor, key)
  const count = cursor.count(`the length of ${what}`, leastBytes(of))
  if (of in numberArrays) {
    return { type: 'array', of, value: cursor.numbers(of as NumberType, count, what) } as MetadataArray
  }
  const value: unknown[] = []
  for (let i = 0; i < count; i++) {
    if (of === 'string') value.push(cursor.string(what))
    else if (of === 'bool') value.push(readBool(cursor, what))
    else value.push(readArray(cursor, key, depth + 1))
  }
  return { type: 'array', of, value } as MetadataArray
}

function leastBytes(type: ValueType): number {
  if (type === 'string') return 8
  if (type === 'array') return 12
  return type === 'bool' ? 1 : numberArrays[type].BYTES_PER_ELEMENT
}

function readBool(cursor: Cursor, what: string): boolean {
  const value = cursor.uint8(what)
  if (value > 1) throw cursor.bad(`${what} is a bool of value ${value}`)
  return value === 1
}

function readAlignment(cursor: Cursor, metadata: Metadata): number {
  const alignment = findNumber(metadata, 'general.alignment') ?? 32
  if (alignment < 1 || alignment > 2 ** 31 || Math.log2(alignment) % 1 !== 0) {
    throw cursor.bad(`general.alignment is ${alignment}, not a power of two`)
  }
  return alignment
}

interface TensorInfo extends Omit<Tensor, 'bytes'> {
  readonly offset: number
  readonly size: number
}

function readTensorInfo(cursor: Cursor, index: number): TensorInfo {
  const name = cursor.string(`the name of tensor ${index}`)
  const what = `tensor ${name}`
  const dimCount = cursor.uint32(`the number of dimensions of ${what}`)
  if (dimCount < 1 || dimCount > MAX_DIMS) throw cursor.bad(`${what} has ${dimCount} dimensions, not 1 to 4`)
  const dims = Array.from({ length: dimCount }, () => cursor.size(`a dimension of ${what}`))
  const id = cursor.uint32(`the type of ${what}`)
  const offset = cursor.size(`the offset of ${what}`)
  const type = tensorTypeNames.get(id)
  if (type === undefined) {
    const known = Object.keys(tensorTypes).join(', ')
    throw new UnsupportedError(
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
  return { name, type, dims, rows, cols, offset, size: byteLength(type, count) }
}

function placeTensors(
  cursor: Cursor,
  infos: readonly TensorInfo[],
  dataStart: number,
  alignment: number,
): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  const available = cursor.bytes.length - dataStart
  for (const { offset, size, ...info } of infos) {
    const what = `tensor ${info.name}`
    if (tensors.has(info.name)) throw cursor.bad(`${what} is there twice`)
    if (offset % alignment !== 0)
      throw cursor.bad(`${what} has the offset ${offset}, not a multiple of ${alignment}`)
    if (offset + size > available) {
      throw cursor.bad(
        `${what} ends at byte ${offset + size} of the tensor data, which has ${Math.max(0, available)}`,
      )
    }
    const bytes = cursor.bytes.subarray(dataStart + offset, dataStart + offset + size)
    tensors.set(info.name, { ...info, bytes })
  }
  refuseOverlaps(cursor, infos)
  return tensors
}

/** Shared bytes would let a small file stand for a huge model. */
function refuseOverlaps(cursor: Cursor, infos: readonly TensorInfo[]): void {
  let end = 0
  for (const info of infos.toSorted((a, b) => a.offset - b.offset)) {
    if (info.offset < end)
      throw cursor.bad(`tensor ${info.name} overlaps another one at offset ${info.offset}`)
    end = info.offset + info.size
  }
}
