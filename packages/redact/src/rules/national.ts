/** Finds the numbers of the table in national-ids.ts: by shape, then by checksum, then where needed by a word nearby. */
import type { Rule, Span } from '../span.ts'
import { nationalIds } from './national-ids.ts'

/** How far from a number a word still speaks of it. */
const before = 64
const after = 32

export const nationalId: Rule = (text) => {
  if (!/\d{2}/.test(text)) return []
  const spans: Span[] = []
  for (const { type, shape, isValid, words, whenBare } of rows) {
    for (const match of text.matchAll(shape)) {
      const compact = match[0].replace(/[^\p{L}\d]/gu, '').toUpperCase()
      if (!isValid(compact)) continue
      const start = match.index
      const end = start + match[0].length
      const proven = whenBare === true && compact !== match[0].toUpperCase()
      if (words && !proven) {
        const around = `${text.slice(Math.max(0, start - before), start)} ${text.slice(end, end + after)}`
        if (!words.test(around)) continue
      }
      spans.push({ type, start, end })
    }
  }
  return spans
}

/** No letter, digit or further group of digits may stand around one. */
const rows = nationalIds.map((row) => ({
  ...row,
  shape: new RegExp(
    `(?<![\\p{L}\\p{N}_])(?<!\\d[-.])(?:${row.shape.source})(?![\\p{L}\\p{N}_]|[-.]\\d)`,
    'giu',
  ),
}))
