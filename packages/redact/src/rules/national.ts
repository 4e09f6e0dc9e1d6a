/** Finds the numbers of the table in national-ids.ts: by shape, then by checksum, then where needed by a word nearby. */
import type { Rule, Span } from '../span.ts'
import { nationalIds } from './national-ids.ts'

/** How far from a number a word still speaks of it. */
const before = 64
const after = 32

export const nationalId: Rule = (text) => {
  if (!hint.test(text)) return []
  const spans: Span[] = []
  for (const { type, shape, isValid, words, whenBare } of rows) {
    for (const match of text.matchAll(shape)) {
      const start = match.index
      const end = start + match[0].length
      if (!standsAlone(text, start, end)) continue
      const compact = match[0].replace(/[^a-z\d]/gi, '').toUpperCase()
      if (!isValid(compact)) continue
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

const rows = nationalIds.map((row) => ({
  ...row,
  shape: new RegExp(`(?<!\\w)(?:${row.shape.source})(?!\\w)`, 'gi'),
}))

/** The fewest digits any of them has, with what may part them. */
const hint = /\d(?:[ ./-]?\d){3}|[a-z]\d\d[a-z]\d\d[a-z]/i

/** No letter, digit or further group of digits stands around it, and it is no part of a path or of `name-of-a-page-123`. */
function standsAlone(text: string, start: number, end: number): boolean {
  const last = text.slice(Math.max(0, start - 2), start)
  return (
    !/[\p{L}\p{N}_/]$|\d[-.]$|\p{L}-$/u.test(last) &&
    !/^(?:[\p{L}\p{N}_]|[-.]\d)/u.test(text.slice(end, end + 2))
  )
}
