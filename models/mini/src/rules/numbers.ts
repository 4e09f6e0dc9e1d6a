/**
 * Rules for numbers that prove themselves: payment cards (Luhn), IBAN (mod 97), US social security numbers (ranges), and
 * for phone numbers whose punctuation leaves little else they could be.
 * Digits are ASCII. Time is linear: each run of digits is split into groups once, each group starts a bounded search.
 */
import type { Rule, Span } from './span.ts'

/** ISO/IEC 7812-1 annex B: from the right, every second digit doubled, digits summed, divisible by 10. */
export function luhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = digit * 2
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const digitRun = /(?<![\p{L}\d.])\d+(?:[ -]\d+)*(?![\p{L}\d])/gu

/** First digits that are issued; 12 and 13 digits only to Maestro (50, 56 to 69) and Visa (4); 1800 is JCB's. */
const issuer = (digits: string) =>
  (digits.length < 14 ? /^(?:4|50|5[6-9]|6)/ : /^(?:[2-6]|1800)/).test(digits)

/** 12 to 19 digits with an issuer's first digits and a right Luhn sum, in one piece or in groups of 3 to 7. */
export const card: Rule = (text) => {
  const spans: Span[] = []
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

/** Lengths by country, from the ISO 13616 registry of SWIFT (release 99). */
const ibanLengths =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22' +
  'GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19' +
  'MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23' +
  'TN24TR26UA29VA22VG24XK20YE30'
const ibanLength = new Map(
  [...ibanLengths.matchAll(/([A-Z]{2})(\d\d)/g)].map((m) => [m[1]!, Number(m[2])] as const),
)
const ibanStart = /(?<![\p{L}\d])[A-Z]{2}\d\d(?=[ -]?[A-Z\d])/giu

/** IBANs of a known country, length and checksum, in one piece or in groups parted by single spaces or hyphens. */
export const iban: Rule = (text) => {
  const spans: Span[] = []
  for (const match of text.matchAll(ibanStart)) {
    const length = ibanLength.get(match[0].slice(0, 2).toUpperCase())
    if (length === undefined) continue
    let code = ''
    let at = match.index
    while (code.length < length && /[A-Z\d]/i.test(text[at] ?? '')) {
      code += text[at++]
      if (code.length < length && /[ -]/.test(text[at] ?? '')) at++
    }
    const followed = /[\p{L}\d]/u.test(text[at] ?? '')
    if (code.length === length && !followed && mod97(code) === 1) {
      spans.push({ type: 'IBAN_CODE', start: match.index, end: at })
    }
  }
  return spans
}

/** ISO 7064 MOD 97-10 of an IBAN: the first four characters moved to the end, letters as 10 to 35. 1 is right. */
export function mod97(code: string): number {
  let rest = 0
  for (const letter of (code.slice(4) + code.slice(0, 4)).toUpperCase()) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

const ssnShape = /(?<![\p{L}\d-])(\d{3})([- ])(\d\d)\2(\d{4})(?![\p{L}\d]|-\d)/gu

/** US social security numbers, parted by hyphens or spaces. Never issued: area 000, 666, 900+, group 00, serial 0000. */
export const usSsn: Rule = (text) =>
  [...text.matchAll(ssnShape)].flatMap((match) => {
    const [whole, area, , group, serial] = match
    const issued = area !== '000' && area !== '666' && area! < '900' && group !== '00' && serial !== '0000'
    return issued ? [{ type: 'US_SSN', start: match.index, end: match.index + whole.length }] : []
  })

const northAmerican =
  /(?<![\p{L}\d.(+-])(?:\+?1[-. ]?)?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}(?:,? ?(?:x|ext\.?) ?\d{1,5})?(?![\p{L}\d]|[-.]\d)/gu
const plus = /(?<![\p{L}\d+])\+(?=[1-9])/gu
/** E.164. */
const mostDigits = 15
/** The country code and what follows it. */
const mostGroups = 7

/** Phone numbers: of ten digits in the groups of North America, with an extension too, or with + and 8 to 15 digits (E.164). */
export const phone: Rule = (text) => {
  const spans: Span[] = []
  const add = (start: number, end: number) => spans.push({ type: 'PHONE_NUMBER', start, end })
  for (const match of text.matchAll(northAmerican)) add(match.index, match.index + match[0].length)
  for (const { index } of text.matchAll(plus)) {
    const end = internationalEnd(text, index + 1)
    if (end !== undefined) add(index, end)
  }
  return spans
}

/**
 * Where the number whose country code starts at `at` ends: after the last group of digits with which it has 8 to 15.
 * Groups are parted by a space, hyphen, dot or parenthesis; another number that follows is so left out. Reads a bounded
 * stretch, so time stays linear.
 */
function internationalEnd(text: string, at: number): number | undefined {
  let digits = 0
  let open = false
  let found: number | undefined
  for (let group = 0; group < mostGroups; group++) {
    if (group > 0 && /[-. ]/.test(text[at] ?? '')) at++
    if (group > 0 && !open && text[at] === '(') {
      open = true
      at++
    }
    const from = at
    while (at - from <= mostDigits && /\d/.test(text[at] ?? '')) at++
    digits += at - from
    if (at === from || digits > mostDigits) break
    const inWord = /^\p{L}/u.test(text.slice(at, at + 2))
    if (open && text[at] === ')') {
      open = false
      at++
    }
    if (digits >= 8 && !inWord) found = at
  }
  return found
}
