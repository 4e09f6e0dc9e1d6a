/** A model file that a person names, opened: a path, or `hf:<org>/<repo>/<file>` that was pulled before; with adapters beside it. */
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
  /** The file's name without its ending, then those of its adapters: "model+tickets". */
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
  const names = [basename(path).replace(/\.gguf$/i, ''), ...adapters.map(({ name }) => name)]
  return { model, name: names.join('+') }
}

async function openAdapters(paths: readonly string[], file: ByteSource): Promise<Adapter[]> {
  if (paths.length === 0) return []
  const { openAdapter } = await import('@edgewise/student')
  const base = readConfig((await readGgufFrom(file)).metadata)
  return await Promise.all(paths.map((path) => openAdapter(path, base)))
}
