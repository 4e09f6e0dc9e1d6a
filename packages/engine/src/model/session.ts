/**
 * One text in the making: the tokens a model has seen, and their KV cache, which grows as they come.
 * Calls are synchronous but for `run`, which gives way to others in the middle of a pass. Sampling is for generate/.
 */
import type { SoftmaxRow } from '../backend/backend.ts'
import { BadOptionError, DisposedError } from '../errors.ts'
import { type Cache, copyIn, copyOut, createCache, freeCache, growCache } from './cache.ts'
import { checkTokens } from './check-tokens.ts'
import {
  CHUNK,
  type Decoder,
  forward,
  LOGIT_ROWS,
  readOut,
  type Scratch,
  states,
  type Wanted,
} from './forward.ts'
import type { Model } from './model.ts'
import type { Scratches } from './scratches.ts'

/** Positions a cache starts with where nobody says more: enough for a short call; each growth doubles. */
export const FIRST_POSITIONS = 128

export interface SessionHost extends Decoder {
  readonly model: Model
  readonly scratches: Scratches
  isDisposed(): boolean
}

/** Logits, and what a softmax over each row of them comes to. */
export interface Scored {
  /** [rows, vocab]; the session's own, which its next call overwrites. */
  readonly logits: Float32Array
  readonly rows: readonly SoftmaxRow[]
}

