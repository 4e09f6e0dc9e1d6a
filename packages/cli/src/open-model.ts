/**
 * A model file that a person names, opened: a path, or `hf:<org>/<repo>/<file>` that was pulled before; with adapters beside it. A student's name
 * and an adapter's say which training they are of, so that receipts, kept answers and certificates of another one under the same name are not
 * taken for their own.
 */
import { createHash } from 'node:crypto'
import { basename, join } from 'node:path'
import {
  type Adapter,
  type ByteSource,
  type Model,
  openModel,
  readConfig,
  readGgufFrom,
} from '@edgewise/engine'
import { cacheFolder, openFile, resolveModel, tuneFile } from '@edgewise/hub'

export interface OpenedModel {
  readonly model: Model
  /**
   * The file's name without its ending, of a student's file its digest behind it: "triage@1f2e3d4c"; then the adapters' names with the
   * digests of what they change: "model+tickets@5a6b7c8d".
   */
  readonly name: string
}

export interface OpenModelOptions {
  /** GGUF files or PEFT folders. */
  readonly adapters?: readonly string[]
  readonly onProgress?: (loaded: number, total: number) => void
}

/**
 * Throws HubError for a file that is not there, EngineError for one that is no model or an adapter that does not fit it, or what the
 * file system throws.
 */
export async function openModelFile(
  named: string,
  { adapters: paths = [], onProgress }: OpenModelOptions = {},
): Promise<OpenedModel> {
  const path = await resolveModel(named)
  await using file = await openFile(path)
  const adapters = await openAdapters(paths, file)
  const tuneStore = tuneFile(join(cacheFolder(), 'kernels.json'))
  const model = await openModel(file, { tuneStore, adapters, ...(onProgress && { onProgress }) })
  const isStudent = [...model.metadata.keys()].some((key) => key.startsWith('edgewise.student.'))
  const own = basename(path).replace(/\.gguf$/i, '')
  const names = [
    isStudent ? trainingName(own, await digestOf(file)) : own,
    ...adapters.map((adapter) => trainingName(plainName(adapter.name), digestOfAdapter(adapter))),
  ]
  return { model, name: names.join('+') }
}

/** `sha256`: of the file or the adapter, in hex. */
export const trainingName = (name: string, sha256: string): string => `${name}@${sha256.slice(0, 8)}`

const PIECE_BYTES = 2 ** 22

async function digestOf(file: ByteSource): Promise<string> {
  const hash = createHash('sha256')
  for (let at = 0; at < file.size; at += PIECE_BYTES) {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, file.size - at))
    await file.read(piece, at)
    hash.update(piece)
  }
  return hash.digest('hex')
}

/** The name comes out of the file: nothing in it may look like another name's beginning or end. */
const plainName = (name: string): string => name.replace(/[^\p{L}\p{N}. _-]+/gu, '-')

/** Of its numbers, whichever kind of file they came from; of the scale what a GGUF file can hold, its alpha. */
function digestOfAdapter({ parts }: Adapter): string {
  const hash = createHash('sha256')
  for (const [name, { rows, cols, rank, scale, a, b }] of [...parts].sort(([one], [other]) =>
    one < other ? -1 : 1,
  ))
    hash
      .update(JSON.stringify([name, rows, cols, rank, Math.fround(scale * rank)]))
      .update(a)
      .update(b)
  return hash.digest('hex')
}

async function openAdapters(paths: readonly string[], file: ByteSource): Promise<Adapter[]> {
  if (paths.length === 0) return []
  const { openAdapter } = await import('@edgewise/student')
  const base = readConfig((await readGgufFrom(file)).metadata)
  return await Promise.all(paths.map((path) => openAdapter(path, base)))
}
