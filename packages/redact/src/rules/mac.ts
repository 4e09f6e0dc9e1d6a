/** Hardware addresses of 48 bits: six pairs parted by `:` or `-`, or three groups of four parted by dots. */
import type { Rule } from '../span.ts'

const pairs =
  /(?<![\p{L}\p{N}:-])[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\p{L}\p{N}]|[:-][0-9a-f])/giu
const dotted = /(?<![\p{L}\p{N}.])[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}(?![\p{L}\p{N}]|\.[0-9a-f])/giu

/** Cheap to look for, and seldom there. */
const begins = /[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-]|\.[0-9a-f]{4}\./i

/** Three groups of digits alone are no address but a number with dots. */
export const mac: Rule = (text) => {
  if (!begins.test(text)) return []
  const lettered = [...text.matchAll(dotted)].filter((match) => /[a-f]/i.test(match[0]))
  return [...text.matchAll(pairs), ...lettered].map((match) => ({
    type: 'MAC_ADDRESS',
    start: match.index,
    end: match.index + match[0].length,
  }))
}
