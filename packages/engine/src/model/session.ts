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
  /** Tokens on trial: the cache holds them from `length` on. */
  #trial: readonly number[] = []
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
    return this.#logits(tokens, every ? tokens.length : 1)
  }

  /**
   * Appends `tokens` and in the same pass runs `draft` after them, on trial: its tokens are in the text when `accept` takes
   * them, one by one, and forgotten by any other call. Returns logits of the last of `tokens` and of each of the draft
   * [1 + draft.length, vocab]; errors as in `forward`.
   */
  verify(tokens: readonly number[], draft: readonly number[]): Float32Array {
    if (tokens.length === 0) throw new BadOptionError('there is no token before the draft: give at least one')
    const logits = this.#logits([...tokens, ...draft], 1 + draft.length)
    this.#tokens.length -= draft.length
    this.#trial = draft.slice()
    return logits
  }

  /** Whether `token` is the next on trial, and then takes it into the text; where it is not, nothing is on trial any more. */
  accept(token: number): boolean {
    this.#alive()
    const [next, ...later] = this.#trial
    if (next !== token) {
      this.#trial = []
      return false
    }
    this.#trial = later
    this.#tokens.push(token)
    return true
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
    this.#trial = []
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
    this.#trial = []
    this.#reserve(this.length + tokens.length)
    copyIn(this.#cache, this.#host.config, this.length, kv, tokens.length)
    for (const token of tokens) this.#tokens.push(token)
  }

  /** Gives the cache's memory back, also after the model was disposed: its backend may live on. */
  [Symbol.dispose](): void {
    if (!this.#disposed) freeCache(this.#cache)
    this.#disposed = true
  }

  /** Runs `tokens`; the logits of the last `rows` of them [rows, vocab], a copy. */
  #logits(tokens: readonly number[], rows: number): Float32Array {
    this.#check(tokens)
    const result = new Float32Array(rows * this.model.tokenizer.size)
    let filled = 0
    this.#run(tokens, (from, to) => {
      for (let at = Math.max(from, tokens.length - rows); at < to; at += LOGIT_ROWS) {
        const logits = readOut(this.#host, at - from, Math.min(LOGIT_ROWS, to - at))
        result.set(logits, filled)
        filled += logits.length
      }
    })
    return result
  }

  /** `done` is told after each pass which of the tokens it had: those `from` one place, up to another. */
  #run(tokens: readonly number[], done: (from: number, to: number) => void): void {
    const start = this.length
    this.#trial = []
    this.#reserve(start + tokens.length)
    for (let from = 0; from < tokens.length; from += CHUNK) {
      const chunk = tokens.slice(from, from + CHUNK)
      forward(this.#host, this.#cache, chunk, start + from)
      done(from, from + chunk.length)
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
