/** The measures every table uses. Pure; each says what it counts. */

/** The probability that a random positive scores above a random negative (ties half): the area under the ROC curve. */
export function auroc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, positive: true })),
    ...negatives.map((score) => ({ score, positive: false })),
  ].sort((a, b) => a.score - b.score)
  let rankSum = 0
  for (let i = 0; i < all.length; ) {
    let j = i
    while (j < all.length && all[j]!.score === all[i]!.score) j++
    // Ranks i + 1 .. j, shared.
    const positivesHere = all.slice(i, j).filter((item) => item.positive).length
    rankSum += (positivesHere * (i + 1 + j)) / 2
    i = j
  }
  const n = positives.length
  return (rankSum - (n * (n + 1)) / 2) / (n * negatives.length)
}

/** The score that `share` of `scores` lie above. */
export function quantileAbove(scores: readonly number[], share: number): number {
  const sorted = scores.toSorted((a, b) => b - a)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

/** The share of items that `holds` is true for; 0 of none. */
export function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length
}

/** Counts of a set comparison: right ones, given ones, wanted ones. */
export interface Counts {
  right: number
  given: number
  wanted: number
}

export const noCounts = (): Counts => ({ right: 0, given: 0, wanted: 0 })

/** Adds one item: equal keys count once each. */
export function addCounts(counts: Counts, given: readonly string[], wanted: readonly string[]): void {
  const left = [...wanted]
  for (const key of given) {
    const at = left.indexOf(key)
    if (at === -1) continue
    left.splice(at, 1)
    counts.right++
  }
  counts.given += given.length
  counts.wanted += wanted.length
}

export interface Score {
  readonly precision: number
  readonly recall: number
  readonly f1: number
}

export function scoreOf({ right, given, wanted }: Counts): Score {
  const precision = given === 0 ? 0 : right / given
  const recall = wanted === 0 ? 0 : right / wanted
  return { precision, recall, f1: right === 0 ? 0 : (2 * precision * recall) / (precision + recall) }
}

/** Words to insert, delete or replace to make `a` of `b` (Levenshtein over words). */
export function wordErrors(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, j) => j + 1)
  row.unshift(0)
  for (const [i, word] of a.entries()) {
    const next = [i + 1]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (word === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
