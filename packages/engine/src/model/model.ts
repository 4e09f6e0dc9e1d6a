/**
 * A model ready to run: configuration, tokenizer and weights of one GGUF file, in a backend's memory.
 * Hold it with `using`, or dispose it: weights are the largest thing a page or a process has.
 */
import type { Adapter } from '../adapter/adapter.ts'
import type { Backend } from '../backend/backend.ts'
import { type BackendChoice, selectBackend } from '../backend/select.ts'
import type { TuneStore } from '../backend/wasm/tune/store.ts'
import { BadOptionError, DisposedError, UnsupportedError } from '../errors.ts'
import { findString, type Metadata } from '../gguf/metadata.ts'
import { type Gguf, readGgufFrom, type Tensor } from '../gguf/read.ts'
import { type SourceLike, toSource } from '../source/to-source.ts'
import { Tokenizer } from '../tokenizer/tokenizer.ts'
import { type Config, readConfig } from './config.ts'
import { Encoder } from './encoder.ts'
import { fill, type LoadOptions } from './load.ts'
import { Scratches } from './scratches.ts'
import { FIRST_POSITIONS, Session } from './session.ts'
import { freeWeights, matrices, placeWeights, type Weights } from './weights.ts'

export interface OpenOptions extends LoadOptions {
  /** `auto` when not given. A Backend passed in stays its owner's to dispose; the model gives back what it took of it. */
  readonly backend?: BackendChoice | Backend
  /** Threads of a backend opened here, 1 to 64; when not given as many as the host has good use for (WasmBackendOptions). */
  readonly threads?: number
  /** Where what is chosen on a host is kept for the next time; this process's memory when not given. */
  readonly tuneStore?: TuneStore
  /** Positions a session may hold, 1 to what the model was trained for (the default). Memory is taken as they fill. */
  readonly contextLength?: number
  /** Low-rank adapters that are added to what its matrices give; the weights stay as the file has them. */
  readonly adapters?: readonly Adapter[]
}

/**
 * Reads a GGUF file and loads it: from memory, a Blob, a URL whose server gives ranges, or any ByteSource. Weights go to
 * their place piece by piece and the source is not needed afterwards; peak memory is the model's own plus a few pieces.
 * Throws BadGgufError, UnsupportedError, BadAdapterError, BadOptionError, SourceError, OutOfMemoryError, BackendUnavailableError or the
 * signal's reason; a backend passed in then holds nothing of it.
 */
export async function openModel(from: SourceLike, options: OpenOptions = {}): Promise<Model> {
  const source = await toSource(from, { signal: options.signal })
  const gguf = await readGgufFrom(source, options.signal)
  const config = readConfig(gguf.metadata)
  const contextLength = options.contextLength ?? config.contextLength
  if (!Number.isInteger(contextLength) || contextLength < 1 || contextLength > config.contextLength) {
    throw new BadOptionError(`contextLength is ${contextLength}, not 1 to ${config.contextLength}`)
  }
  const adapters = options.adapters ?? []
  const besides =
    adapters.length > 0 ? new (await import('./low-rank.ts')).Besides(adapters, config) : undefined
  const tokenizer = await Tokenizer.open(gguf.metadata)
  const choice = options.backend ?? 'auto'
  const ownsBackend = typeof choice === 'string'
  const backend = ownsBackend ? await selectBackend(choice, options.threads, config) : choice
  try {
    const refused = backend.refusal(config)
    if (refused !== undefined) throw new UnsupportedError(refused)
    const { weights, fillings } = placeWeights(gguf.tensors, config, tokenizer.size, backend, besides)
    try {
      const weightSum = ((await fill(fillings, source, options)) + (besides?.sum ?? 0)) >>> 0
      await backend.tune(matrices(weights), options.tuneStore)
      options.signal?.throwIfAborted()
      const scratches = new Scratches(backend, config, tokenizer.size, besides?.shape)
      return new Model({
        gguf,
        adapters,
        config,
        tokenizer,
        backend,
        ownsBackend,
        contextLength,
        weights,
        weightSum,
        scratches,
      })
    } catch (error) {
      freeWeights(weights)
      throw error
    }
  } catch (error) {
    if (ownsBackend) backend.dispose()
    throw error
  }
}

