/** How far a wrong span goes: by its form for dates and the like, by the model for words. */
import type { Dictionary } from './dictionary.ts'
import { inForm } from './forms.ts'
import type { Protocol, Unit } from './protocol.ts'
import type { Reader } from './reader.ts'
import { logSoftmax, logSumText, type Tally } from './score.ts'

/** Units of the longest form: "(555) 123-4567" has 14, "21st of september 1987" has 10. */
const formUnits = 16
/** Units of text in a span of wrong words; more than one are a word split or said twice. */
const mostWords = 3

/** units[first..end) as text, without the white space around it. */
export function textOf(units: readonly Unit[], first: number, end: number): string {
  const texts = units.slice(first, end).map((unit) => unit.text)
  return texts.join('').trim()
}

/** The end of the longest date, time, phone number or weekday that starts at unit `first` and is not yet in its form. */
export function endOfForm(units: readonly Unit[], first: number): number | undefined {
  const before = units[first - 1]
  // A marker stands before white space, so after it is too late; and a part of a longer number is no number.
  const inside = before && !/^\s/.test(units[first]!.text) && /[\p{L}\p{N}\s.:/@-]$/u.test(before.text)
  if (inside) return undefined
  for (let end = Math.min(first + formUnits, units.length); end > first; end--) {
    const text = textOf(units, first, end)
    const [next = '', afterNext = ''] = units.slice(end, end + 2).map((unit) => unit.text)
    const goesOn = /^[\p{L}\p{N}]/u.test(next) || (/^[-./:]$/.test(next) && /^\d/.test(afterNext))
    const form = goesOn || !/[a-z\d]$/i.test(text) ? undefined : inForm(text)
    if (form !== undefined) return form === text ? undefined : end
  }
  return undefined
}

/**
 * The end of the wrong words that start at unit `first`: where the model prefers `<to>` to more of the source, or where it
 * must. `tokens`: what stands before them.
 */
export async function endOfWords(
  reader: Reader,
  protocol: Protocol,
  units: readonly Unit[],
  first: number,
  tokens: readonly number[],
  decisions: Tally,
): Promise<number> {
  const marked = [...tokens, protocol.fix]
  let wordsInside = 0
  for (let end = first; end < units.length; end++) {
    if (wordsInside > 0) {
      const logits = await reader.after(marked)
      const [goOn, to] = logSoftmax([logSumText(logits, protocol.isText), logits[protocol.to]!])
      decisions.add(Math.max(goOn!, to!))
      if (to! > goOn! || wordsInside === mostWords) return end
    }
    if (!units[end]!.blank) wordsInside++
    marked.push(...units[end]!.ids)
  }
  return units.length
}

/** Whether the word that starts at or after unit `i`, with its apostrophe part, needs no dictionary or is in it. */
export function isKnown(words: Dictionary, units: readonly Unit[], i: number): boolean {
  const at = units.findIndex((unit, j) => j >= i && !unit.blank)
  const word = units[at]?.text.trim().toLowerCase() ?? ''
  if (!/^\p{L}/u.test(word)) return true
  const tail = units[at + 1]?.text.toLowerCase() ?? ''
  return /^'\p{L}/u.test(tail) ? words.has(word + tail) || words.has(word) : words.has(word)
}
