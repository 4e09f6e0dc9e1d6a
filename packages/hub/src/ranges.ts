/** Which bytes of a file are there: ranges [from, to) in order, none touching another. Plain data, made to be stored. */

export type Range = readonly [from: number, to: number]

/** `ranges` and one more, which may overlap them. */
export function addRange(ranges: readonly Range[], [from, to]: Range): Range[] {
  if (from >= to) return [...ranges]
  const before = ranges.filter((range) => range[1] < from)
  const after = ranges.filter((range) => range[0] > to)
  const touched = ranges.slice(before.length, ranges.length - after.length)
  const joined: Range = [Math.min(from, touched[0]?.[0] ?? from), Math.max(to, touched.at(-1)?.[1] ?? to)]
  return [...before, joined, ...after]
}

/** What of [0, size) is in none of `ranges`, in pieces of at most `piece`. */
export function missingRanges(ranges: readonly Range[], size: number, piece: number): Range[] {
  const missing: Range[] = []
  let at = 0
  for (const [from, to] of [...ranges, [size, size] as const]) {
    for (; at < from; at = Math.min(at + piece, from)) missing.push([at, Math.min(at + piece, from)])
    at = to
  }
  return missing
}

export function sumRanges(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from, 0)
}

/** Whether what was read from a file is ranges of a file of `size` bytes, as these functions make them. */
export function areRanges(value: unknown, size: number): value is Range[] {
  if (!Array.isArray(value)) return false
  let end = -1
  for (const range of value as unknown[]) {
    if (!Array.isArray(range) || range.length !== 2) return false
    const [from, to] = range as [unknown, unknown]
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) return false
    if ((from as number) <= end || (to as number) <= (from as number) || (to as number) > size) return false
    end = to as number
  }
  return true
}