interface Parts {
  readonly gguf: Gguf
  readonly adapters: readonly Adapter[]
  readonly config: Config
  readonly tokenizer: Tokenizer
  readonly backend: Backend
  readonly ownsBackend: boolean
  readonly contextLength: number
  readonly weights: Weights
  readonly weightSum: number
  readonly scratches: Scratches
}

export class Model implements Disposable {
  /** `general.name` of the file, or "unnamed"; behind it the names of its adapters: "Llama 3.2 1B + tickets". */
  readonly name: string
  readonly config: Config
  readonly tokenizer: Tokenizer
  readonly metadata: Metadata
  /** The file's tensors: names, types and shapes. */
  readonly tensors: ReadonlyMap<string, Tensor>
  /** A sum over samples of all weights and over adapters: tells models of the same shape apart. */
  readonly weightSum: number
  readonly backend: Backend
  /** Positions a session of this model may hold. */
  readonly contextLength: number
  /** Numbers in all tensors; a tied head counts once. */
  readonly parameters: number
  /** Weight bytes read to decode one token: all matrices and the head; of the embedding only a row, which is not counted. */
  readonly bytesPerToken: number
  readonly #weights: Weights
  readonly #scratches: Scratches
  readonly #encoder: Encoder
  readonly #ownsBackend: boolean
  #disposed = false

  /** Made by `openModel`. */
  constructor(parts: Parts) {
    const { gguf, config, tokenizer, backend, weights } = parts
    const base = findString(gguf.metadata, 'general.name') ?? 'unnamed'
    this.name = [base, ...parts.adapters.map(({ name }) => name)].join(' + ')
    this.config = config
    this.tokenizer = tokenizer
    this.metadata = gguf.metadata
    this.tensors = gguf.tensors
    this.weightSum = parts.weightSum
    this.backend = backend
    this.contextLength = parts.contextLength
    this.#ownsBackend = parts.ownsBackend
    this.#weights = weights
    this.#scratches = parts.scratches
    const decoder = { config, weights, backend, logits: parts.scratches.logits }
    this.#encoder = new Encoder(decoder, parts.scratches, parts.contextLength)
    this.bytesPerToken = weights.bytesPerToken
    this.parameters = [...gguf.tensors.values()].reduce((sum, { rows, cols }) => sum + rows * cols, 0)
  }

  /** A new, empty session with room for `positions` to begin with; it grows. Throws OutOfMemoryError, DisposedError. */
  session(positions: number = FIRST_POSITIONS): Session {
    if (this.#disposed) throw new DisposedError('model')
    const host = {
      config: this.config,
      weights: this.#weights,
      scratches: this.#scratches,
      logits: this.#scratches.logits,
      backend: this.backend,
      model: this,
      isDisposed: () => this.#disposed,
    }
    return new Session(host, Math.min(positions, this.contextLength))
  }

  /**
   * Runs 1 to 128 `tokens`, and no more than the context has, of which each sees all, those behind it too: what a model does that was
   * trained without a causal mask. Returns the logits at the `wanted` places among them, which ascend: [wanted.length, vocab].
   * It keeps nothing, and sessions do not notice. Throws BadOptionError (no token or none wanted, an id or a place out of range),
   * ContextLengthError, OutOfMemoryError, DisposedError.
   */
  encode(tokens: readonly number[], wanted: readonly number[]): Float32Array {
    if (this.#disposed) throw new DisposedError('model')
    return this.#encoder.encode(tokens, wanted)
  }

  /** As `encode`, but gives the last states, normalised, in place of logits: [wanted.length, dim]. */
  encodeStates(tokens: readonly number[], wanted: readonly number[]): Float32Array {
    if (this.#disposed) throw new DisposedError('model')
    return this.#encoder.states(tokens, wanted)
  }

  /** Gives the memory back; its sessions cannot be used afterwards. */
  [Symbol.dispose](): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#encoder.free()
    this.#scratches.free()
    freeWeights(this.#weights)
    if (this.#ownsBackend) this.backend.dispose()
  }
}
