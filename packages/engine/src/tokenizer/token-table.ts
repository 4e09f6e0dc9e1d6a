/**
 * Many byte strings in one array, and the way back from the bytes to the string's number: nothing is an object of its own,
 * so that a vocabulary of 262,144 tokens takes a few megabytes. Numbers, the ids of tokens, are given in order from 0.
 */

const utf8 = new TextEncoder()

export class TokenTable {
  #bytes = new Uint8Array(1 << 16)
  readonly #starts: Uint32Array
  /** Open addressing: the id and one, or 0 for a free slot. At most half of the slots are taken. */
  readonly #slots: Int32Array
  #count = 0
  /** Bytes of the longest token that `find` knows. */
  #longest = 0

  constructor(size: number) {
    this.#starts = new Uint32Array(size + 1)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * size)))
  }

  /** Adds the next token as `text` in UTF-8 and returns its id; `find` does not know it yet. */
  addText(text: string): number {
    this.#reserve(3 * text.length)
    const at = this.#starts[this.#count]!
    return this.#close(at + utf8.encodeInto(text, this.#bytes.subarray(at)).written)
  }

  /** Adds the next token as the bytes that `byteOf` gives for each UTF-16 unit of `text`; undefined when one has none. */
  addMapped(text: string, byteOf: Int16Array): number | undefined {
    this.#reserve(text.length)
    let end = this.#starts[this.#count]!
    for (let i = 0; i < text.length; i++) {
      const byte = byteOf[text.charCodeAt(i)] ?? -1
      if (byte < 0) return undefined
      this.#bytes[end++] = byte
    }
    return this.#close(end)
  }

  /** Adds the next token as these bytes. */
  addBytes(bytes: Uint8Array): number {
    this.#reserve(bytes.length)
    const at = this.#starts[this.#count]!
    this.#bytes.set(bytes, at)
    return this.#close(at + bytes.length)
  }

  /** Lets `find` find the token. Returns the id of an earlier one with the same bytes, which keeps its place. */
  index(id: number): number | undefined {
    const start = this.#starts[id]!
    const end = this.#starts[id + 1]!
    const slot = this.#slotOf(this.#bytes, start, end)
    const taken = this.#slots[slot]!
    if (taken !== 0) return taken - 1
    this.#slots[slot] = id + 1
    this.#longest = Math.max(this.#longest, end - start)
    return undefined
  }

  /** The indexed token that is exactly source[from..to), or -1. */
  find(source: Uint8Array, from: number, to: number): number {
    if (to - from > this.#longest) return -1
    return this.#slots[this.#slotOf(source, from, to)]! - 1
  }

  /** The token's bytes: a view, not to be changed. */
  bytes(id: number): Uint8Array {
    return this.#bytes.subarray(this.#starts[id]!, this.#starts[id + 1]!)
  }

  /** Gives back what was reserved for tokens that did not come. */
  seal(): void {
    this.#bytes = this.#bytes.slice(0, this.#starts[this.#count]!)
  }

  #reserve(more: number): void {
    const wanted = this.#starts[this.#count]! + more
    if (wanted <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(wanted, 2 * this.#bytes.length))
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  #close(end: number): number {
    this.#starts[++this.#count] = end
    return this.#count - 1
  }

  /** The slot that holds the token with these bytes, or the free one where it would stand. FNV-1a, linear probing. */
  #slotOf(source: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193)
    const mask = this.#slots.length - 1
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot]!
      if (taken === 0 || this.#equals(taken - 1, source, from, to)) return slot
    }
  }

  #equals(id: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[id]!
    if (this.#starts[id + 1]! - start !== to - from) return false
    for (let i = 0; i < to - from; i++) if (this.#bytes[start + i] !== source[from + i]) return false
    return true
  }
}
