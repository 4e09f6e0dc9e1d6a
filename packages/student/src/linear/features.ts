/**
 * A text as numbers: its words and pairs of neighbouring words, and the three-character pieces of its words, hashed to `PLACES`. No
 * vocabulary is needed, so a text of any language has features. Files of trained heads rest on them: a golden test holds them.
 */
import { hash32 } from '@edgewise/evidence'

/** So many that what a head has learned of some ten thousand features stands, but for a few pairs, in places of their own. */
export const PLACES: number = 2 ** 24

/** Longer texts are cut: a label of a text is found in its beginning, and time must not depend on one long document. */
const MOST_CHARACTERS = 4000

const PIECE = 3

/** A text's features: each place once, and how often it is hit, as 1 + ln(count). The first `words` are of the words, the rest pieces. */
export interface TextFeatures {
  readonly places: Int32Array
  readonly values: Float32Array
  readonly words: number
}

/** In lower case (NFKC): letters with their marks, and digits. Two texts with the same words are the same text. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .slice(0, MOST_CHARACTERS)
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/** None for a text without a letter or digit. */
export function featuresOf(text: string): TextFeatures {
  const words = wordsOf(text)
  const ofWords = new Map<number, number>()
  const ofPieces = new Map<number, number>()
  let before = '^'
  for (const word of words) {
    count(ofWords, `w ${word}`)
    count(ofWords, `2 ${before} ${word}`)
    before = word
    const edged = ` ${word} `
    for (let at = 0; at + PIECE <= edged.length; at++) count(ofPieces, `c${edged.slice(at, at + PIECE)}`)
  }
  if (words.length > 0) count(ofWords, `2 ${before} $`)
  return {
    places: Int32Array.from([...ofWords.keys(), ...ofPieces.keys()]),
    values: Float32Array.from([...ofWords.values(), ...ofPieces.values()], (hits) => 1 + Math.log(hits)),
    words: ofWords.size,
  }
}

function count(counts: Map<number, number>, feature: string): void {
  const place = hash32(feature) % PLACES
  counts.set(place, (counts.get(place) ?? 0) + 1)
}
