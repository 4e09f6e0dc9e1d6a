/**
 * Joins neighbouring parts of one unit until none join: always the pair of lowest rank, of equal ranks the leftmost.
 * Short units look at every pair each time; long ones keep a heap over a linked list, n log n, so that a megabyte
 * without a space is no attack. What parts are, and what joins, is the caller's.
 */

export interface Parts {
  /** The rank of joining the parts at these places, from 0 and below 2^24, or -1 when they do not join. */
  rank(left: number, right: number): number
  /** Puts what both become at `left`; `rank` is what the last call for this pair gave. */
  join(left: number, right: number, rank: number): void
}

/** Up to this many parts, looking at all pairs is faster than a heap. */
export const FEW = 48
const fewNext = new Int32Array(FEW)
const fewRanks = new Int32Array(FEW)

/** Joins parts 0..count-1. Gives the place of the part after each that is left: walk it from 0 to `count`. Valid until the next call. */
export function joinParts(count: number, parts: Parts): Int32Array {
  return count <= FEW ? joinFew(count, parts) : joinMany(count, parts)
}

function joinFew(count: number, parts: Parts): Int32Array {
  const next = fewNext
  const ranks = fewRanks
  for (let i = 0; i < count; i++) {
    next[i] = i + 1
    ranks[i] = i + 1 < count ? parts.rank(i, i + 1) : -1
  }
  for (;;) {
    let best = -1
    let beforeBest = -1
    for (let i = 0, before = -1; i < count; before = i, i = next[i]!) {
      const rank = ranks[i]!
      if (rank >= 0 && (best < 0 || rank < ranks[best]!)) {
        best = i
        beforeBest = before
      }
    }
    if (best < 0) return next
    const right = next[best]!
    parts.join(best, right, ranks[best]!)
    const after = next[right]!
    next[best] = after
    ranks[best] = after < count ? parts.rank(best, after) : -1
    if (beforeBest >= 0) ranks[beforeBest] = parts.rank(beforeBest, best)
  }
}

function joinMany(count: number, parts: Parts): Int32Array {
  const next = new Int32Array(count)
  const previous = new Int32Array(count)
  /** Of each part with the next one; what is gone has -1. */
  const ranks = new Int32Array(count).fill(-1)
  const heap = new Heap(count)
  const offer = (left: number): void => {
    const right = next[left]!
    const rank = right < count ? parts.rank(left, right) : -1
    ranks[left] = rank
    if (rank >= 0) heap.push(rank * POSITIONS + left)
  }
  for (let i = 0; i < count; i++) {
    next[i] = i + 1
    previous[i] = i - 1
    offer(i)
  }
  while (heap.size > 0) {
    const top = heap.pop()
    const left = top % POSITIONS
    const rank = (top - left) / POSITIONS
    // An entry is stale when either side has become another part since.
    if (ranks[left] !== rank) continue
    const right = next[left]!
    parts.join(left, right, rank)
    ranks[right] = -1
    const after = next[right]!
    next[left] = after
    if (after < count) previous[after] = left
    if (previous[left]! >= 0) offer(previous[left]!)
    offer(left)
  }
  return next
}

/** Rank and place in one exact number: 2^24 ranks of 2^29 places, the longest string of any engine. */
const POSITIONS = 2 ** 29

/** A binary min-heap of numbers. */
class Heap {
  size = 0
  #items: Float64Array

  constructor(capacity: number) {
    this.#items = new Float64Array(capacity)
  }

  push(item: number): void {
    if (this.size === this.#items.length) {
      const larger = new Float64Array(2 * this.size)
      larger.set(this.#items)
      this.#items = larger
    }
    const items = this.#items
    let at = this.size++
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  /** The least; there must be one. */
  pop(): number {
    const items = this.#items
    const top = items[0]!
    const size = --this.size
    const last = items[size]!
    let at = 0
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && items[child + 1]! < items[child]!) child++
      if (items[child]! >= last) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return top
  }
}
