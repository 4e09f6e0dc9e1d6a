/** What the parts of a report count with: sums of values that may be unknown, and groups whose number is bounded. */

import { ExactSum } from '../statistics/exact-sum.ts'

/** A sum over what is known, and how much is not. */
export class KnownSum {
  known = 0
  unknown = 0
  readonly #sum = new ExactSum()

  add(value: number | null): void {
    if (value === null) this.unknown += 1
    else {
      this.known += 1
      this.#sum.add(value)
    }
  }

  /** null when values came and none of them was known. */
  get sum(): number | null {
    return this.known === 0 && this.unknown > 0 ? null : this.#sum.value
  }
}

/** One `T` a key, for the first `most` keys; the keys after them share one, whose key is null. */
export class Groups<T> {
  readonly #most: number
  readonly #make: () => T
  readonly #groups = new Map<string, T>()
  #others: T | null = null

  constructor(most: number, make: () => T) {
    this.#most = most
    this.#make = make
  }

  /** The group of this key; of null: that of all others. */
  of(key: string | null): T {
    const found = key === null ? undefined : this.#groups.get(key)
    if (found !== undefined) return found
    if (key === null || this.#groups.size >= this.#most) return (this.#others ??= this.#make())
    const made = this.#make()
    this.#groups.set(key, made)
    return made
  }

  /** Every group with its key, by key; that of the others is the last. */
  entries(): (readonly [key: string | null, group: T])[] {
    const own = [...this.#groups].sort(([a], [b]) => (a < b ? -1 : 1))
    return this.#others === null ? own : [...own, [null, this.#others]]
  }
}

/** How often each of a bounded number of things came. */
export class Tally {
  readonly #groups: Groups<{ count: number }>

  constructor(most: number) {
    this.#groups = new Groups(most, () => ({ count: 0 }))
  }

  add(key: string, count = 1): void {
    this.#groups.of(key).count += count
  }

  /** The most frequent first; what is beyond the bound is called `others`, and comes last. */
  counted(others: string): (readonly [key: string, count: number])[] {
    return this.#groups
      .entries()
      .map(([key, { count }]) => [key, count] as const)
      .sort(([a, ca], [b, cb]) => Number(a === null) - Number(b === null) || cb - ca)
      .map(([key, count]) => [key ?? others, count] as const)
  }
}
