/**
 * Strings nobody types: random letters and digits, as keys without a known form are. Told from words and names in code by how
 * often the kind of letter changes. Hashes that are called hashes and UUIDs stay: they open nothing.
 */
import type { Rule } from '../span.ts'

const token = /(?<![\w+/=.-])[\w+/-]{20,}={0,2}(?![\w+/=-])/g
/** Whether a hash is named before it. */
const hashBefore =
  /(?:sha-?\d{0,3}|md5|hash|digest|checksum|commit|integrity|revision|rev|etag|blob|tree)["'`]?(?:\s(?:is|was|of|sum|id))?[\s:=@(-]{0,4}$/i

export const randomString: Rule = (text) =>
  [...text.matchAll(token)]
    .filter(
      ({ 0: value, index }) =>
        isRandom(value) && !hashBefore.test(text.slice(Math.max(0, index - 24), index)),
    )
    .map((match) => ({ type: 'SECRET', start: match.index, end: match.index + match[0].length }))

/** Least bits a letter, of 32 or more hexadecimal digits and of other random strings; random ones of 20 have about 3.9. */
const hexBits = 3
const bits = 3.5
/**
 * Least share of neighbours of different kinds, a word's capital counted as small. With the other conditions 84 % of random base62 of 20
 * letters pass, 97 % of 32, 99 % of 40 (`npm run redact:alarms` in bench/).
 */
const changes = 0.3

/** Whether a string of 20 letters or more looks drawn at random. */
export function isRandom(value: string): boolean {
  if (/^[0-9a-f]+$/i.test(value)) {
    return value.length >= 32 && /\d/.test(value) && /[a-f]/i.test(value) && entropy(value) >= hexBits
  }
  const text = value.replace(/[=_/+-]/g, '').replace(/[A-Z](?=[a-z]{2})/g, (capital) => capital.toLowerCase())
  if (text.length < 18 || !/[a-z]/.test(value) || !/[A-Z]/.test(value) || !/\d.*\d/.test(text)) return false
  let changed = 0
  for (let i = 1; i < text.length; i++) changed += Number(kind(text, i) !== kind(text, i - 1))
  return changed / (text.length - 1) >= changes && entropy(value) >= bits
}

function kind(text: string, i: number): number {
  const code = text.charCodeAt(i)
  return code < 58 ? 0 : code < 91 ? 1 : 2
}

/** Shannon entropy of the letters' frequencies, in bits a letter. */
function entropy(value: string): number {
  const counts = new Map<string, number>()
  for (const letter of value) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  let sum = 0
  for (const count of counts.values()) sum -= (count / value.length) * Math.log2(count / value.length)
  return sum
}
