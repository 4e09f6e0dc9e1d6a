/** An adapter as it lies on a disk: a GGUF file, or a folder of PEFT's. */
import { open, readFile, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import {
  type Adapter,
  BadAdapterError,
  type Config,
  handleSource,
  readAdapter,
  readPeft,
} from '@edgewise/engine'

/** A configuration of more bytes is none. */
const CONFIG_LIMIT = 2 ** 20

/**
 * Reads an adapter of the model `base`. Throws BadAdapterError (a file that is not there, too), or what `readAdapter` and `readPeft` of the
 * engine throw.
 */
export async function openAdapter(path: string, base: Config, signal?: AbortSignal): Promise<Adapter> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    (cause: unknown): never => {
      throw new BadAdapterError(`${path} cannot be opened: check the name`, { cause })
    },
  )
  const name = basename(resolve(path)).replace(/\.gguf$/i, '')
  if (!isFolder) {
    await using file = await open(path)
    const adapter = await readAdapter(await handleSource(file, path), signal)
    return adapter.name === path ? { ...adapter, name } : adapter
  }
  const config = await configOf(join(path, 'adapter_config.json'))
  const weights = join(path, 'adapter_model.safetensors')
  await using file = await open(weights).catch((cause: unknown): never => {
    throw new BadAdapterError(`${weights} cannot be opened: a PEFT folder has one`, { cause })
  })
  return await readPeft({ name, config, weights: await handleSource(file, weights) }, base, signal)
}

async function configOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown): never => {
    throw new BadAdapterError(`${path} is not there: a PEFT folder has one`, { cause })
  })
  if (found.isFile() && found.size <= CONFIG_LIMIT) return await readFile(path, 'utf8')
  throw new BadAdapterError(`${path} is no configuration: it has ${found.size} bytes`)
}
