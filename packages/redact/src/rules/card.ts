/** Payment cards: an issuer's first digits, 12 to 19 of them, and a right Luhn sum. Each run of digits is split into groups once. */
import type { Rule, Span } from '../span.ts'
import { luhn } from './checksums.ts'

/** Behind a + stands a phone number, unless it has too many digits for one. */
const digitRun = /(?<![\p{L}\d.]|\+(?=\d{12,15}(?!\d)))\d+(?:[ -]\d+)*(?![\p{L}\d])/gu

const maestro = /^(?:50|5[6-9]|6)/
/** First digits that are issued; 12 digits only to Maestro (50, 56 to 69), 13 to Visa (4), too; 1800 is JCB's. */
const issuer = (digits: string) =>
  (digits.length < 13 ? maestro : digits.length < 14 ? /^(?:4|50|5[6-9]|6)/ : /^(?:[2-6]|1800)/).test(digits)

const twelveDigits = /\d(?:[ -]?\d){11}/

/** In one piece or in groups of 3 to 7 parted by single spaces or hyphens. */
export const card: Rule = (text) => {
  const spans: Span[] = []
  if (!twelveDigits.test(text)) return spans
  for (const run of text.matchAll(digitRun)) {
    const groups = [...run[0].matchAll(/\d+/g)].map((m) => ({ digits: m[0], start: run.index + m.index }))
    for (let first = 0; first < groups.length; ) {
      const last = cardEnd(groups, first)
      if (last === -1) {
        first++
        continue
      }
      const { start, digits } = groups[last]!
      spans.push({ type: 'CREDIT_CARD', start: groups[first]!.start, end: start + digits.length })
      first = last + 1
    }
  }
  return spans
}

/** The last group of the longest card that starts with group `first`, or -1. */
function cardEnd(groups: readonly { digits: string }[], first: number): number {
  let digits = ''
  let found = -1
  for (let last = first; last < groups.length && digits.length < 19; last++) {
    const group = groups[last]!.digits
    if (last > first && (digits.length < 3 || group.length > 7 || group.length < 3)) break
    digits += group
    if (digits.length >= 12 && digits.length <= 19 && issuer(digits) && luhn(digits)) found = last
  }
  return found
}
