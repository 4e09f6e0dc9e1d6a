/**
 * Decoders whose head has some tokens' rows alone: a task that chooses among thirty classes need not score four thousand tokens. A row gives
 * the same bits as in the whole head. Those used last are kept, for a model has few such tasks.
 */
import { BadOptionError } from '../errors.ts'
import { byteLength } from '../gguf/types.ts'
import { allOrNothing } from './all-or-nothing.ts'
import { type Decoder, LOGIT_ROWS } from './forward.ts'

/** Heads that are kept. */
const MOST = 8

export class SomeHeads {
  readonly #whole: Decoder
  /** In the order of last use. */
  readonly #made = new Map<string, Decoder>()

  constructor(whole: Decoder) {
    this.#whole = whole
  }

  /** Row i of its head is that of the token ids[i]. Throws BadOptionError (no id, one out of range), OutOfMemoryError, and then keeps no more than before. */
  of(ids: readonly number[]): Decoder {
    const key = ids.join()
    const known = this.#made.get(key)
    const decoder = known ?? this.#make(ids)
    this.#made.delete(key)
    this.#made.set(key, decoder)
    for (const [oldest, one] of this.#made) {
      if (this.#made.size <= MOST) break
      release(one)
      this.#made.delete(oldest)
    }
    return decoder
  }

  free(): void {
    for (const decoder of this.#made.values()) release(decoder)
    this.#made.clear()
  }

  #make(ids: readonly number[]): Decoder {
    const { backend, weights } = this.#whole
    const { type, rows, cols } = weights.head
    if (ids.length === 0) throw new BadOptionError('there is no token to score: name at least one')
    const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= rows)
    if (wrong !== undefined)
      throw new BadOptionError(`token ${wrong} is out of range: the vocabulary has ${rows}`)
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
