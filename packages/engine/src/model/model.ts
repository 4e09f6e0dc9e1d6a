/**
 * A model ready to run: configuration, tokenizer and weights of one GGUF file, in a backend's memory.
 * Hold it with `using`, or dispose it: weights are the largest thing a page or a process has.
 */
import type { Backend } from '../backend/backend.ts'
import { type BackendChoice, selectBackend } from '../backend/select.ts'
import { BadOptionError, DisposedError, UnsupportedError } from '../errors.ts'
import { findString, type Metadata } from '../gguf/metadata.ts'
import { type Gguf, readGguf } from '../gguf/read.ts'
import { Tokenizer } from '../tokenizer/tokenizer.ts'
import { type Config, readConfig } from './config.ts'
import { createScratch, freeScratch, type Scratch } from './forward.ts'
import { Session } from './session.ts'
import { freeWeights, loadWeights, type Weights } from './weights.ts'

export interface OpenOptions {
  /** `auto` when not given. A Backend passed in stays its owner's to dispose; the model gives back what it took of it. */
  readonly backend?: BackendChoice | Backend
  /** Positions a session may hold, 1 to what the model was trained for (the default). Memory is taken as they fill. */
  readonly contextLength?: number
}

/**
 * Reads a GGUF file and loads it. The bytes are copied into the backend and not needed afterwards.
 * Throws BadGgufError, UnsupportedError, BadOptionError, OutOfMemoryError or BackendUnavailableError;
 * a backend passed in then holds nothing of it.
 */
export async function openModel(bytes: Uint8Array, options: OpenOptions = {}): Promise<Model> {
  const gguf = readGguf(bytes)
  const config = readConfig(gguf.metadata)
  const contextLength = options.contextLength ?? config.contextLength
  if (!Number.isInteger(contextLength) || contextLength < 1 || contextLength > config.contextLength) {
    throw new BadOptionError(`contextLength is ${contextLength}, not 1 to ${config.contextLength}`)
  }
  const tokenizer = new Tokenizer(gguf.metadata)
  const choice = options.backend ?? 'auto'
  const backend = typeof choice === 'string' ? await selectBackend(choice, config) : choice
  const ownsBackend = typeof choice === 'string'
  try {
    const refused = backend.refusal(config)
    if (refused !== undefined) throw new UnsupportedError(refused)
    return new Model(gguf, config, tokenizer, backend, ownsBackend, contextLength)
  } catch (error) {
    if (ownsBackend) backend.dispose()
    throw error
  }
}

export class Model implements Disposable {
  /** `general.name` of the file, or "unnamed". */
  readonly name: string
  readonly config: Config
  readonly tokenizer: Tokenizer
  readonly metadata: Metadata
  readonly backend: Backend
  /** Positions a session of this model may hold. */
  readonly contextLength: number
  /** Numbers in all tensors; a tied head counts once. */
  readonly parameters: number
  /** Weight bytes read to decode one token: all matrices and the head; of the embedding only a row, which is not counted. */
  readonly bytesPerToken: number
  readonly #weights: Weights
  readonly #scratch: Scratch
  readonly #ownsBackend: boolean
  #disposed = false

  /** Made by `openModel`. */
  constructor(
    gguf: Gguf,
    config: Config,
    tokenizer: Tokenizer,
    backend: Backend,
    ownsBackend: boolean,
    contextLength: number,
  ) {
    this.name = findString(gguf.metadata, 'general.name') ?? 'unnamed'
    this.config = config
    this.tokenizer = tokenizer
    this.metadata = gguf.metadata
    this.backend = backend
    this.contextLength = contextLength
    this.#ownsBackend = ownsBackend
    this.#weights = loadWeights(gguf.tensors, config, tokenizer.size, backend)
    try {
      this.#scratch = createScratch(backend, config, tokenizer.size)
    } catch (error) {
      freeWeights(this.#weights)
      throw error
    }
    this.bytesPerToken = this.#weights.bytesPerToken
    this.parameters = [...gguf.tensors.values()].reduce((sum, { rows, cols }) => sum + rows * cols, 0)
  }

  /** A new, empty session. Throws OutOfMemoryError, DisposedError. */
  session(): Session {
    if (this.#disposed) throw new DisposedError('model')
    return new Session({
      config: this.config,
      weights: this.#weights,
      scratch: this.#scratch,
      backend: this.backend,
      model: this,
      isDisposed: () => this.#disposed,
    })
  }

  /** Gives the memory back; its sessions cannot be used afterwards. */
  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    freeScratch(this.#scratch)
    freeWeights(this.#weights)
    if (this.#ownsBackend) this.backend.dispose()
  }
}
