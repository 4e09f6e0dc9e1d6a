/** The forms in which texts are compared: what counts as the same text, the words of one, the JSON of an answer. */

/**
 * NFKC, lower case, white space as single spaces, without quotation marks around it and without quotation marks and closing
 * punctuation (. ! ? …) after it.
 */
export const normalised = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`“”‘’]+/, '')
    .replace(/[\s"'`“”‘’.!?…]+$/, '')

/** A label: as above, with underscores, hyphens and spaces as one. */
export const normalisedLabel = (text: string): string =>
  normalised(text)
    .replace(/[\s_-]+/g, ' ')
    .trim()

/** Letters and digits in lower case, in their order. */
export const wordsOf = (text: string): readonly string[] =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** A JSON value with the keys of its objects in order, as text: two that say the same are equal. */
export const canonical = (value: unknown): string => JSON.stringify(sorted(value))

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  // As own keys, so that "__proto__" is one as well.
  return entries.reduce<object>(
    (made, [key, item]) =>
      Object.defineProperty(made, key, { value: sorted(item), enumerable: true, configurable: true }),
    {},
  )
}

/**
 * The JSON value of an answer, as `{ value }`; null when it is none. One Markdown fence around all of it is taken off, since models put
 * it there and applications take it off.
 */
export function jsonOf(answer: string): { readonly value: unknown } | null {
  const fenced = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?\s*```\s*$/i.exec(answer)
  try {
    return { value: JSON.parse(fenced?.[1] ?? answer) }
  } catch {
    return null
  }
}
