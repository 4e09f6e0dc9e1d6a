/**
 * The merges of a byte-pair vocabulary in typed arrays: which token two neighbours make and which pair goes first.
 * 280,147 of them (Llama 3) take seven megabytes.
 */

export class Merges {
  readonly #left: Uint32Array
  readonly #right: Uint32Array
  readonly #products: Uint32Array
  /** Open addressing over pairs: the rank and one, or 0 for a free slot. At most half of the slots are taken. */
  readonly #slots: Int32Array
  #count = 0

  /** Room for `capacity` pairs, below 2^24. */
  constructor(capacity: number) {
    this.#left = new Uint32Array(capacity)
    this.#right = new Uint32Array(capacity)
    this.#products = new Uint32Array(capacity)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2 * capacity, 2))))
  }

  /** Adds the pair of the next rank; a pair given before keeps its lower rank. Ids are from 0. */
  add(left: number, right: number, product: number): void {
    const slot = this.#slotOf(left, right)
    if (this.#slots[slot] !== 0) return
    const rank = this.#count++
    this.#left[rank] = left
    this.#right[rank] = right
    this.#products[rank] = product
    this.#slots[slot] = rank + 1
  }

  /** The pair's rank, lower first, or -1 when there is no such merge. */
  rank(left: number, right: number): number {
    return this.#slots[this.#slotOf(left, right)]! - 1
  }

  /** What the pair of this rank makes. */
  product(rank: number): number {
    return this.#products[rank]!
  }

  #slotOf(left: number, right: number): number {
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77)
    const mask = this.#slots.length - 1
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot]!
      if (taken === 0 || (this.#left[taken - 1] === left && this.#right[taken - 1] === right)) return slot
    }
  }
}
