/**
 * Which backend a model runs on. `auto` is WebAssembly where the host and the model allow it, else plain TypeScript;
 * `model.backend.name` tells which it became, and a line on the console why it is not WebAssembly.
 */
import { BackendUnavailableError, BadOptionError } from '../errors.ts'
import type { Backend, HeadShape, RopeShape } from './backend.ts'
import { createWasmBackend } from './wasm/backend.ts'

export type BackendChoice = 'auto' | 'wasm' | 'reference'

/**
 * `threads` are the wasm backend's (WasmBackendOptions). `shape` is the model's, which `auto` goes by; a backend asked for by name
 * is not checked against it.
 * Throws BackendUnavailableError when `wasm` is asked for and the host cannot, BadOptionError for an unknown name.
 */
export async function selectBackend(
  choice: BackendChoice,
  threads?: number,
  shape?: HeadShape & RopeShape,
): Promise<Backend> {
  if (choice === 'reference') return await openReference()
  if (choice === 'wasm') return await createWasmBackend({ threads })
  if (choice !== 'auto')
    throw new BadOptionError(`backend is ${JSON.stringify(choice)}, not auto, wasm or reference`)
  try {
    const backend = await createWasmBackend({ threads })
    const refused = shape && backend.refusal(shape)
    if (refused === undefined) return backend
    backend.dispose()
    warn(refused)
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error
    warn(error.message)
  }
  return await openReference()
}

function warn(why: string): void {
  console.warn(`edgewise: the model runs in plain TypeScript, slowly, because ${why}`)
}

/** Its code is loaded when it is needed, which is hardly anywhere. */
async function openReference(): Promise<Backend> {
  const { ReferenceBackend } = await import('./reference.ts')
  return new ReferenceBackend()
}
