/**
 * Which backend a model runs on. `auto` is WebAssembly where the host has what it needs, else plain TypeScript;
 * `model.backend.name` tells which it became.
 */
import { BackendUnavailableError, BadOptionError } from '../errors.ts'
import type { Backend } from './backend.ts'
import { ReferenceBackend } from './reference.ts'
import { createWasmBackend } from './wasm/backend.ts'

export type BackendChoice = 'auto' | 'wasm' | 'reference'

/** Throws BackendUnavailableError when `wasm` is asked for and the host cannot, BadOptionError for an unknown name. */
export async function selectBackend(choice: BackendChoice): Promise<Backend> {
  if (choice === 'reference') return new ReferenceBackend()
  if (choice === 'wasm') return await createWasmBackend()
  if (choice !== 'auto')
    throw new BadOptionError(`backend is ${JSON.stringify(choice)}, not auto, wasm or reference`)
  try {
    return await createWasmBackend()
  } catch (error) {
    if (error instanceof BackendUnavailableError) return new ReferenceBackend()
    throw error
  }
}
