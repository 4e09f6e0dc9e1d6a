/**
 * A tree of strings by their beginnings, in typed arrays: each node is a number from 0 (the root), its children are found
 * by hashing. For walking all tokens that start at a place of a text at once. Symbols are bytes or UTF-16 units.
 */

const SYMBOLS = 0x10000

export class PrefixTree {
  /** Of each slot: node * SYMBOLS + symbol and one, or 0 for a free one; and the child. At most half of the slots are taken. */
  #keys = new Float64Array(1 << 12)
  #children = new Int32Array(1 << 12)
  /** Of each node, -1 for none. */
  #values = new Int32Array(1 << 11).fill(-1)
  #count = 1

  /** The last one that is set for the same string stays. */
  set(string: ArrayLike<number>, value: number): void {
    let node = 0
    for (let i = 0; i < string.length; i++) {
      const slot = this.#slotOf(node, string[i]!)
      node = this.#keys[slot] === 0 ? this.#add(slot, node, string[i]!) : this.#children[slot]!
    }
    this.#values[node] = value
  }

  /** The child of `node` by `symbol`, or -1. */
  child(node: number, symbol: number): number {
    const slot = this.#slotOf(node, symbol)
    return this.#keys[slot] === 0 ? -1 : this.#children[slot]!
  }

  /** What was set for the string that leads to `node`, or -1. */
  value(node: number): number {
    return this.#values[node]!
  }

  #add(slot: number, parent: number, symbol: number): number {
    const node = this.#count++
    this.#keys[slot] = parent * SYMBOLS + symbol + 1
    this.#children[slot] = node
    if (this.#count > this.#values.length) this.#grow()
    return node
  }

  #grow(): void {
    const [keys, children, values] = [this.#keys, this.#children, this.#values]
    this.#values = new Int32Array(2 * values.length).fill(-1)
    this.#values.set(values)
    this.#keys = new Float64Array(2 * keys.length)
    this.#children = new Int32Array(2 * keys.length)
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue
      const key = keys[i]! - 1
      const slot = this.#slotOf(Math.floor(key / SYMBOLS), key % SYMBOLS)
      this.#keys[slot] = keys[i]!
      this.#children[slot] = children[i]!
    }
  }

  #slotOf(node: number, symbol: number): number {
    const key = node * SYMBOLS + symbol + 1
    const mixed = Math.imul(node, 0x9e3779b1) ^ Math.imul(symbol, 0x85ebca77)
    const mask = this.#keys.length - 1
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#keys[slot]!
      if (taken === 0 || taken === key) return slot
    }
  }
}
