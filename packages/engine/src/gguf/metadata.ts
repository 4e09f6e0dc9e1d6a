/**
 * GGUF's metadata values, each with the type it has in the file, and getters that check the type.
 * 64-bit integers are bigint, numeric arrays are typed arrays; the getters give plain numbers where they are exact.
 * Source: docs/gguf.md of ggml (`gguf_metadata_value_type`).
 */
import type { BadGgufError } from '../errors.ts'
import { badAt } from './places.ts'

/** The number of each value type in the file. */
export const valueTypes = {
  uint8: 0,
  int8: 1,
  uint16: 2,
  int16: 3,
  uint32: 4,
  int32: 5,
  float32: 6,
  bool: 7,
  string: 8,
  array: 9,
  uint64: 10,
  int64: 11,
  float64: 12,
} as const

export type ValueType = keyof typeof valueTypes

/** The typed array that holds an array of each numeric type. */
interface NumberArrays {
  uint8: Uint8Array<ArrayBuffer>
  int8: Int8Array<ArrayBuffer>
  uint16: Uint16Array<ArrayBuffer>
  int16: Int16Array<ArrayBuffer>
  uint32: Uint32Array<ArrayBuffer>
  int32: Int32Array<ArrayBuffer>
  float32: Float32Array<ArrayBuffer>
  float64: Float64Array<ArrayBuffer>
  uint64: BigUint64Array<ArrayBuffer>
  int64: BigInt64Array<ArrayBuffer>
}

export type NumberType = keyof NumberArrays
export type NumberArray = NumberArrays[NumberType]

interface NumberArrayMaker<T> {
  readonly BYTES_PER_ELEMENT: number
  new (source: number | ArrayBuffer): T
}

export const numberArrays: { readonly [T in NumberType]: NumberArrayMaker<NumberArrays[T]> } = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
}

export type MetadataArray =
  | { [T in NumberType]: { type: 'array'; of: T; value: NumberArrays[T] } }[NumberType]
  | { type: 'array'; of: 'bool'; value: readonly boolean[] }
  | { type: 'array'; of: 'string'; value: readonly string[] }
  | { type: 'array'; of: 'array'; value: readonly MetadataArray[] }

export type MetadataValue =
  | { type: Exclude<NumberType, 'uint64' | 'int64'>; value: number }
  | { type: 'uint64' | 'int64'; value: bigint }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | MetadataArray

export type Metadata = ReadonlyMap<string, MetadataValue>

/** A number of any numeric type; 64-bit integers beyond 2^53 are refused. Throws BadGgufError for another type. */
export function findNumber(metadata: Metadata, key: string): number | undefined {
  const found = metadata.get(key)
  if (!found) return undefined
  if (typeof found.value === 'number') return found.value
  if (typeof found.value === 'bigint' && Number.isSafeInteger(Number(found.value))) return Number(found.value)
  throw wrongType(metadata, key, 'a number', found)
}

/** Throws BadGgufError for another type. */
export function findString(metadata: Metadata, key: string): string | undefined {
  const found = metadata.get(key)
  if (!found || found.type === 'string') return found?.value
  throw wrongType(metadata, key, 'a string', found)
}

/** Throws BadGgufError for another type. */
export function findBoolean(metadata: Metadata, key: string): boolean | undefined {
  const found = metadata.get(key)
  if (!found || found.type === 'bool') return found?.value
  throw wrongType(metadata, key, 'a bool', found)
}

/** Throws BadGgufError for another type. */
export function findStrings(metadata: Metadata, key: string): readonly string[] | undefined {
  const found = metadata.get(key)
  if (!found) return undefined
  if (found.type === 'array' && found.of === 'string') return found.value
  throw wrongType(metadata, key, 'an array of strings', found)
}

/** An array of numbers of at most 53 bits. Throws BadGgufError for another type. */
export function findNumbers(metadata: Metadata, key: string): ArrayLike<number> | undefined {
  const found = metadata.get(key)
  if (!found) return undefined
  if (found.type === 'array' && found.of in numberArrays && found.of !== 'uint64' && found.of !== 'int64') {
    return found.value as ArrayLike<number>
  }
  throw wrongType(metadata, key, 'an array of numbers', found)
}

/** As findNumber; throws BadGgufError when the key is missing. */
export function requireNumber(metadata: Metadata, key: string): number {
  const found = findNumber(metadata, key)
  if (found === undefined) throw missing(metadata, key)
  return found
}

/** As findString; throws BadGgufError when the key is missing. */
export function requireString(metadata: Metadata, key: string): string {
  const found = findString(metadata, key)
  if (found === undefined) throw missing(metadata, key)
  return found
}

/** As findStrings; throws BadGgufError when the key is missing. */
export function requireStrings(metadata: Metadata, key: string): readonly string[] {
  const found = findStrings(metadata, key)
  if (found === undefined) throw missing(metadata, key)
  return found
}

/** The refusal of what a key says, with its place in the file: of its value, or of the metadata's end where it is missing. */
export function badMetadata(metadata: Metadata, key: string, problem: string): BadGgufError {
  return badAt(metadata.get(key) ?? metadata, problem)
}

function missing(metadata: Metadata, key: string): BadGgufError {
  return badMetadata(
    metadata,
    key,
    `the metadata has no ${key}: the file is not complete, convert the model again`,
  )
}

function wrongType(metadata: Metadata, key: string, wanted: string, found: MetadataValue): BadGgufError {
  const is =
    found.type === 'array' ? `array of ${found.of}` : `${found.type} ${String(found.value).slice(0, 40)}`
  return badMetadata(metadata, key, `metadata ${key} is ${is}, not ${wanted}`)
}
