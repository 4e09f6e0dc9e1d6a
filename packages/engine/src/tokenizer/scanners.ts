/**
 * The expressions of llama.cpp's pre-tokenizers as scanners: each says where the part of a text ends that starts at `from`.
 * llama.cpp has these expressions as code too (unicode.cpp), so that their quirks are its own; what is a letter or a number
 * here is so there. Every scanner looks at each character a fixed number of times: no text is slow.
 */
import { kinds } from './unicode-kinds.ts'

/**
 * The end of the first part of `text` (UTF-8) between `from` and `to`: from < end <= to, never inside a character.
 * `kind` is what `kindsOf` gives for the text.
 */
export type Scanner = (text: Uint8Array, kind: Uint8Array, from: number, to: number) => number

const NEWLINE = 10
const RETURN = 13
const SPACE = 32
const APOSTROPHE = 39
const { letter, number, mark, punctuation, space } = kinds

/** `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+` */
export const gpt2: Scanner = (text, kind, from, to) => {
  const contraction = contractionLength(text, from, to, false)
  if (contraction > 0) return from + contraction
  const at = text[from] === SPACE && from + 1 < to ? from + 1 : from
  const first = kind[at]!
  if (first === letter || first === number) return endOfKind(kind, first, at + 1, to)
  if (first !== space) return endOfOthers(kind, at + 1, to)
  return endOfSpaces(text, kind, from, to)
}

/**
 * `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
 */
export const llama3: Scanner = modern({ digits: 3, marks: false })

/** As llama3 with `\p{N}`: each digit is alone. */
export const qwen2: Scanner = modern({ digits: 1, marks: false })

/** As qwen2 with `[\p{L}\p{M}]` for letters: marks stay with their word. */
export const qwen35: Scanner = modern({ digits: 1, marks: true })

function modern({ digits, marks }: { digits: number; marks: boolean }): Scanner {
  const isLetter = (kind: number | undefined): boolean => kind === letter || (marks && kind === mark)
  return (text, kind, from, to) => {
    const contraction = contractionLength(text, from, to, true)
    if (contraction > 0) return from + contraction
    const byte = text[from]!
    const first = kind[from]!
    const second = from + width(byte)
    if (byte !== RETURN && byte !== NEWLINE && first !== number) {
      if (isLetter(first) || (second < to && isLetter(kind[second]))) {
        let at = second
        while (at < to && isLetter(kind[at])) at++
        return at
      }
    }
    if (first === number) {
      let at = second
      for (let count = 1; count < digits && at < to && kind[at] === number; count++) {
        at += width(text[at]!)
      }
      return at
    }
    const at = byte === SPACE && second < to ? second : from
    if (kind[at] !== space && kind[at] !== number) {
      let end = endOfOthers(kind, at + 1, to, marks)
      while (end < to && isNewline(text, end)) end++
      return end
    }
    let end = endOfKind(kind, space, from, to)
    while (end > from && !isNewline(text, end - 1)) end--
    return end > from ? end : endOfSpaces(text, kind, from, to)
  }
}

/** `\p{N}`, one at a time, and what lies between. */
export const eachNumber: Scanner = (text, kind, from, to) => {
  if (kind[from] === number) return from + width(text[from]!)
  let at = from + 1
  while (at < to && kind[at] !== number) at++
  return at
}

/** `\p{N}+`, and what lies between. */
export const numbers: Scanner = (_, kind, from, to) => {
  const isNumber = kind[from] === number
  let at = from + 1
  while (at < to && (kind[at] === number) === isNumber) at++
  return at
}

/** `[0-9][0-9][0-9]`, and what lies between. */
export const threeDigits: Scanner = (text, _, from, to) => {
  let run = 0
  for (let at = from; at < to; at++) {
    const byte = text[at]!
    run = byte >= 48 && byte <= 57 ? run + 1 : 0
    if (run === 3) return at === from + 2 ? at + 1 : at - 2
  }
  return to
}

/** `[\p{P}...]+` with the ASCII symbols that are given, and what lies between. */
export function punctuationWith(symbols: string): Scanner {
  const isSymbol = Array.from({ length: 128 }, (_, byte) => symbols.includes(String.fromCharCode(byte)))
  return (text, kind, from, to) => {
    const isIn = (at: number): boolean => kind[at] === punctuation || isSymbol[text[at]!] === true
    const first = isIn(from)
    let at = from + 1
    while (at < to && isIn(at) === first) at++
    return at
  }
}

/** Bytes of the character that starts with this one. */
function width(first: number): number {
  return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

function isNewline(text: Uint8Array, at: number): boolean {
  return text[at] === NEWLINE || text[at] === RETURN
}

function endOfKind(kind: Uint8Array, wanted: number, from: number, to: number): number {
  let at = from
  while (at < to && kind[at] === wanted) at++
  return at
}

/** `[^\s\p{L}\p{N}]*`; without `\p{M}` when marks count as letters. */
function endOfOthers(kind: Uint8Array, from: number, to: number, marks = false): number {
  let at = from
  for (; at < to; at++) {
    const here = kind[at]
    if (here === letter || here === number || here === space || (marks && here === mark)) break
  }
  return at
}

/** `\s+(?!\S)|\s+`: the last space before a word belongs to the word. */
function endOfSpaces(text: Uint8Array, kind: Uint8Array, from: number, to: number): number {
  const end = endOfKind(kind, space, from, to)
  if (end === to) return end
  let last = end - 1
  while ((text[last]! & 0xc0) === 0x80) last--
  return last > from ? last : end
}

/** 2 or 3 for `'s|'t|'m|'d|'re|'ve|'ll` at `from`, else 0. */
function contractionLength(text: Uint8Array, from: number, to: number, anyCase: boolean): number {
  if (text[from] !== APOSTROPHE || from + 1 >= to) return 0
  // Setting this bit makes an ASCII letter small, and no other byte a letter of these.
  const small = anyCase ? 0x20 : 0
  const first = String.fromCharCode(text[from + 1]! | small)
  if ('stmd'.includes(first)) return 2
  if (from + 2 >= to) return 0
  const pair = first + String.fromCharCode(text[from + 2]! | small)
  return pair === 're' || pair === 've' || pair === 'll' ? 3 : 0
}
