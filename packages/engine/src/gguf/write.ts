/**
 * Metadata and tensors to GGUF version 3 bytes; the inverse of gguf/read.ts.
 * Tensors are laid out in the order given, each aligned to `general.alignment` (32 when the metadata has none).
 * Tensor bytes are copied as they are; quant/quant.ts makes them.
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
import type { Tensor } from './read.ts'
import { byteLength, tensorTypes } from './types.ts'

export interface GgufContent {
  readonly metadata: Metadata
  readonly tensors: Iterable<Pick<Tensor, 'name' | 'type' | 'dims' | 'bytes'>>
}

/** Throws BadOptionError when a value does not fit its type, a name comes twice, or a tensor's bytes do not fit its shape. */
export function writeGguf(content: GgufContent): Uint8Array<ArrayBuffer> {
  const tensors = [...content.tensors]
  const alignment = findNumber(content.metadata, 'general.alignment') ?? 32
  if (!(alignment >= 1) || Math.log2(alignment) % 1 !== 0) {
    throw new BadOptionError(`general.alignment is ${alignment}, not a power of two`)
  }
  const aligned = (offset: number): number => Math.ceil(offset / alignment) * alignment
  const sink = new Sink()
  sink.bytes(new TextEncoder().encode('GGUF'))
  sink.number('uint32', 3)
  sink.number('uint64', BigInt(tensors.length))
  sink.number('uint64', BigInt(content.metadata.size))
  for (const [key, value] of content.metadata) {
    sink.string(key)
    sink.number('uint32', valueTypes[value.type])
    writeValue(sink, key, value)
  }
  const names = new Set<string>()
  let offset = 0
  for (const { name, type, dims, bytes } of tensors) {
    const size = byteLength(
      type,
      dims.reduce((product, dim) => product * dim, 1),
    )
    if (
      dims.length < 1 ||
      dims.length > 4 ||
      dims[0]! % tensorTypes[type].block !== 0 ||
      bytes.length !== size
    ) {
      throw new BadOptionError(
        `tensor ${name} [${dims}] of ${type} takes ${size} bytes, ${bytes.length} were given`,
      )
    }
    if (names.has(name)) throw new BadOptionError(`tensor ${name} was given twice`)
    names.add(name)
    sink.string(name)
    sink.number('uint32', dims.length)
    for (const dim of dims) sink.number('uint64', BigInt(dim))
    sink.number('uint32', tensorTypes[type].id)
    sink.number('uint64', BigInt(offset))
    offset = aligned(offset + size)
  }
  sink.padTo(aligned(sink.length))
  for (const { bytes } of tensors) {
    sink.bytes(bytes)
    // The last one too: ggml's own writers do, and some readers count on it.
    sink.padTo(aligned(sink.length))
  }
  return sink.result()
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
