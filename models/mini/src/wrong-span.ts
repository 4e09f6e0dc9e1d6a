/** What may be wrong and how far it goes: dates and the like by their form, words by their letters. */
import type { Dictionary } from './dictionary.ts'
import { inForm } from './forms.ts'
import type { Unit } from './protocol.ts'

/** Units of the longest form: "(555) 123-4567" has 14, "21st of september 1987" has 10. */
const formUnits = 16

/** units[first..end) as text, without the white space around it. */
export function textOf(units: readonly Unit[], first: number, end: number): string {
  const texts = units.slice(first, end).map((unit) => unit.text)
  return texts.join('').trim()
}

/** The end of the longest date, time, phone number or weekday that starts at unit `first` and is not yet in its form. */
export function endOfForm(units: readonly Unit[], first: number): number | undefined {
  const before = units[first - 1]
  // A part of a longer number is no number.
  const inside = before && !/^\s/.test(units[first]!.text) && /[\p{L}\p{N}.:/@-]$/u.test(before.text)
  if (inside) return undefined
  for (let end = Math.min(first + formUnits, units.length); end > first; end--) {
    const text = textOf(units, first, end)
    const [next = '', afterNext = ''] = units.slice(end, end + 2).map((unit) => unit.text)
    const goesOn = /^[\p{L}\p{N}]/u.test(next) || (/^[-./:]$/.test(next) && /^[\p{L}\d]/u.test(afterNext))
    // The point of "p.m." is of the time, not of the sentence, where that goes on.
    const isWhole =
      /[a-z\d]$/i.test(text) || (/[ap]\.m\.$/i.test(text) && /^ (?:\p{Ll}|\d)/u.test(next + afterNext))
    const form = goesOn || !isWhole ? undefined : inForm(text)
    if (form !== undefined) return form === text ? undefined : end
  }
  return undefined
}

/** Whether a word starts at unit `i`: letters after white space or at the beginning. */
export function startsWord(units: readonly Unit[], i: number): boolean {
  const { text } = units[i]!
  const isFirst = /^\s/.test(text) || i === 0 || units[i - 1]!.blank
  return isFirst && /^\s?\p{L}/u.test(text) && !/[\p{L}\p{N}@/_]/u.test(units[i + 1]?.text[0] ?? '')
}

/** The end of the word that starts at unit `i`, with its apostrophe part. */
export function endOfWord(units: readonly Unit[], i: number): number {
  return /^'\p{L}+$/u.test(units[i + 1]?.text ?? '') ? i + 2 : i + 1
}

/** Whether the word that starts at unit `i` needs no dictionary or is in it. */
export function isKnown(words: Dictionary, units: readonly Unit[], i: number): boolean {
  const word = units[i]!.text.trim().toLowerCase()
  const tail = endOfWord(units, i) > i + 1 ? units[i + 1]!.text.toLowerCase() : ''
  return words.has(word + tail) || (tail !== '' && words.has(word))
}
