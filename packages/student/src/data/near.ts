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
  readonly #texts: Set<number>[] = []
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
    const grams = gramsOf(text)
    const number = this.#texts.push(grams) - 1
    for (const gram of this.#prefix(grams)) {
      const list = this.#rare.get(gram)
      if (list === undefined) this.#rare.set(gram, [number])
      else list.push(number)
    }
    return number
  }

  /** The first text added that is near; null when none is. */
  find(text: string): number | null {
    const grams = gramsOf(text)
    let first: number | null = null
    const seen = new Set<number>()
    for (const gram of this.#prefix(grams))
      for (const number of this.#rare.get(gram) ?? []) {
        if ((first !== null && number >= first) || seen.has(number)) continue
        seen.add(number)
        const other = this.#texts[number]!
        const sizes = Math.min(grams.size, other.size) / Math.max(grams.size, other.size)
        if (sizes >= this.#threshold && jaccard(grams, other) >= this.#threshold) first = number
      }
    return first
  }

  /** The rarest grams, so many that a near text must share one. */
  #prefix(grams: ReadonlySet<number>): number[] {
    const sorted = [...grams].sort((a, b) => this.#count(a) - this.#count(b) || a - b)
    // Less a hair: a product that is a whole number may come out above it.
    return sorted.slice(0, grams.size - Math.ceil(this.#threshold * grams.size - 1e-9) + 1)
  }

  #count(gram: number): number {
    return this.#counts.get(gram) ?? 0
  }
}

function countsOf(corpus: Iterable<string>): Map<number, number> {
  const counts = new Map<number, number>()
  for (const text of corpus) for (const gram of gramsOf(text)) counts.set(gram, (counts.get(gram) ?? 0) + 1)
  return counts
}