export class Session implements Disposable {
  readonly #host: SessionHost
  #cache: Cache
  readonly #tokens: number[] = []
  /** Tokens on trial: the cache holds them from `length` on. */
  #trial: readonly number[] = []
  /** Whether a `run` is on its way. */
  #isRunning = false
  /** Kept from call to call: a row of a large vocabulary is a megabyte. */
  #scored: Float32Array = new Float32Array(0)
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
    const rows = every ? tokens.length : 1
    const logits = new Float32Array(rows * this.model.tokenizer.size)
    const first = tokens.length - rows
    this.#pass(tokens, first, (scratch, from, to) => this.#readOut(scratch, from, to, first, logits))
    return logits
  }

  /**
   * Appends `tokens` and in the same pass runs `draft` after them, on trial: its tokens are in the text when `accept` takes
   * them, one by one, and forgotten by any other call. Returns the logits of the last of `tokens` and of each of the draft
   * [1 + draft.length, vocab]; errors as in `forward`.
   */
  verify(tokens: readonly number[], draft: readonly number[]): Scored {
    const all = withDraft(tokens, draft)
    const scored = this.#room(1 + draft.length)
    const first = tokens.length - 1
    this.#pass(all, first, (scratch, from, to) => {
      this.#readOut(scratch, from, to, first, scored.logits, scored.rows)
    })
    this.#try(draft)
    return scored
  }

  /**
   * As `verify`, but awaits `turn` between the steps of a pass, so that a long prompt or draft does not hold up everything else.
   * Throws as `forward` does, what `turn` throws, and BadOptionError while another `run` of this session is on its way; then it
   * holds the tokens of the passes that are through.
   */
  async run(
    tokens: readonly number[],
    turn: () => Promise<void>,
    draft: readonly number[] = [],
  ): Promise<Scored> {
    const all = withDraft(tokens, draft)
    const first = tokens.length - 1
    let scored: { logits: Float32Array; rows: SoftmaxRow[] } | undefined
    await this.#steps(all, first, turn, (scratch, from, to) => {
      scored ??= this.#room(1 + draft.length)
      this.#readOut(scratch, from, to, first, scored.logits, scored.rows)
    })
    this.#try(draft)
    return scored!
  }

  /**
   * As `run`, but gives the model's last states, normalised, in place of logits, which it does not compute: `seen` is told those of
   * the tokens from `first` on, in order, some at a time [n, dim]; it must not keep them. Throws as `run` does.
   */
  async states(
    tokens: readonly number[],
    first: number,
    turn: () => Promise<void>,
    seen: (states: Float32Array) => void,
  ): Promise<void> {
    await this.#steps(tokens, first, turn, (scratch, from, to) => {
      const count = lastOf(from, to - from, first).last
      if (count > 0) seen(states(this.#host, scratch, to - count - from, count).view())
    })
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
    this.#pass(tokens, tokens.length, () => {})
  }

  /** Forgets all but the first `length` tokens. Throws BadOptionError when there are fewer. */
  rewind(length: number): void {
    this.#idle()
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
    const at = this.#begin(tokens)
    copyIn(this.#cache, this.#host.config, at, kv, tokens.length)
    this.#append(tokens)
  }

  /** Gives the cache's memory back, also after the model was disposed: its backend may live on. */
  [Symbol.dispose](): void {
    if (!this.#disposed) freeCache(this.#cache)
    this.#disposed = true
  }

  /**
   * Runs `tokens` to the end; results are needed of those at `first` and later. `done` is told after each pass which of them it had:
   * those `from` one place, up to another.
   */
  #pass(
    tokens: readonly number[],
    first: number,
    done: (scratch: Scratch, from: number, to: number) => void,
  ): void {
    const { scratches } = this.#host
    const start = this.#begin(tokens)
    const scratch = scratches.borrow()
    try {
      for (let from = 0; from < tokens.length; from += CHUNK) {
        const chunk = tokens.slice(from, from + CHUNK)
        const wanted = lastOf(from, chunk.length, first)
        for (const _ of forward(this.#host, scratch, this.#cache, chunk, start + from, wanted));
        done(scratch, from, from + chunk.length)
      }
    } finally {
      scratches.giveBack(scratch)
    }
    this.#append(tokens)
  }

  /** `#pass` that awaits `turn` between the steps of a pass. */
  async #steps(
    tokens: readonly number[],
    first: number,
    turn: () => Promise<void>,
    done: (scratch: Scratch, from: number, to: number) => void,
  ): Promise<void> {
    this.#begin(tokens)
    const { scratches } = this.#host
    const scratch = scratches.borrow()
    this.#isRunning = true
    try {
      for (let from = 0; from < tokens.length; from += CHUNK) {
        const chunk = tokens.slice(from, from + CHUNK)
        const wanted = lastOf(from, chunk.length, first)
        for (const _ of forward(this.#host, scratch, this.#cache, chunk, this.length, wanted)) {
          await turn()
          this.#alive()
        }
        done(scratch, from, from + chunk.length)
        this.#append(chunk)
      }
    } finally {
      this.#isRunning = false
      scratches.giveBack(scratch)
    }
  }

  /** Checks `tokens` and makes room for them; where they begin. */
  #begin(tokens: readonly number[]): number {
    this.#idle()
    checkTokens(tokens, this.model.tokenizer.size, this.length, this.model.contextLength)
    this.#trial = []
    this.#reserve(this.length + tokens.length)
    return this.length
  }

  /** Puts the last tokens, those of `draft`, on trial. */
  #try(draft: readonly number[]): void {
    this.#tokens.length -= draft.length
    this.#trial = draft.slice()
  }

  #append(tokens: readonly number[]): void {
    for (const token of tokens) this.#tokens.push(token)
  }

  /** Room for the scores of `rows` positions. */
  #room(rows: number): { logits: Float32Array; rows: SoftmaxRow[] } {
    const size = rows * this.model.tokenizer.size
    if (this.#scored.length < size) this.#scored = new Float32Array(size)
    return { logits: this.#scored.subarray(0, size), rows: [] }
  }

  /** Of a pass over the tokens `from` to `to`: the logits of those at `first` and later, to `into` [tokens after `first`, vocab]. */
  #readOut(
    scratch: Scratch,
    from: number,
    to: number,
    first: number,
    into: Float32Array,
    rows?: SoftmaxRow[],
  ): void {
    const { size } = this.model.tokenizer
    for (let at = Math.max(from, first); at < to; at += LOGIT_ROWS) {
      const count = Math.min(LOGIT_ROWS, to - at)
      const logits = readOut(this.#host, scratch, at - from, count)
      into.set(logits.view(), (at - first) * size)
      rows?.push(...this.#host.backend.softmaxRows(logits, count, size))
    }
  }

  #reserve(positions: number): void {
    const { backend, config, weights, model } = this.#host
    if (positions <= this.#cache.positions) return
    const larger = Math.min(model.contextLength, Math.max(positions, 2 * this.#cache.positions))
    this.#cache = growCache(backend, config, weights.ropeFactors, this.#cache, larger, this.length)
  }

  #idle(): void {
    this.#alive()
    if (this.#isRunning) {
      throw new BadOptionError('the session runs tokens already: wait for them, or open another session')
    }
  }

  #alive(): void {
    if (this.#host.isDisposed()) throw new DisposedError('model')
    if (this.#disposed) throw new DisposedError('session')
  }
}

/** Of `count` tokens `from` on those at `first` or later. */
function lastOf(from: number, count: number, first: number): Wanted & { causal: true } {
  return { causal: true, last: Math.max(0, from + count - Math.max(from, first)) }
}

function withDraft(tokens: readonly number[], draft: readonly number[]): readonly number[] {
  if (draft.length === 0) return tokens
  if (tokens.length === 0) throw new BadOptionError('there is no token before the draft: give at least one')
  return [...tokens, ...draft]
}
