/**
 * What a wrong word may become: dictionary words within a small edit distance, the same words joined or parted,
 * a repeated word once, another case, and always the text as it stands; what lacks its apostrophe gets that and nothing else, or "cant"
 * could become "can". So `fix` cannot invent a word or change a number.
 */
import type { Dictionary } from './dictionary.ts'

/** Longer strings are no words: the search would cost more and find nothing. */
const longestWord = 32

export interface Candidate {
  readonly text: string
  /** Letters or spaces edited; 0 for the text as it stands, for another case of it, and with its apostrophe. */
  readonly edits: number
}

/** Candidates for `wrong`, `wrong` itself first, each once; a span with digits and a known abbreviation have no other. */
export function candidates(words: Dictionary, wrong: string): Candidate[] {
  const found = new Map([[wrong, 0]])
  const add = (text: string, edits: number) => found.set(text, Math.min(edits, found.get(text) ?? edits))
  const parts = wrong.split(/\s+/)
  if (/\d/.test(wrong) || isAbbreviation(words, wrong)) return [{ text: wrong, edits: 0 }]
  const whole = apostrophed(words, wrong)
  if (whole.length > 0) for (const text of whole) add(text, 0)
  else if (parts.length === 1) {
    // A name need not be in the dictionary to get its capital.
    add(capitalised(wrong), 0)
    for (const { text, edits } of nearWords(words, wrong)) add(text, edits)
    for (const pair of partings(words, wrong)) add(pair, 1)
  } else {
    const joined = parts.join('')
    if (words.has(joined.toLowerCase())) add(joined, 1)
    if (new Set(parts.map((part) => part.toLowerCase())).size === 1) add(parts[0]!, 1)
  }
  return Array.from(found, ([text, edits]) => ({ text, edits }))
}

/** Edits allowed for a word of this length: short words have too many neighbours. */
export function editLimit(word: string): number {
  return word.length <= 4 ? 1 : 2
}

function nearWords(words: Dictionary, wrong: string): Candidate[] {
  if (wrong.length > longestWord) return []
  const lower = wrong.toLowerCase()
  const near = words.near(lower, editLimit(lower))
  return near.flatMap(({ word, distance }) => cases(word, wrong).map((text) => ({ text, edits: distance })))
}

/** "dont" as "don't"; none where the word is one without it, as "were" is. */
function apostrophed(words: Dictionary, wrong: string): string[] {
  const lower = wrong.toLowerCase()
  if (wrong.length > longestWord || words.has(lower)) return []
  const cuts = Array.from({ length: Math.max(0, lower.length - 1) }, (_, i) => i + 1)
  const found = cuts
    .map((cut) => `${lower.slice(0, cut)}'${lower.slice(cut)}`)
    .filter((word) => words.has(word))
  return found.flatMap((word) => cases(word, wrong))
}

/** `word` as it may stand in the place of `wrong`: a capital stays one, a small letter may become one. */
function cases(word: string, wrong: string): string[] {
  const capital = capitalised(word)
  if (wrong.length > 1 && wrong === wrong.toUpperCase()) return [word.toUpperCase()]
  return wrong[0] !== wrong[0]!.toLowerCase() ? [capital] : [word, capital]
}

/** "ofthe" as "of the": both parts known, letters kept as they are. */
function partings(words: Dictionary, wrong: string): string[] {
  if (wrong.length > longestWord) return []
  const cuts = Array.from({ length: Math.max(0, wrong.length - 1) }, (_, i) => i + 1)
  return cuts
    .map((cut) => [wrong.slice(0, cut), wrong.slice(cut)] as const)
    .filter(([a, b]) => words.has(a.toLowerCase()) && words.has(b.toLowerCase()))
    .map(([a, b]) => `${a} ${b}`)
}

/** What the dictionary has and has no vowel (html, css), titles aside: neither misspelled, nor a name without its capital. */
const isAbbreviation = (words: Dictionary, word: string) =>
  /^[b-df-hj-np-tv-xz]{3,}$/.test(word) && word !== 'mrs' && words.has(word)

const capitalised = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)
