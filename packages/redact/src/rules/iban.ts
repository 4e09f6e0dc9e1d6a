/** IBANs: a known country, its length and the checksum of ISO 7064. */
import type { Rule, Span } from '../span.ts'
import { mod97 } from './checksums.ts'

/** Lengths by country, from the ISO 13616 registry of SWIFT (release 99). */
const ibanLengths =
  'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22' +
  'GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19' +
  'MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23' +
  'TN24TR26UA29VA22VG24XK20YE30'
const ibanLength = new Map(
  [...ibanLengths.matchAll(/([A-Z]{2})(\d\d)/g)].map((m) => [m[1]!, Number(m[2])] as const),
)
const ibanStart = /(?<![\p{L}\d])[A-Z]{2}\d\d/giu
/** What may part two groups: the end of a line, two spaces or one sign. */
const gap = /[ \t-]?\r?\n[ \t]{0,4}| {2}|[ ._/\t-]/y

/** In one piece or in groups. */
export const iban: Rule = (text) => {
  const spans: Span[] = []
  for (const match of text.matchAll(ibanStart)) {
    const length = ibanLength.get(match[0].slice(0, 2).toUpperCase())
    if (length === undefined) continue
    let code = ''
    let at = match.index
    while (code.length < length && /[A-Z\d]/i.test(text[at] ?? '')) {
      code += text[at++]
      gap.lastIndex = at
      if (code.length < length && gap.test(text)) at = gap.lastIndex
    }
    const followed = /[\p{L}\d]/u.test(text[at] ?? '')
    if (code.length === length && !followed && mod97(code) === 1) {
      spans.push({ type: 'IBAN_CODE', start: match.index, end: at })
    }
  }
  return spans
}
