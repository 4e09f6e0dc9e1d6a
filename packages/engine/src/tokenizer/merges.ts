/**
 * Byte-pair merges: joins neighbouring tokens of one unit, always the pair of lowest rank, leftmost first.
 * A heap over a linked list keeps it at n log n, so that a long unit (a megabyte without a space) is no attack.
 */

/** Ranks of the pairs and what each makes, looked up by token ids. */
export class Merges {
  readonly #rankOfPair = new Map<number, number>()
  readonly #product: number[] = []

  /** Adds the next pair in rank; a pair given before keeps its lower rank. Ids are below 2^24, and so is the number of pairs, or equal. */
  add(left: number, right: number, product: number): void {
    const key = pairKey(left, right)
    if (!this.#rankOfPair.has(key)) this.#rankOfPair.set(key, this.#product.length)
    this.#product.push(product)
  }

  /** The ids after all merges that apply. `ids` is not changed. */
  apply(ids: readonly number[]): number[] {
    const id = [...ids]
    const next = id.map((_, i) => i + 1)
    const previous = id.map((_, i) => i - 1)
    const heap = new Heap()
    const offer = (left: number): void => {
      const right = left < 0 ? id.length : next[left]!
      if (right >= id.length) return
      const rank = this.#rankOfPair.get(pairKey(id[left]!, id[right]!))
      if (rank !== undefined) heap.push(rank * POSITIONS + left)
    }
    for (let i = 0; i < id.length; i++) offer(i)
    for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
      const left = top % POSITIONS
      const rank = (top - left) / POSITIONS
      const right = next[left]!
      // An entry is stale when either side was merged away or became another token since.
      if (right >= id.length || this.#rankOfPair.get(pairKey(id[left]!, id[right]!)) !== rank) continue
      id[left] = this.#product[rank]!
      id[right] = GONE
      next[left] = next[right]!
      if (next[left]! < id.length) previous[next[left]!] = left
      offer(previous[left]!)
      offer(left)
    }
    return id.filter((value) => value !== GONE)
  }
}

const GONE = -1
const POSITIONS = 2 ** 29

function pairKey(left: number, right: number): number {
  return left * 2 ** 24 + right
}

/** A binary min-heap of numbers. */
class Heap {
  readonly #items: number[] = []

  push(item: number): void {
    const items = this.#items
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (items[parent]! <= item) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  pop(): number | undefined {
    const items = this.#items
    const top = items[0]
    const last = items.pop()
    if (last === undefined || items.length === 0) return top
    let at = 0
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (child + 1 < items.length && items[child + 1]! < items[child]!) child++
      if (items[child]! >= last) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return top
  }
}
