/**
 * Payment cards: an issuer's first digits and one of its lengths, and a right Luhn sum. Each run of digits is split into groups
 * once. Letters may stand next to a card, unless they make it the middle of a longer code.
 */
import type { Rule, Span } from '../span.ts'
import { luhn } from './checksums.ts'
import { behind, headsOf, isBehind, textBefore } from './said.ts'

/** Behind a + stands a phone number, unless it has too many digits for one. */
const digitRun = /(?<!\d|\+(?=\d{12,15}(?!\d)))\d+(?:(?:[ ./_\t-]| {2}| - |[ \t-]?\r?\n[ \t]{0,4})\d+)*/g

/**
 * First digits and lengths (ISO/IEC 7812-1, as the networks publish them): Visa, Mastercard, American Express, Diners Club, JCB and
 * RuPay, Mir, Maestro with UnionPay, Discover and others at 6; Troy.
 */
const issued = new RegExp(
  '^(?:4(?:\\d{12}|\\d{15}|\\d{18})|5[1-5]\\d{14}|2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}|3[47]\\d{13}|' +
    '3(?:0[0-5]|[689]\\d)\\d{11,16}|35\\d{14,17}|(?:1800|2131)\\d{11}|220[0-5]\\d{12,15}|9792\\d{12}|(?:50|5[6-9]|6\\d)\\d{10,17})$',
)
const twelveDigits = /\d(?:[\s._/-]{0,6}\d){11}/
/** Lengths of groups with which a card is printed: what proves it where they are not parted by a space or hyphen. */
const printed = /^(?:4,4,4,4(?:,3)?|4,6,[45])$/

interface Group {
  readonly digits: string
  readonly start: number
  /** Between it and the group before; empty for the first of a run. */
  readonly gap: string
}

/** In one piece, in groups of 3 to 6 parted by single spaces or hyphens, or as printed and parted otherwise. */
export const card: Rule = (text) => {
  const spans: Span[] = []
  if (!twelveDigits.test(text)) return spans
  for (const run of text.matchAll(digitRun)) {
    if (run[0].length < 12) continue
    const groups = [...run[0].matchAll(/(\D*)(\d+)/g)].map(
      ({ index, 1: gap = '', 2: digits = '' }): Group => ({
        digits,
        start: run.index + index + gap.length,
        gap,
      }),
    )
    for (let first = 0; first < groups.length; ) {
      const last = cardEnd(text, groups, first)
      const { start } = groups[first]!
      const end = last === -1 ? start : groups[last]!.start + groups[last]!.digits.length
      if (last === -1 || (last === first && isPartOfMore(text, start, end))) {
        first++
        continue
      }
      spans.push({ type: 'CREDIT_CARD', start, end })
      first = last + 1
    }
  }
  return spans
}

/** The last group of the longest card that starts with group `first`, or -1. */
function cardEnd(text: string, groups: readonly Group[], first: number): number {
  let digits = ''
  let found = -1
  let isCalled: boolean | undefined
  let usual = true
  for (let last = first; last < groups.length && digits.length < 19; last++) {
    const { digits: group, gap } = groups[last]!
    if (last > first && (digits.length < 3 || group.length > 6 || group.length < 3)) break
    if (last > first && gap !== ' ' && gap !== '-') usual = false
    digits += group
    const isIssued = issued.test(digits)
    const isRight = digits.length >= 12 && luhn(digits)
    if (!isIssued || !isRight) {
      // Mistyped, or of an issuer nobody knows.
      if (!(isRight || (isIssued && digits.length >= 14))) continue
      if (!(last === first || isPrinted(groups, first, last))) continue
      isCalled ??= isBehind(called, headsOf(textBefore(text, groups[first]!.start)))
      if (!isCalled) continue
    }
    if (digits.length === 13 && isBehind(goods, headsOf(textBefore(text, groups[first]!.start)))) continue
    if (usual || isPrinted(groups, first, last)) found = last
  }
  return found
}

/** Groups as on a card; where lines or tabs part them, no more such groups go on as in a column of numbers. */
function isPrinted(groups: readonly Group[], first: number, last: number): boolean {
  const own = groups.slice(first, last + 1)
  if (!printed.test(own.map(({ digits }) => digits.length).join())) return false
  if (!own.some(({ gap }, i) => i > 0 && /[\t\n]/.test(gap))) return true
  const next = groups[last + 1]
  const goesOn = /[\t\n]/.test(next?.gap ?? '') && next?.digits.length === 4
  const began = /[\t\n]/.test(own[0]!.gap) && groups[first - 1]?.digits.length === 4
  return !goesOn && !began
}

/** Codes on goods have 13 digits, too. */
const goods = behind('ean|gtin|isbn|upc|barcode|sku')
/** Behind these an issuer's digits are a card's, even where one of them is mistyped. */
const called = behind(
  '(?:credit|debit|payment|bank|gift|master) ?cards?|cards?|visa|mastercard|amex|american express|maestro|discover|diners|cc|pan|kreditkarte\\p{L}*|kartennummer|carte(?: bancaire| bleue)?|tarjeta|carta di credito|cartão|creditcard',
)

/** Digits, then letters as in a hexadecimal code, or one or two of any. */
const codeBefore = /\d(?:[a-f]{1,11}|\p{L}{1,2})$/iu
const codeAfter = /^(?:[a-f]{1,11}|\p{L}{1,2})\d/iu

/** Whether digits in one piece are the fraction of a number, or of a code that has letters among them. */
function isPartOfMore(text: string, start: number, end: number): boolean {
  const before = text.slice(Math.max(0, start - 12), start)
  const after = text.slice(end, end + 12)
  return /\d\.$/.test(before) || codeBefore.test(before) || codeAfter.test(after)
}
