/**
 * Which items were seen, as 64-bit hashes of task and id in an open-addressed table: 11 to 23 bytes an item, 34 while the table grows,
 * so that a duplicate is found in files that do not fit in memory. Two ids that are not the same are taken for it with a probability of
 * n² / 2^65: 3e-8 at a million items, 3e-4 at a hundred million. Whoever crafts ids can have them collide; that only refuses their file.
 */
const FILL = 0.7

export class SeenIds {
  #slots = new Uint32Array(2 * 1024)
  #count = 0

  get size(): number {
    return this.#count
  }

  /** false when it was there. */
  add(task: string, id: string): boolean {
    const [low, high] = hash64(`${task.length} ${task}${id}`)
    if (!put(this.#slots, low, high)) return false
    if (++this.#count > FILL * (this.#slots.length / 2)) this.#grow()
    return true
  }

  #grow(): void {
    const bigger = new Uint32Array(2 * this.#slots.length)
    for (let i = 0; i < this.#slots.length; i += 2)
      if (this.#slots[i] !== 0 || this.#slots[i + 1] !== 0) put(bigger, this.#slots[i]!, this.#slots[i + 1]!)
    this.#slots = bigger
  }
}

/** A slot of two zeros is free. */
function put(slots: Uint32Array, low: number, high: number): boolean {
  const mask = slots.length / 2 - 1
  for (let at = low & mask; ; at = (at + 1) & mask) {
    const here = slots[2 * at]!
    const there = slots[2 * at + 1]!
    if (here === 0 && there === 0) {
      slots[2 * at] = low
      slots[2 * at + 1] = high
      return true
    }
    if (here === low && there === high) return false
  }
}

/** cyrb53 (bryc, public domain) with all of its 64 bits; never two zeros. */
function hash64(text: string): readonly [number, number] {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
  }
  a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)
  b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35)
  return [a >>> 0, b === 0 && a === 0 ? 1 : b >>> 0]
}
