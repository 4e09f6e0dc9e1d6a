/** A model file that a person names, opened: a path, or `hf:<org>/<repo>/<file>` that was pulled before. */
import { basename } from 'node:path'
import { type Model, openModel } from '@edgewise/engine'
import { openFile, resolveModel } from '@edgewise/hub'

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
  const model = await openModel(file, onProgress ? { onProgress } : {})
  return { model, name: basename(path).replace(/\.gguf$/i, '') }
}
