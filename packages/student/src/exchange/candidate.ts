/** What may become a student's file: the header it will have, and its rows as they are asked for. Three kinds of things that come back give one. */
import { type FileHandle, open } from 'node:fs/promises'
import {
  type ByteSource,
  byteLength,
  EngineError,
  findString,
  type Gguf,
  handleSource,
  type MetadataValue,
  mergeRows,
  planMerge,
  readConfig,
  readGgufFrom,
  type Tensor,
} from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { openAdapter } from './adapter-files.ts'
import type { Imported } from './types.ts'

export interface Candidate {
  readonly from: Imported['from']
  readonly metadata: Gguf['metadata']
  readonly tensors: Gguf['tensors']
  /** `count` rows of a tensor from `first` on, in its type. */
  rows(tensor: Tensor, first: number, count: number): Promise<Uint8Array<ArrayBuffer>>
  /** Rows that must be asked for together, or a multiple of them; 1 of most. */
  together(tensor: Tensor): number
}

export interface OpenedGguf extends AsyncDisposable {
  readonly source: ByteSource
  readonly gguf: Gguf
}

/** Throws StudentError `import_invalid` for a file that cannot be opened or is no GGUF. */
export async function openGguf(path: string, signal?: AbortSignal): Promise<OpenedGguf> {
  const handle: FileHandle = await open(path).catch((cause: unknown): never => {
    throw invalid(`${path} cannot be opened: check the name`, cause)
  })
  try {
    const source = await handleSource(handle, path)
    const gguf = await readGgufFrom(source, signal)
    return { source, gguf, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error instanceof EngineError ? invalid(`${path}: ${error.message}`, error) : error
  }
}

/** A GGUF file as it is. */
export function ggufCandidate({ source, gguf }: OpenedGguf, signal?: AbortSignal): Candidate {
  return {
    from: 'gguf',
    ...gguf,
    together: () => 1,
    rows: (tensor, first, count) => readRows(source, tensor, first, count, signal),
  }
}

/** The base with an adapter in its weights. Throws EngineError where the two do not fit. */
export async function adapterCandidate(
  path: string,
  { source, gguf }: OpenedGguf,
  name: string,
  signal?: AbortSignal,
): Promise<Candidate> {
  const adapter = await openAdapter(path, readConfig(gguf.metadata), signal)
  const planned = new Map(planMerge(gguf, adapter).tensors.map((tensor) => [tensor.from.name, tensor]))
  return {
    from: 'adapter',
    metadata: named(gguf, name),
    tensors: gguf.tensors,
    together: () => 1,
    async rows(tensor, first, count) {
      return mergeRows(planned.get(tensor.name)!, await readRows(source, tensor, first, count, signal), first)
    },
  }
}

export async function readRows(
  source: ByteSource,
  tensor: Tensor,
  first: number,
  count: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(byteLength(tensor.type, count * tensor.cols))
  await source.read(bytes, tensor.offset + byteLength(tensor.type, first * tensor.cols), signal)
  return bytes
}

/** The base's metadata under the student's own name: a receipt must not call it by its base's. */
export function named({ metadata }: Gguf, name: string): Map<string, MetadataValue> {
  return new Map([...metadata].map(([key, value]) => [key, key === 'general.name' ? text(name) : value])).set(
    'general.name',
    text(name),
  )
}

/** The architecture the file says it has. */
export const architectureOf = ({ metadata }: Pick<Gguf, 'metadata'>): string =>
  findString(metadata, 'general.architecture') ?? 'none'

const text = (value: string): MetadataValue => ({ type: 'string', value })

export function invalid(message: string, cause?: unknown): StudentError {
  return new StudentError('import_invalid', message, [], { cause })
}
