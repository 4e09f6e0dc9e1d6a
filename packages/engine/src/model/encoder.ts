/**
 * A model as an encoder: tokens that see each other on both sides, as a model trained to fill in what is masked wants them.
 * One pass of at most CHUNK tokens; nothing is kept of it but the room for keys and values, which the next pass uses again.
 */
import { BadOptionError } from '../errors.ts'
import { type Cache, createCache, freeCache } from './cache.ts'
import { checkTokens } from './check-tokens.ts'
import { CHUNK, type Decoder, forward, LOGIT_ROWS, readOut, type Scratch, states } from './forward.ts'
import type { Scratches } from './scratches.ts'

export class Encoder {
  readonly #decoder: Decoder
  readonly #scratches: Scratches
  /** Tokens of a pass at most. */
  readonly #most: number
  #cache: Cache | undefined

  constructor(decoder: Decoder, scratches: Scratches, contextLength: number) {
    this.#decoder = decoder
    this.#scratches = scratches
    this.#most = Math.min(CHUNK, contextLength)
  }

  /** As `Model.encode`, whose errors it throws but for DisposedError. */
  encode(tokens: readonly number[], wanted: readonly number[]): Float32Array {
    const decoder = this.#decoder
    return this.#run(tokens, wanted, decoder.weights.head.rows, (scratch, at, count) =>
      readOut(decoder, scratch, at, count).view(),
    )
  }

  /** As `Model.encodeStates`. */
  states(tokens: readonly number[], wanted: readonly number[]): Float32Array {
    const decoder = this.#decoder
    return this.#run(tokens, wanted, decoder.config.dim, (scratch, at, count) =>
      states(decoder, scratch, at, count).view(),
    )
  }

  #run(
    tokens: readonly number[],
    wanted: readonly number[],
    width: number,
    rows: (scratch: Scratch, at: number, count: number) => Float32Array,
  ): Float32Array {
    const { backend, config, weights } = this.#decoder
    checkTokens(tokens, weights.head.rows, 0, this.#most)
    checkWanted(wanted, tokens.length)
    const out = new Float32Array(wanted.length * width)
    const scratch = this.#scratches.borrow()
    try {
      this.#cache ??= createCache(backend, config, weights.ropeFactors, this.#most)
      for (const _ of forward(this.#decoder, scratch, this.#cache, tokens, 0, { causal: false, at: wanted }));
      for (let at = 0; at < wanted.length; at += LOGIT_ROWS)
        out.set(rows(scratch, at, Math.min(LOGIT_ROWS, wanted.length - at)), at * width)
    } finally {
      this.#scratches.giveBack(scratch)
    }
    return out
  }

  free(): void {
    if (this.#cache) freeCache(this.#cache)
    this.#cache = undefined
  }
}

function checkWanted(wanted: readonly number[], tokens: number): void {
  let before = -1
  if (wanted.length === 0) throw new BadOptionError('no position is wanted: name at least one')
  for (const at of wanted) {
    if (!Number.isInteger(at) || at <= before || at >= tokens) {
      throw new BadOptionError(
        `position ${at} is wanted after ${before}: positions ascend from 0 to ${tokens - 1}, the last token's`,
      )
    }
    before = at
  }
}
