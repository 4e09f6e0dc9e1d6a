/** When two values are one: the key they are kept under. What is written otherwise but means the same has the same key. */
import { phoneKey } from './rules/phone-key.ts'
import { plain } from './view.ts'

/** Types whose values differ by a letter's case, or by a space. */
const exact = new Set([
  'API_KEY',
  'PASSWORD',
  'PRIVATE_KEY',
  'URL_SECRET',
  'SECRET',
  'ENCODED',
  'CRYPTO',
  'TEXT',
  'LITERAL',
])
/** Types that are words, addresses or times: separators in them mean something. All others are numbers in groups. */
const worded = new Set([
  'PERSON',
  'ORGANIZATION',
  'ADDRESS',
  'LOCATION',
  'EMAIL_ADDRESS',
  'IP_ADDRESS',
  'URL',
  'NRP',
  'TITLE',
  'DATE_TIME',
  'AGE',
])

/** One key a value: phones by E.164, cards and the like by digits and letters, words without regard to case and spaces. */
export function valueKey(type: string, value: string): string {
  if (exact.has(type)) return value
  if (type === 'PHONE_NUMBER') return phoneKey(plain(value))
  const text = plain(value).toLowerCase()
  const digits = text.replace(/[^\p{L}\p{N}]/gu, '')
  if (!worded.has(type) && /\d/.test(digits)) return digits
  return text.replace(/\s+/gu, ' ').trim()
}

/** What stands before a name and is no part of it. */
const honorific = /^(?:mr|mrs|ms|miss|mx|dr|prof|sir|herr|frau|monsieur|madame|mme|sr|sra|pan|pani)\.?$/

/** The words of a person's name, without a title in front and a possessive behind. `key`: of `valueKey`. */
export function nameWords(key: string): string[] {
  const words = key
    .replace(/['\u2019]s$/, '')
    .split(/[\s,]+/)
    .filter((word) => word !== '')
  const first = words.findIndex((word) => !honorific.test(word))
  return first === -1 ? words : words.slice(first)
}
