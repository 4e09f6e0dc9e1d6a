/** What may follow a backslash in a regular expression. Punctuation may be escaped though the u flag would refuse it. */
import type { BadConstraintError, UnsupportedConstraintError } from '../../errors.ts'
import { type CodeSet, complement, digits, propertySet, spaces, wordCharacters } from './code-set.ts'

export interface Cursor {
  readonly text: string
  at: number
  bad(what: string): BadConstraintError
  unsupported(what: string): UnsupportedConstraintError
}

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, v: 11, f: 12, r: 13 }

/** Reads \d \D \w \W \s \S \p{..} \P{..} after the backslash; undefined, with nothing read, when it is another. */
export function parseClassEscape(cursor: Cursor): CodeSet | undefined {
  const char = cursor.text[cursor.at] ?? ''
  const set = { d: digits, w: wordCharacters, s: spaces }[char.toLowerCase()]
  if (set) {
    cursor.at++
    return char === char.toLowerCase() ? set : complement(set)
  }
  if (char !== 'p' && char !== 'P') return undefined
  const name = /^\{([^}]*)\}/.exec(cursor.text.slice(cursor.at + 1, cursor.at + 80))
  const property = name ? propertySet(name[1]!) : undefined
  if (!name || !property) throw cursor.bad(`\\${char} without a property that is known`)
  cursor.at += 1 + name[0].length
  return char === 'p' ? property : complement(property)
}

/** Reads one escaped character after the backslash: its code point. */
export function parseCodePoint(cursor: Cursor): number {
  const rest = cursor.text.slice(cursor.at, cursor.at + 14)
  const char = String.fromCodePoint(rest.codePointAt(0) ?? 0)
  if (rest === '') throw cursor.bad('a backslash at its end')
  const control = controls[char]
  const match =
    control === undefined
      ? /^(?:c([A-Za-z])|0(?!\d)|x([\dA-Fa-f]{2})|u\{([\dA-Fa-f]{1,8})\})/.exec(rest)
      : null
  if (control !== undefined) cursor.at++
  if (match) cursor.at += match[0].length
  if (control !== undefined) return control
  if (match?.[1]) return match[1].charCodeAt(0) & 31
  if (match?.[2]) return Number.parseInt(match[2], 16)
  if (match?.[3]) return checked(cursor, Number.parseInt(match[3], 16))
  if (match) return 0
  const unit = /^u([\dA-Fa-f]{4})/.exec(rest)
  if (unit) return parseUnits(cursor, Number.parseInt(unit[1]!, 16))
  if (/^[\dA-Za-z]/.test(char)) throw cursor.bad(`\\${char} is no escape`)
  cursor.at += char.length
  return char.codePointAt(0)!
}

/** \uXXXX, and the second of two that are one character. */
function parseUnits(cursor: Cursor, first: number): number {
  cursor.at += 5
  if (first < 0xd800 || first > 0xdfff) return first
  const second = /^\\u([Dd][C-Fc-f][\dA-Fa-f]{2})/.exec(cursor.text.slice(cursor.at, cursor.at + 6))
  if (first > 0xdbff || !second) throw cursor.unsupported('half of a surrogate pair')
  cursor.at += 6
  return 0x10000 + ((first - 0xd800) << 10) + (Number.parseInt(second[1]!, 16) - 0xdc00)
}

function checked(cursor: Cursor, code: number): number {
  if (code > 0x10ffff) throw cursor.bad('a code point above 10ffff')
  if (code >= 0xd800 && code <= 0xdfff) throw cursor.unsupported('half of a surrogate pair')
  return code
}
