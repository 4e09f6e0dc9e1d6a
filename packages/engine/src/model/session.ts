/**
 * One text in the making: the tokens a model has seen, and their KV cache, which grows as they come.
 * Calls are synchronous; the sessions of one model take turns in its scratch buffers. Sampling is for generate/.
 */
import { BadOptionError, ContextLengthError, DisposedError } from '../errors.ts'
import { type Cache, copyIn, copyOut, createCache, freeCache, growCache } from './cache.ts'
import { CHUNK, type Decoder, forward, LOGIT_ROWS, readOut } from './forward.ts'
import type { Model } from './model.ts'

/** Positions a cache starts with where nobody says more: enough for a short call; each growth doubles. */
export const FIRST_POSITIONS = 128

export interface SessionHost extends Decoder {
  readonly model: Model
  isDisposed(): boolean
}

export class Session implements Disposable {
  readonly #host: SessionHost
  #cache: Cache
  readonly #tokens: number[] = []
  #disposed = false

  /** Made by `model.session()`. Throws OutOfMemoryError. */
  constructor(host: SessionHost, positions: number) {
    this.#host = host
    this.#cache = createCache(host.backend, host.config, host.weights.ropeFactors, positions)
  }

  get model(): Model {
    return this.#host.model
  }

  /** Positions filled. */
  get length(): number {
    return this.#tokens.length
  }

  /** The tokens in the cache. */
  get tokens(): readonly number[] {
    return this.#tokens
  }

  /**
   * Appends `tokens` and returns logits: those of the last position [vocab], or of every new one [n, vocab]. A copy.
   * Throws BadOptionError (no token, or an id out of range), ContextLengthError, OutOfMemoryError, DisposedError;
   * after an error the session is as before.
   */
  forward(tokens: readonly number[], every = false): Float32Array {
    this.#check(tokens)
    const vocab = this.model.tokenizer.size
    const result = new Float32Array((every ? tokens.length : 1) * vocab)
    let filled = 0
    this.#run(tokens, (n, isLast) => {
      const first = every ? 0 : n - 1
      for (let at = first; at < n && (every || isLast); at += LOGIT_ROWS) {
        const logits = readOut(this.#host, at, Math.min(LOGIT_ROWS, n - at))
        result.set(logits, filled)
        filled += logits.length
      }
    })
    return result
  }

  /** Appends `tokens` without computing logits; errors as in `forward`. */
  prefill(tokens: readonly number[]): void {
    this.#check(tokens)
    this.#run(tokens, () => {})
  }

  /** Forgets all but the first `length` tokens. Throws BadOptionError when there are fewer. */
  rewind(length: number): void {
    this.#alive()
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new BadOptionError(`cannot rewind to ${length}: the session holds ${this.length} tokens`)
    }
    this.#tokens.length = length
  }

  /** Keys and values of the tokens `from` to `to` (exclusive) as bytes, which another session of this model can take. */
  copyOut(from: number, to: number): Uint8Array {
    this.#alive()
    if (!(from >= 0 && from <= to && to <= this.length)) {
      throw new BadOptionError(`cannot copy tokens ${from} to ${to}: the session holds ${this.length}`)
    }
    return copyOut(this.#cache, this.#host.config, from, to)
  }

  /**
   * Appends `tokens` without running them: `kv` is what `copyOut` gave of a session that had the same text up to here and
   * went on with them, and maybe others. Errors as in `forward`.
   */
  copyIn(tokens: readonly number[], kv: Uint8Array): void {
    this.#check(tokens)
    this.#reserve(this.length + tokens.length)
    copyIn(this.#cache, this.#host.config, this.length, kv, tokens.length)
    for (const token of tokens) this.#tokens.push(token)
  }

  /** Gives the cache's memory back, also after the model was disposed: its backend may live on. */
  [Symbol.dispose](): void {
    if (!this.#disposed) freeCache(this.#cache)
    this.#disposed = true
  }

  /** `done` is told after each pass how many tokens it had, and whether it was the last. */
  #run(tokens: readonly number[], done: (n: number, isLast: boolean) => void): void {
    const start = this.length
    this.#reserve(start + tokens.length)
    for (let from = 0; from < tokens.length; from += CHUNK) {
      const chunk = tokens.slice(from, from + CHUNK)
      forward(this.#host, this.#cache, chunk, start + from)
      done(chunk.length, from + CHUNK >= tokens.length)
    }
    for (const token of tokens) this.#tokens.push(token)
  }

  #check(tokens: readonly number[]): void {
    this.#alive()
    const { contextLength, tokenizer } = this.model
    if (tokens.length === 0) throw new BadOptionError('there is no token to run: give at least one')
    if (this.length + tokens.length > contextLength) {
      throw new ContextLengthError(this.length + tokens.length, contextLength)
    }
    for (const token of tokens) {
      if (!Number.isInteger(token) || token < 0 || token >= tokenizer.size) {
        throw new BadOptionError(`token ${token} is out of range: the vocabulary has ${tokenizer.size}`)
      }
    }
  }

  #reserve(positions: number): void {
    const { backend, config, weights, model } = this.#host
    if (positions <= this.#cache.positions) return
    const larger = Math.min(model.contextLength, Math.max(positions, 2 * this.#cache.positions))
    this.#cache = growCache(backend, config, weights.ropeFactors, this.#cache, larger, this.length)
  }

  #alive(): void {
    if (this.#host.isDisposed()) throw new DisposedError('model')
    if (this.#disposed) throw new DisposedError('session')
  }
}
