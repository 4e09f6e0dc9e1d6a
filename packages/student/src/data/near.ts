/**
 * Texts that say nearly the same: Jaccard similarity of their character 4-grams, exact and deterministic, without comparing every pair. Two texts
 * that are similar enough share one of their rarest few grams (prefix filtering; Bayardo, Ma and Srikant 2007, Scaling up all pairs
 * similarity search), so only texts that do are compared.
 */
import { hash32 } from '@edgewise/evidence'

const GRAM = 4

/**
 * Without case, forms of characters, punctuation and white space beyond single spaces: what two texts have in common that are copies. Of a text
 * without a letter or digit all but white space counts: no two signs are one.
 */
export function normalised(text: string): string {
  const plain = text.normalize('NFKC').toLowerCase()
  return plain.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim() || plain.replace(/\s+/g, ' ').trim()
}

/** Hashes of the 4-grams, each once; of a text that is shorter its own hash. */
export function gramsOf(text: string): Set<number> {
  const words = normalised(text)
  const grams = new Set<number>()
  for (let at = 0; at + GRAM <= words.length; at++) grams.add(hash32(words.slice(at, at + GRAM)))
  if (grams.size === 0) grams.add(hash32(words))
  return grams
}

/** Shared grams over all grams, 0 to 1. */
export function jaccard(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0
  for (const gram of a) if (b.has(gram)) shared++
  return shared / (a.size + b.size - shared)
}

export class NearTexts {
  readonly #threshold: number
  /** In how many texts of the corpus a gram is: the rarest come first. */
  readonly #counts: ReadonlyMap<number, number>
  readonly #texts: Float64Array[] = []
  /** Of each text the number of the search that looked at it last. */
  readonly #seen: number[] = []
  #searches = 0
  /** Gram to the texts that have it among their rarest. */
  readonly #rare = new Map<number, number[]>()

  /** `corpus`: texts like those to come, for speed alone. `threshold`: similarity from which two are near, above 0. */
  constructor(corpus: Iterable<string> | ReadonlyMap<number, number>, threshold: number) {
    this.#threshold = threshold
    this.#counts = corpus instanceof Map ? corpus : countsOf(corpus as Iterable<string>)
  }

  /** Without texts, for the same corpus. */
  fresh(): NearTexts {
    return new NearTexts(this.#counts, this.#threshold)
  }

  /** Its number, from 0. */
  add(text: string): number {
    const keys = this.#keysOf(text)
    const number = this.#texts.push(keys) - 1
    this.#seen.push(0)
    for (const key of keys.subarray(0, this.#prefix(keys.length))) {
      const list = this.#rare.get(key)
      if (list === undefined) this.#rare.set(key, [number])
      else list.push(number)
    }
    return number
  }

  /** The first text added that is near; null when none is. */
  find(text: string): number | null {
    const keys = this.#keysOf(text)
    const search = ++this.#searches
    let first = this.#texts.length
    for (const key of keys.subarray(0, this.#prefix(keys.length)))
      for (const number of this.#rare.get(key) ?? []) {
        // A list is in the order of the numbers.
        if (number >= first) break
        if (this.#seen[number] === search) continue
        this.#seen[number] = search
        if (isNear(keys, this.#texts[number]!, this.#threshold)) first = number
      }
    return first === this.#texts.length ? null : first
  }

  /** The grams of a text, the rarest of the corpus first, as numbers in that order. */
  #keysOf(text: string): Float64Array {
    return Float64Array.from(gramsOf(text), (gram) => (this.#counts.get(gram) ?? 0) * 2 ** 32 + gram).sort()
  }

  /** How many of the rarest grams a near text must share one of. */
  #prefix(grams: number): number {
    // Less a hair: a product that is a whole number may come out above it.
    return grams - Math.ceil(this.#threshold * grams - 1e-9) + 1
  }
}

/** Whether `jaccard` of two ascending lists is at least `threshold`; ends as soon as it cannot be. */
function isNear(a: Float64Array, b: Float64Array, threshold: number): boolean {
  const grams = a.length + b.length
  // The fewest shared that are enough.
  let enough = Math.max(0, Math.floor((threshold * grams) / (1 + threshold)) - 1)
  while (enough / (grams - enough) < threshold) enough++
  let [i, j, shared] = [0, 0, 0]
  while (shared + Math.min(a.length - i, b.length - j) >= enough) {
    if (shared === enough) return true
    const [left, right] = [a[i]!, b[j]!]
    if (left === right) shared++
    if (left <= right) i++
    if (right <= left) j++
  }
  return false
}

function countsOf(corpus: Iterable<string>): Map<number, number> {
  const counts = new Map<number, number>()
  for (const text of corpus) for (const gram of gramsOf(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  return counts
}
