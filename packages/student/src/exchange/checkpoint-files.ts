/**
 * The files of a Hugging Face checkpoint: config.json, the tokenizer's vocabulary, and weights in one safetensors file or several that
 * model.safetensors.index.json lists. Files stay open for as long as their tensors are read.
 */
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type ByteSource,
  EngineError,
  handleSource,
  readSafetensorsFrom,
  type SafeTensor,
} from '@edgewise/engine'
import { invalid } from './candidate.ts'

export interface CheckpointTensor extends SafeTensor {
  readonly source: ByteSource
}

export interface Checkpoint extends AsyncDisposable {
  readonly path: string
  readonly config: Readonly<Record<string, unknown>>
  readonly tensors: ReadonlyMap<string, CheckpointTensor>
  /** Tokens by id, as tokenizer.json has them; undefined without that file. */
  readonly tokens: ReadonlyMap<number, string> | undefined
}

/** JSON files of more bytes are not read: the largest tokenizers have some forty million. */
const JSON_LIMIT = 2 ** 28

/** Throws StudentError `import_invalid`, naming the file. */
export async function openCheckpoint(path: string, signal?: AbortSignal): Promise<Checkpoint> {
  const config = await readObject(join(path, 'config.json'))
  if (!config) throw invalid(`${path} has no config.json: a folder of merged weights has one`)
  const tokenizer = await readObject(join(path, 'tokenizer.json'))
  const tokens = tokenizer && tokensOf(tokenizer)
  const handles: FileHandle[] = []
  const close = async (): Promise<void> => {
    for (const handle of handles) await handle.close()
  }
  try {
    const tensors = new Map<string, CheckpointTensor>()
    for (const name of await weightFiles(path)) {
      const file = join(path, name)
      const handle = await open(file).catch((cause: unknown): never => {
        throw invalid(`${file} cannot be opened: bring back all files of the folder`, cause)
      })
      handles.push(handle)
      const source = await handleSource(handle, file)
      for (const tensor of (await readSafetensorsFrom(source, signal)).values()) {
        if (tensors.has(tensor.name))
          throw invalid(`${file}: the tensor ${tensor.name} is in another file, too`)
        tensors.set(tensor.name, { ...tensor, source })
      }
    }
    return { path, config, tensors, tokens, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error instanceof EngineError ? invalid(`${path}: ${error.message}`, error) : error
  }
}

async function weightFiles(path: string): Promise<readonly string[]> {
  const index = await readObject(join(path, 'model.safetensors.index.json'))
  if (!index) return ['model.safetensors']
  const names = new Set(Object.values(Object(index.weight_map)))
  const isName = (name: unknown): name is string =>
    typeof name === 'string' && basename(name) === name && name.endsWith('.safetensors')
  const all = [...names]
  if (all.length > 0 && all.every(isName)) return all
  throw invalid(`${path}/model.safetensors.index.json does not list safetensors files of its folder`)
}

/** Undefined where there is no such file. */
async function readObject(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (!found) return undefined
  if (!found.isFile() || found.size > JSON_LIMIT) throw invalid(`${path} is no file of a checkpoint`)
  try {
    const parsed: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  } catch (cause) {
    throw invalid(`${path} is not JSON: copy it again`, cause)
  }
  throw invalid(`${path} is no JSON object`)
}

/** Of the tokenizers library's file: the model's vocabulary (a map, or pairs of piece and score) and what was added to it. */
function tokensOf(tokenizer: Readonly<Record<string, unknown>>): Map<number, string> {
  const vocab: unknown = Object(tokenizer.model).vocab
  const added: unknown = tokenizer.added_tokens
  const pieces = Array.isArray(vocab)
    ? vocab.map((piece: unknown, id) => [Object(piece)[0], id] as const)
    : Object.entries(Object(vocab))
  const more = (Array.isArray(added) ? added : []).map(
    (token: unknown) => [Object(token).content, Object(token).id] as const,
  )
  return new Map(
    [...pieces, ...more].flatMap(([token, id]) =>
      typeof token === 'string' && typeof id === 'number' ? [[id, token] as const] : [],
    ),
  )
}
