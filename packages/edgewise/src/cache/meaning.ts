/**
 * When two wordings may have one answer. The words that carry meaning must be the same, in the same order: numbers, names,
 * placeholders, negations, question words and everything that is not a known filler; `similarity` then says how near the two are.
 * Embeddings alone cannot do this: "rate this book 4" and "rate this book 2" lie closer together than two ways of asking for a
 * balance (docs/cache.md has the figures). Fillers are English; of other languages only case, punctuation and spaces may differ.
 */

/** A longer text is a document, not a question, and one with lines may be code, where a space can matter. */
const MOST_CHARS = 300

/** Words without which an English question asks the same. */
const fillers = new Set(
  'a an the please kindly hi hello hey thanks um uh ok okay just is are am be do does can could would i to of in on at for it and my this that some have get so really also'.split(
    ' ',
  ),
)

/** Beginnings that ask without saying what. */
const opening =
  /^(?:please )?(?:(?:can|could|would) you (?:please )?tell me|tell me|do you know|let me know|i (?:want|need|would like) to(?: know)?|i'd like to(?: know)?) /

const openingQuotes = /^["'“‘«]+/
const closingMarks = /[.,;:!?"'”’»…]+$/

/** The words of `text` that carry its meaning, one text; null where nothing but the text itself can stand for it. */
export function contentOf(text: string): string | null {
  if (text.length > MOST_CHARS || /[\r\n]/.test(text)) return null
  const hasSmall = /\p{Ll}/u.test(text)
  const words = text
    .normalize('NFC')
    .replaceAll(/(?<=\p{L})-(?=\p{L})/gu, ' ')
    .split(/\s+/)
    .map((word) => folded(word, hasSmall))
    .filter((word) => word !== '')
  const content = words
    .join(' ')
    .replace(opening, '')
    .split(' ')
    .filter((word) => word !== '' && !fillers.has(word))
  return content.length === 0 ? null : content.join(' ')
}

/** Without the marks around it, in small letters unless it is written in capitals among others that are not: US is not us. */
function folded(word: string, hasSmall: boolean): string {
  const bare = word.replace(openingQuotes, '').replace(closingMarks, '').replaceAll('’', "'")
  if (hasSmall && /^\P{Ll}*\p{Lu}\P{Ll}*\p{Lu}\P{Ll}*$/u.test(bare)) return bare
  return bare.toLowerCase().replace(/^(what|who|where|when|how|it)'s$/, '$1')
}

/**
 * Cosine of two texts' counts of stretches of 3 to 5 letters within words, 0 to 1. It parts questions of one intent from those of
 * another as well as the best of the embedded model's states does (docs/cache.md).
 */
export function similarity(one: string, other: string): number {
  const a = stretches(one)
  const b = stretches(other)
  let dot = 0
  for (const [stretch, count] of a) dot += count * (b.get(stretch) ?? 0)
  return dot === 0 ? 0 : Math.min(1, dot / Math.sqrt(squares(a) * squares(b)))
}

/** How often each stretch of 3 to 5 letters stands in `text`, the ends of words among them. */
export function stretches(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? []) {
    const bounded = ` ${word} `
    for (let size = 3; size <= 5; size++) {
      for (let from = 0; from + size <= bounded.length; from++) {
        const stretch = bounded.slice(from, from + size)
        counts.set(stretch, (counts.get(stretch) ?? 0) + 1)
      }
    }
  }
  return counts
}

function squares(counts: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const count of counts.values()) sum += count * count
  return sum
}
