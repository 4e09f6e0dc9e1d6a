/**
 * Metadata and tensors to GGUF version 3 bytes; the inverse of gguf/read.ts. The header alone for who writes the tensors to
 * a file one after the other, or the whole file in memory.
 * Tensors are laid out in the order given, each aligned to `general.alignment` (32 when the metadata has none).
 * Tensor bytes are copied as they are; quant/ makes them.
 */
import { BadOptionError } from '../errors.ts'
import {
  findNumber,
  type Metadata,
  type MetadataArray,
  type MetadataValue,
  type NumberType,
  numberArrays,
  valueTypes,
} from './metadata.ts'
import { byteLength, type TensorType, tensorTypes } from './types.ts'

export interface TensorShape {
  readonly name: string
  readonly type: TensorType
  /** The first is the length of a row. */
  readonly dims: readonly number[]
}

export interface GgufTensor extends TensorShape {
  readonly bytes: Uint8Array
}

export interface GgufContent<T extends TensorShape = GgufTensor> {
  readonly metadata: Metadata
  readonly tensors: Iterable<T>
}

export interface PlacedTensor extends TensorShape {
  /** Where its bytes begin in the file, how many they are, and how many zeros follow them. */
  readonly offset: number
  readonly size: number
  readonly padding: number
}

export interface GgufHeader {
  /** The file up to the first tensor's bytes, padding included. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** In the order given, which is the order in the file. */
  readonly tensors: readonly PlacedTensor[]
  /** Bytes of the whole file. */
  readonly size: number
}

/**
 * The header of a file whose tensors the caller writes: after `bytes`, the `size` bytes of each tensor in order and
 * `padding` zeros after each. Throws BadOptionError when a value does not fit its type, a shape its tensor's type, or a
 * name comes twice.
 */
export function ggufHeader(content: GgufContent<TensorShape>): GgufHeader {
  const shapes = [...content.tensors]
  const alignment = findNumber(content.metadata, 'general.alignment') ?? 32
  if (!(alignment >= 1) || Math.log2(alignment) % 1 !== 0) {
    throw new BadOptionError(`general.alignment is ${alignment}, not a power of two`)
  }
  const aligned = (offset: number): number => Math.ceil(offset / alignment) * alignment
  const sink = new Sink()
  sink.bytes(new TextEncoder().encode('GGUF'))
  sink.number('uint32', 3)
  sink.number('uint64', BigInt(shapes.length))
  sink.number('uint64', BigInt(content.metadata.size))
  for (const [key, value] of content.metadata) {
    sink.string(key)
    sink.number('uint32', valueTypes[value.type])
    writeValue(sink, key, value)
  }
  const names = new Set<string>()
  let end = 0
  for (const { name, type, dims } of shapes) {
    if (names.has(name)) throw new BadOptionError(`tensor ${name} was given twice`)
    names.add(name)
    sink.string(name)
    sink.number('uint32', dims.length)
    for (const dim of dims) sink.number('uint64', BigInt(dim))
    sink.number('uint32', tensorTypes[type].id)
    sink.number('uint64', BigInt(end))
    end = aligned(end + sizeOf({ name, type, dims }))
  }
  sink.padTo(aligned(sink.length))
  let offset = sink.length
  const tensors = shapes.map(({ name, type, dims }): PlacedTensor => {
    const size = sizeOf({ name, type, dims })
    // After the last one too: ggml's own writers do, and some readers count on it.
    const placed = { name, type, dims, offset, size, padding: aligned(size) - size }
    offset += aligned(size)
    return placed
  })
  return { bytes: sink.result(), tensors, size: offset }
}

function sizeOf({ name, type, dims }: TensorShape): number {
  if (dims.length >= 1 && dims.length <= 4 && dims[0]! % tensorTypes[type].block === 0) {
    return byteLength(
      type,
      dims.reduce((product, dim) => product * dim, 1),
    )
  }
  throw new BadOptionError(
    `tensor ${name} is [${dims}]: ${type} takes 1 to 4 dimensions, the first a multiple of ${tensorTypes[type].block}`,
  )
}

/** A whole file in memory. Throws BadOptionError as ggufHeader does, and when a tensor's bytes do not fit its shape. */
export function writeGguf(content: GgufContent): Uint8Array<ArrayBuffer> {
  const given = [...content.tensors]
  const { bytes, tensors, size } = ggufHeader({ metadata: content.metadata, tensors: given })
  const file = new Uint8Array(size)
  file.set(bytes)
  for (const [i, { name, type, dims, offset, size }] of tensors.entries()) {
    const data = given[i]!.bytes
    if (data.length !== size) {
      throw new BadOptionError(
        `tensor ${name} [${dims}] of ${type} takes ${size} bytes, ${data.length} were given`,
      )
    }
    file.set(data, offset)
  }
  return file
}

function writeValue(sink: Sink, key: string, value: MetadataValue): void {
  if (value.type === 'array') writeArray(sink, key, value)
  else if (value.type === 'string') sink.string(value.value)
  else if (value.type === 'bool') sink.bytes(Uint8Array.of(value.value ? 1 : 0))
  else sink.number(value.type, value.value, key)
}

function writeArray(sink: Sink, key: string, array: MetadataArray): void {
  sink.number('uint32', valueTypes[array.of])
  sink.number('uint64', BigInt(array.value.length))
  if (array.of === 'string') for (const text of array.value) sink.string(text)
  else if (array.of === 'bool') sink.bytes(Uint8Array.from(array.value, Number))
  else if (array.of === 'array') for (const inner of array.value) writeArray(sink, key, inner)
  else sink.bytes(new Uint8Array(array.value.buffer, array.value.byteOffset, array.value.byteLength))
}

/** Bytes that grow at the end. */
class Sink {
  length = 0
  #bytes = new Uint8Array(1 << 16)

  bytes(part: Uint8Array): void {
    this.padTo(this.length + part.length)
    this.#bytes.set(part, this.length - part.length)
  }

  /** Zeros up to `length`. */
  padTo(length: number): void {
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.length = length
  }

  string(text: string): void {
    if (!text.isWellFormed()) throw new BadOptionError(`${JSON.stringify(text)} has half a surrogate pair`)
    const bytes = new TextEncoder().encode(text)
    this.number('uint64', BigInt(bytes.length))
    this.bytes(bytes)
  }

  number(type: NumberType, value: number | bigint, key = 'a size'): void {
    const one = new numberArrays[type](1)
    one[0] = value
    if (one[0] !== value && type !== 'float32' && !Number.isNaN(value)) {
      throw new BadOptionError(`${key} is ${value}, which ${type} does not hold`)
    }
    this.bytes(new Uint8Array(one.buffer))
  }

  result(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.length)
  }
}
