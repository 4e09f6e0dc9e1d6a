/**
 * Python's text methods where the template engine's own differ (`strip` with the characters to take off, what counts as
 * white space), and what the methods and filters that can make much out of little are about to make.
 */

/** What `str.strip()` takes off: JavaScript's `trim` lacks U+001C..U+001F and U+0085 and takes U+FEFF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are white space in Python
const space = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/

type Side = 'strip' | 'lstrip' | 'rstrip'

export const isStrip = (name: string): name is Side =>
  name === 'strip' || name === 'lstrip' || name === 'rstrip'

/** `text` without the `characters` (white space when undefined) at its beginning, its end or both. */
export function strip(text: string, side: Side, characters?: string): string {
  const set = characters === undefined ? undefined : new Set(characters)
  const taken = (at: number): boolean => (set === undefined ? space.test(text[at]!) : set.has(text[at]!))
  let start = 0
  let end = text.length
  if (side !== 'rstrip') while (start < end && taken(start)) start++
  if (side !== 'lstrip') while (end > start && taken(end - 1)) end--
  return text.slice(start, end)
}

/** Length of `text` with every `old` replaced by `fresh`; an empty `old` is found before each character. */
export function replacedLength(text: string, old: string, fresh: string): number {
  let count = old === '' ? text.length + 1 : 0
  if (old !== '') for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + old.length)) count++
  return text.length + count * (fresh.length - old.length)
}

/** Length of `text` with `width` characters put before its lines. */
export function indentedLength(text: string, width: number): number {
  let lines = 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return text.length + lines * Math.max(0, width)
}
