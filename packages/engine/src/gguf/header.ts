/**
 * The header of a GGUF file (version 2 and 3, little-endian) read through a cursor that may run out of bytes: what was read
 * stays read, and `finish` goes on where it stopped.
 * The bytes may be hostile: every count, length and offset is checked against the file's size before anything is allocated
 * for it. What the metadata means is for others (model/config.ts, tokenizer/).
 * Source: docs/gguf.md of ggml.
 */
import type { Cursor } from './cursor.ts'
import {
  badMetadata,
  findNumber,
  type Metadata,
  type MetadataArray,
  type MetadataValue,
  type NumberType,
  numberArrays,
  type ValueType,
  valueTypes,
} from './metadata.ts'
import { setPlace } from './places.ts'
import type { Gguf } from './read.ts'
import { LEAST_ENTRY_BYTES, placeTensors, readTensorEntry, type TensorEntry } from './tensors.ts'

const MAGIC = 0x46554747
const MAX_NESTING = 4
/** A key of no letters, a type and a value of one byte. */
const LEAST_PAIR_BYTES = 8 + 4 + 1
/** V8's memory for a pair in the map, for an array in an array, and for a flag in an array. */
const PAIR_MEMORY = 192
const ARRAY_MEMORY = 256
const FLAG_MEMORY = 8
const typeNames = new Map<number, ValueType>(
  Object.entries(valueTypes).map(([name, id]) => [id, name as ValueType]),
)

export class HeaderReader {
  readonly #cursor: Cursor
  readonly #metadata = new Map<string, MetadataValue>()
  readonly #entries: TensorEntry[] = []
  #start: { version: number; tensors: number; pairs: number } | undefined

  constructor(cursor: Cursor) {
    this.#cursor = cursor
  }

  /** Reads on to the header's end. Throws BadGgufError, UnsupportedError, or BeyondWindow: then call it again after `refill`. */
  finish(): Gguf {
    const cursor = this.#cursor
    const metadata = this.#metadata
    if (!this.#start) {
      this.#start = readStart(cursor)
      setPlace(metadata, cursor.offset)
      cursor.commit()
    }
    while (metadata.size < this.#start.pairs) {
      const key = cursor.string(`metadata key ${metadata.size}`)
      if (metadata.has(key)) throw cursor.bad(`metadata ${key} is there twice`)
      cursor.hold(PAIR_MEMORY, `metadata ${key}`)
      const place = cursor.offset
      const value = readValue(cursor, readType(cursor, key), key, 0)
      setPlace(value, place)
      metadata.set(key, value)
      setPlace(metadata, cursor.offset)
      cursor.commit()
    }
    const alignment = readAlignment(metadata)
    while (this.#entries.length < this.#start.tensors) {
      this.#entries.push(readTensorEntry(cursor, this.#entries.length))
      cursor.commit()
    }
    const dataStart = Math.ceil(cursor.offset / alignment) * alignment
    const tensors = placeTensors(cursor, this.#entries, dataStart, alignment)
    return { version: this.#start.version, metadata, tensors, alignment }
  }
}

function readStart(cursor: Cursor): { version: number; tensors: number; pairs: number } {
  if (cursor.uint32('the magic number') !== MAGIC) {
    throw cursor.bad('the file does not start with "GGUF": it is another kind of file')
  }
  const version = cursor.uint32('the version')
  if (version > 0xffff)
    throw cursor.unsupported('this is a big-endian GGUF file: convert it to little-endian')
  if (version !== 2 && version !== 3) {
    throw cursor.unsupported(`GGUF version ${version} is not read, only 2 and 3: convert the model again`)
  }
  const tensors = cursor.count('the number of tensors', LEAST_ENTRY_BYTES)
  const pairs = cursor.count('the number of metadata pairs', LEAST_PAIR_BYTES)
  return { version, tensors, pairs }
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
  if (of === 'string') return { type: 'array', of, value: cursor.strings(count, what) }
  if (of === 'bool') cursor.hold(FLAG_MEMORY * count, what)
  if (of === 'array') cursor.hold(ARRAY_MEMORY * count, what)
  const value: unknown[] = []
  for (let i = 0; i < count; i++) {
    if (of === 'bool') value.push(readBool(cursor, what))
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

function readAlignment(metadata: Metadata): number {
  const alignment = findNumber(metadata, 'general.alignment') ?? 32
  if (alignment >= 1 && alignment <= 2 ** 31 && Math.log2(alignment) % 1 === 0) return alignment
  throw badMetadata(metadata, 'general.alignment', `general.alignment is ${alignment}, not a power of two`)
}
