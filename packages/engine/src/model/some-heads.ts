/**
 * Decoders whose head has some tokens' rows alone: a task that chooses among thirty classes need not score four thousand tokens. A row gives
 * the same bits as in the whole head. They are kept, for a model has few such tasks.
 */
import { byteLength } from '../gguf/types.ts'
import { allOrNothing } from './all-or-nothing.ts'
import { checkTokens } from './check-tokens.ts'
import { type Decoder, LOGIT_ROWS } from './forward.ts'

/** Heads that are kept at most; one more, and they are made anew. */
const MOST = 8

export class SomeHeads {
  readonly #whole: Decoder
  readonly #made = new Map<string, Decoder>()

  constructor(whole: Decoder) {
    this.#whole = whole
  }

  /** Row i of its head is that of the token ids[i]. Throws BadOptionError (no id, one out of range), OutOfMemoryError, and then keeps what it had. */
  of(ids: readonly number[]): Decoder {
    const key = ids.join()
    const known = this.#made.get(key)
    if (known) return known
    const decoder = this.#make(ids)
    if (this.#made.size === MOST) this.free()
    this.#made.set(key, decoder)
    return decoder
  }

  free(): void {
    for (const decoder of this.#made.values()) release(decoder)
    this.#made.clear()
  }

  #make(ids: readonly number[]): Decoder {
    const { backend, weights } = this.#whole
    const { type, rows, cols } = weights.head
    checkTokens(ids, rows, 0, Number.POSITIVE_INFINITY)
    const row = new Uint8Array(byteLength(type, cols))
    return allOrNothing((keep) => {
      const head = keep(backend.weight(type, ids.length, cols))
      for (const [i, id] of ids.entries()) {
        weights.head.read(id * row.length, row)
        head.write(i * row.length, row)
      }
      const logits = keep(backend.floats(LOGIT_ROWS * ids.length))
      return { ...this.#whole, weights: { ...weights, head }, logits }
    })
  }
}

function release({ weights, logits }: Decoder): void {
  weights.head.free()
  logits.free()
}
