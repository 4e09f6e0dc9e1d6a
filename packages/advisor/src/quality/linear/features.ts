/**
 * A text as numbers: its words, pairs of words and pieces of words (three to five characters), hashed to `DIMENSIONS` places, weighed by
 * how rare they are in the training texts (TF-IDF), of length 1. No vocabulary is kept, so a text of any language has features.
 */
import { hash32 } from '@edgewise/evidence'

/** Places that features are hashed to; two in one place share a weight. */
export const DIMENSIONS: number = 2 ** 16

/** Longer texts are cut: a label of a text is found in its beginning, and time must not depend on one long document. */
const MOST_CHARACTERS = 4000

/** Places with their values, each place once. */
export interface Features {
  readonly places: Int32Array
  readonly values: Float32Array
}

/** How often each place is hit, 1 + ln(count). */
export function featuresOf(text: string): Features {
  const words =
    text
      .slice(0, MOST_CHARACTERS)
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  const counts = new Map<number, number>()
  const add = (feature: string): void => {
    const place = hash32(feature) % DIMENSIONS
    counts.set(place, (counts.get(place) ?? 0) + 1)
  }
  for (const [i, word] of words.entries()) {
    add(`w ${word}`)
    add(`w ${words[i - 1] ?? ''} ${word}`)
    const edged = ` ${word} `
    for (let length = 3; length <= 5; length++)
      for (let at = 0; at + length <= edged.length; at++) add(edged.slice(at, at + length))
  }
  return {
    places: Int32Array.from(counts.keys()),
    values: Float32Array.from(counts.values(), (count) => 1 + Math.log(count)),
  }
}

/** Weight of each place: ln((1 + n) / (1 + texts that have it)) + 1, as scikit-learn's TfidfTransformer has it. */
export function rarity(texts: readonly Features[]): Float32Array {
  const seen = new Uint32Array(DIMENSIONS)
  for (const { places } of texts) for (const place of places) seen[place]!++
  return Float32Array.from(seen, (count) => Math.log((1 + texts.length) / (1 + count)) + 1)
}

/** The same features times their weights, of length 1; without one where the text has none. */
export function weighed({ places, values }: Features, weights: Float32Array): Features {
  const scaled = values.map((value, i) => value * weights[places[i]!]!)
  const length = Math.hypot(...scaled)
  return { places, values: length === 0 ? scaled : scaled.map((value) => value / length) }
}
