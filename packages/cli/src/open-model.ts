/** A model file that a person names, opened: a path, or `hf:<org>/<repo>/<file>` that was pulled before. */
import { basename, join } from 'node:path'
import { type Model, openModel } from '@edgewise/engine'
import { cacheFolder, openFile, resolveModel, tuneFile } from '@edgewise/hub'

export interface OpenedModel {
  readonly model: Model
  /** The file's name without its ending. */
  readonly name: string
}

/** Throws HubError for a file that is not there, EngineError for one that is no model, or what the file system throws. */
export async function openModelFile(
  named: string,
  onProgress?: (loaded: number, total: number) => void,
): Promise<OpenedModel> {
  const path = await resolveModel(named)
  await using file = await openFile(path)
  const tuneStore = tuneFile(join(cacheFolder(), 'kernels.json'))
  const model = await openModel(file, { tuneStore, ...(onProgress && { onProgress }) })
  return { model, name: basename(path).replace(/\.gguf$/i, '') }
}
