/**
 * The best of many logits without sorting them all: quickselect (Hoare, 1961), by count and by weight. Better is the
 * larger logit, of equal ones the lower id; what is found is what sorting would give.
 */

/** The k-th largest of the first `count` values, from 1; their order changes. */
export function kthLargest(values: Float32Array, count: number, k: number): number {
  let low = 0
  let high = count - 1
  const at = k - 1
  while (low < high) {
    const pivot = middle(values[low]!, values[(low + high) >> 1]!, values[high]!)
    let i = low
    let j = high
    while (i <= j) {
      while (values[i]! > pivot) i++
      while (values[j]! < pivot) j--
      if (i > j) break
      const value = values[i]!
      values[i++] = values[j]!
      values[j--] = value
    }
    if (at <= j) high = j
    else if (at >= i) low = i
    else break
  }
  return values[at]!
}

/**
 * How many of the first `count` ids, best first, reach `target` with their weights together: at least it, or with
 * `isBeyond` more than it. So many ids come first then, the last of them last; all when they do not reach it.
 * `weights[i]` belongs to `ids[i]` and moves with it.
 */
export function bestByWeight(
  ids: Int32Array,
  weights: Float64Array,
  count: number,
  logits: Float32Array,
  target: number,
  isBeyond: boolean,
): number {
  const isBetter = (a: number, b: number): boolean =>
    logits[a]! > logits[b]! || (logits[a] === logits[b] && a < b)
  const swap = (a: number, b: number): void => {
    const id = ids[a]!
    const weight = weights[a]!
    ids[a] = ids[b]!
    weights[a] = weights[b]!
    ids[b] = id
    weights[b] = weight
  }
  /** The best `low` ids come first and weigh `sum`; the answer is among those up to `high`. */
  let low = 0
  let high = count
  let sum = 0
  while (low < high) {
    // Middle of three to the end, then all better ones to the front.
    const mid = (low + high) >> 1
    if (isBetter(ids[mid]!, ids[low]!)) swap(mid, low)
    if (isBetter(ids[high - 1]!, ids[low]!)) swap(high - 1, low)
    if (isBetter(ids[mid]!, ids[high - 1]!)) swap(mid, high - 1)
    const pivot = ids[high - 1]!
    let at = low
    let better = sum
    for (let i = low; i < high - 1; i++) {
      if (!isBetter(ids[i]!, pivot)) continue
      better += weights[i]!
      swap(i, at++)
    }
    swap(at, high - 1)
    const all = better + weights[at]!
    if (isReached(better, target, isBeyond)) high = at
    else if (isReached(all, target, isBeyond)) return at + 1
    else {
      sum = all
      low = at + 1
    }
  }
  return low
}

const isReached = (sum: number, target: number, isBeyond: boolean): boolean =>
  isBeyond ? sum > target : sum >= target

const middle = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c))
