/**
 * The features that a head knows: those of its training texts, with how rare they are there. A text becomes a row of them, of length 1;
 * what it has beside them is counted, since a text of much that was never seen is one the head can say little of.
 */
import type { TextFeatures } from './features.ts'

/** Rarities are kept in steps of this, a byte each. */
export const RARITY_STEP: number = 1 / 16
/** ln of 2^32 texts, and 1, in steps. */
export const MOST_RARITY: number = 380

/** From so many texts on, what only one of them has is left out: it halves the file, and no label was seen to miss it. */
const MANY_TEXTS = 3000
/** Of features times labels: 64 MB of floats while training, and what a file may ask for. */
export const MOST_WEIGHTS: number = 2 ** 24
export const MOST_KNOWN: number = 2 ** 17

export interface Known {
  /** Ascending. */
  readonly places: Int32Array
  /** Of each place: ln((1 + texts) / (1 + texts that have it)) + 1, as scikit-learn's TfidfTransformer has it, in RARITY_STEPs. */
  readonly rarities: Uint16Array
}

/** A text as the head reads it: numbers of known features, and values of length 1. */
export interface Row {
  readonly known: Int32Array
  readonly values: Float32Array
  /** Share of the text's features that are not known, 0 to 1; 1 for a text without any. */
  readonly unknown: number
}

/** Of more features than there is room for with so many labels, the most frequent are kept. */
export function knownOf(texts: readonly TextFeatures[], labels: number): Known {
  const seen = new Map<number, number>()
  for (const { places } of texts) for (const place of places) seen.set(place, (seen.get(place) ?? 0) + 1)
  const least = texts.length < MANY_TEXTS ? 1 : 2
  let kept = [...seen].filter(([, count]) => count >= least)
  const most = Math.min(MOST_KNOWN, Math.floor(MOST_WEIGHTS / labels))
  if (kept.length > most) kept = kept.sort(([a, x], [b, y]) => y - x || a - b).slice(0, most)
  kept.sort(([a], [b]) => a - b)
  const rarity = (count: number): number => Math.log((1 + texts.length) / (1 + count)) + 1
  return {
    places: Int32Array.from(kept, ([place]) => place),
    rarities: Uint16Array.from(kept, ([, count]) =>
      Math.min(MOST_RARITY, Math.round(rarity(count) / RARITY_STEP)),
    ),
  }
}

/** Words and pieces weigh the same: each part is scaled to half of the squared length, where it has any. */
export function rowOf({ places, values, words }: TextFeatures, { places: all, rarities }: Known): Row {
  const known: number[] = []
  const scaled: number[] = []
  const part = (from: number, to: number): void => {
    const first = scaled.length
    let squares = 0
    for (let i = from; i < to; i++) {
      const number = find(all, places[i]!)
      if (number < 0) continue
      const value = values[i]! * rarities[number]!
      known.push(number)
      scaled.push(value)
      squares += value * value
    }
    for (let i = first; i < scaled.length; i++) scaled[i]! /= Math.sqrt(2 * squares)
  }
  part(0, words)
  part(words, places.length)
  return {
    known: Int32Array.from(known),
    values: Float32Array.from(scaled),
    unknown: places.length === 0 ? 1 : 1 - known.length / places.length,
  }
}

/** The index of a place in ascending ones, or -1. */
function find(places: Int32Array, place: number): number {
  let low = 0
  let high = places.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const there = places[middle]!
    if (there === place) return middle
    if (there < place) low = middle + 1
    else high = middle - 1
  }
  return -1
}
