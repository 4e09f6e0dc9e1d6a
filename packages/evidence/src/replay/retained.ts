/**
 * Items kept for what is only known when the last one has come (the bar that costs what the policy costs): all of them up to 65,536,
 * beyond that a sample, those whose hash is below a limit that halves when there are too many. Which items stay hangs on their ids
 * alone, not on their order.
 */
import { hash32 } from '../statistics/random.ts'

const MOST = 65_536

export class Retained {
  /** `[count, width]`, row by row. */
  #rows: Float64Array
  #hashes: Uint32Array
  #limit = 2 ** 32
  #count = 0
  readonly width: number

  constructor(width: number) {
    this.width = width
    this.#rows = new Float64Array(1024 * width)
    this.#hashes = new Uint32Array(1024)
  }

  get count(): number {
    return this.#count
  }

  /** Whether some were left out. */
  get isSample(): boolean {
    return this.#limit < 2 ** 32
  }

  /** `id` is unique in the trace; `values` are `width` numbers. */
  add(id: string, values: readonly number[]): void {
    const hash = hash32(id)
    if (hash >= this.#limit) return
    if (this.#count === this.#hashes.length) this.#grow()
    this.#put(this.#count++, hash, values)
    while (this.#count > MOST) this.#halve()
  }

  /** The value of a column of a row. */
  at(row: number, column: number): number {
    return this.#rows[row * this.width + column]!
  }

  #put(row: number, hash: number, values: ArrayLike<number>): void {
    this.#hashes[row] = hash
    for (let i = 0; i < this.width; i++) this.#rows[row * this.width + i] = values[i]!
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2)
    const hashes = new Uint32Array(this.#hashes.length * 2)
    rows.set(this.#rows)
    hashes.set(this.#hashes)
    this.#rows = rows
    this.#hashes = hashes
  }

  #halve(): void {
    this.#limit /= 2
    let kept = 0
    for (let row = 0; row < this.#count; row++) {
      const hash = this.#hashes[row]!
      if (hash >= this.#limit) continue
      this.#put(kept++, hash, this.#rows.subarray(row * this.width, (row + 1) * this.width))
    }
    this.#count = kept
  }
}
