/**
 * The header of a safetensors file: 8 bytes of length, little-endian, then as much JSON, then the tensors, whose bytes fill the rest without
 * gaps. Tensors of F32, F16 and BF16 are read; one of another type is told as such, as a file may hold more than is needed.
 * Source: the format's description, github.com/huggingface/safetensors.
 */
import { BadSafetensorsError } from '../errors.ts'
import type { TensorType } from '../gguf/types.ts'
import type { ByteSource } from '../source/source.ts'

export interface SafeTensor {
  readonly name: string
  /** As the file names it: "BF16". */
  readonly dtype: string
  /** The same type in GGUF; undefined where it is none that is read here. */
  readonly type: Extract<TensorType, 'f32' | 'f16' | 'bf16'> | undefined
  /** Outermost first, as in PyTorch. */
  readonly shape: readonly number[]
  /** Where its bytes begin in the file, and how many they are. */
  readonly offset: number
  readonly size: number
}

const types: Readonly<Record<string, { type?: SafeTensor['type']; bytes: number }>> = {
  F32: { type: 'f32', bytes: 4 },
  F16: { type: 'f16', bytes: 2 },
  BF16: { type: 'bf16', bytes: 2 },
  ...Object.fromEntries(['F64', 'I64', 'U64'].map((name) => [name, { bytes: 8 }])),
  ...Object.fromEntries(['I32', 'U32'].map((name) => [name, { bytes: 4 }])),
  ...Object.fromEntries(['I16', 'U16'].map((name) => [name, { bytes: 2 }])),
  ...Object.fromEntries(['I8', 'U8', 'BOOL', 'F8_E4M3', 'F8_E5M2'].map((name) => [name, { bytes: 1 }])),
}

/** The most the format allows. */
const HEADER_LIMIT = 100_000_000

/** The tensors of a file in memory, by name; their values are `dequantize(type, ...)` of their bytes. Throws BadSafetensorsError. */
export function readSafetensors(file: Uint8Array): Map<string, SafeTensor> {
  const length = headerLength(file.subarray(0, 8), file.length)
  return parse(file.subarray(8, 8 + length), file.length)
}

/** The same of a source, of which it reads the header alone. Throws SourceError, too, or the signal's reason. */
export async function readSafetensorsFrom(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<Map<string, SafeTensor>> {
  const first = new Uint8Array(Math.min(8, source.size))
  await source.read(first, 0, signal)
  const header = new Uint8Array(headerLength(first, source.size))
  await source.read(header, 8, signal)
  return parse(header, source.size)
}

function headerLength(first: Uint8Array, size: number): number {
  const length =
    first.length < 8
      ? Number.NaN
      : Number(new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true))
  if (8 + length <= size && length <= HEADER_LIMIT) return length
  throw new BadSafetensorsError(
    `the file of ${size} bytes has no safetensors header: it is cut off, or of another format`,
  )
}

function parse(header: Uint8Array, size: number): Map<string, SafeTensor> {
  const start = 8 + header.length
  const tensors = Object.entries(jsonOf(header))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => tensorOf(name, entry, start))
  let end = start
  for (const { name, offset, size } of tensors.toSorted((a, b) => a.offset - b.offset || a.size - b.size)) {
    if (offset !== end)
      throw new BadSafetensorsError(`tensor ${name} begins at byte ${offset}, not at ${end}`)
    end += size
  }
  if (end !== size) {
    throw new BadSafetensorsError(`the file ends at byte ${size}, its header promises ${end}: copy it again`)
  }
  return new Map(tensors.map((tensor) => [tensor.name, tensor]))
}

function jsonOf(header: Uint8Array): object {
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header))
  } catch (cause) {
    throw new BadSafetensorsError('the safetensors header is not JSON: the file is damaged', { cause })
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed
  throw new BadSafetensorsError('the safetensors header is no JSON object: the file is damaged')
}

function tensorOf(name: string, entry: unknown, start: number): SafeTensor {
  const { dtype, shape, data_offsets: range } = (entry ?? {}) as Record<string, unknown>
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
  const known = typeof dtype === 'string' && Object.hasOwn(types, dtype) ? types[dtype] : undefined
  if (!known) throw new BadSafetensorsError(`tensor ${name} is of the type ${JSON.stringify(dtype)}`)
  const isShape = Array.isArray(shape) && shape.every(isCount)
  const isRange = Array.isArray(range) && range.length === 2 && range.every(isCount)
  const count = isShape ? shape.reduce((product: number, dim: number) => product * dim, 1) : Number.NaN
  if (isShape && isRange && range[1]! - range[0]! === count * known.bytes) {
    const { type } = known
    return { name, dtype: dtype as string, type, shape, offset: start + range[0]!, size: count * known.bytes }
  }
  throw new BadSafetensorsError(
    `tensor ${name} of ${dtype} is ${JSON.stringify(shape)} at ${JSON.stringify(range)}, which do not fit together`,
  )
}
