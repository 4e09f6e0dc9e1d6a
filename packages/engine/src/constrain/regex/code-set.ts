/**
 * Sets of Unicode characters as sorted, disjoint, not adjacent ranges of code points, ends included: [low, high, ...].
 * Surrogates are in none: they are no characters, and UTF-8 has no bytes for them.
 */

export type CodeSet = readonly number[]

const LAST = 0x10ffff
const SURROGATES = [0xd800, 0xdfff] as const

export const nobody: CodeSet = []
const characters: CodeSet = [0, SURROGATES[0] - 1, SURROGATES[1] + 1, LAST]
export const everybody: CodeSet = [...characters]

/** The set of ranges in any order, with overlaps. */
export function codeSet(...ranges: number[]): CodeSet {
  return intersect(normal(ranges), characters)
}

export function union(...sets: CodeSet[]): CodeSet {
  return normal(sets.flat())
}

export function intersect(a: CodeSet, b: CodeSet): CodeSet {
  if (a === everybody) return b
  if (b === everybody) return a
  const out: number[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const low = Math.max(a[i]!, b[j]!)
    const high = Math.min(a[i + 1]!, b[j + 1]!)
    if (low <= high) out.push(low, high)
    if (a[i + 1]! < b[j + 1]!) i += 2
    else j += 2
  }
  return out
}

export function complement(set: CodeSet): CodeSet {
  const out: number[] = []
  let from = 0
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > from) out.push(from, set[i]! - 1)
    from = set[i + 1]! + 1
  }
  if (from <= LAST) out.push(from, LAST)
  return intersect(out, characters)
}

function normal(ranges: readonly number[]): CodeSet {
  const order = Array.from({ length: ranges.length / 2 }, (_, i) => 2 * i).sort(
    (a, b) => ranges[a]! - ranges[b]!,
  )
  const out: number[] = []
  for (const i of order) {
    const [low, high] = [ranges[i]!, ranges[i + 1]!]
    if (low > high) continue
    if (out.length > 0 && low <= out[out.length - 1]! + 1) {
      out[out.length - 1] = Math.max(out[out.length - 1]!, high)
    } else out.push(low, high)
  }
  return out
}

export const digits: CodeSet = [0x30, 0x39]
export const wordCharacters: CodeSet = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]
/** What ECMAScript calls white space or a line terminator. */
export const spaces: CodeSet = codeSet(
  ...[0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a],
  ...[0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff],
)
export const lineTerminators: CodeSet = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029]

/** Gives one of all equal sets, so that what is worked out for a set is found again. */
export function interner(): (set: CodeSet) => CodeSet {
  const byIdentity = new Map<CodeSet, CodeSet>()
  const byContent = new Map<string, CodeSet>()
  return (set) => {
    const known = byIdentity.get(set)
    if (known) return known
    const key = set.join()
    const one = byContent.get(key) ?? set
    byContent.set(key, one)
    byIdentity.set(set, one)
    return one
  }
}

const properties = new Map<string, CodeSet>()

/** The set of \p{name}, as the host knows it; undefined when it knows none. Takes some 50 ms the first time. */
export function propertySet(name: string): CodeSet | undefined {
  const known = properties.get(name)
  if (known) return known
  const test = propertyTest(name)
  if (!test) return undefined
  const ranges: number[] = []
  let from = -1
  for (let code = 0; code <= LAST + 1; code++) {
    const isIn =
      code <= LAST && (code < SURROGATES[0] || code > SURROGATES[1]) && test.test(String.fromCodePoint(code))
    if (isIn && from < 0) from = code
    if (!isIn && from >= 0) {
      ranges.push(from, code - 1)
      from = -1
    }
  }
  properties.set(name, ranges)
  return ranges
}

function propertyTest(name: string): RegExp | undefined {
  if (!/^[A-Za-z_]+(=[A-Za-z0-9_]+)?$/.test(name)) return undefined
  try {
    return new RegExp(`^\\p{${name}}$`, 'u')
  } catch {
    return undefined
  }
}
