/** A phone number as the numbering plans know it: E.164 of what the library accepts, the regions tried in one order. */
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min'

/**
 * Whose national forms are known. By measurement (`npm run redact:regions` in bench/): the plans of these five have all 52 labelled
 * numbers of presidio that begin with a 0. The library's smallest metadata: with the largest, twice the size, the rule for phone
 * numbers finds the same there and one false number less.
 */
export const regions: readonly CountryCode[] = ['US', 'GB', 'DE', 'FR', 'IT']

/** E.164 of a number with its country code, or of a national one in the first region that has it; undefined for no number. */
export function e164(text: string, national: readonly CountryCode[] = regions): string | undefined {
  if (text.startsWith('+') || text.startsWith('00')) {
    // The library knows neither `_` nor the end of a line between groups.
    const spaced = text.replace(/[_\s]+/g, ' ')
    const number = parsePhoneNumberFromString(spaced.startsWith('+') ? spaced : `+${spaced.slice(2)}`)
    if (number?.isValid()) return number.number
  }
  if (text.startsWith('+')) return undefined
  for (const region of national) {
    const number = parsePhoneNumberFromString(text, region)
    if (number?.isValid() && number.country === region) return number.number
  }
  return undefined
}

/** What a phone number is kept under: E.164 where it is one, else its digits. */
export function phoneKey(text: string): string {
  const bare = text.replace(/\s*(?:x|ext\.?|#)\s*\d{1,6}$/i, '')
  const extension = text.slice(bare.length).replace(/\D/g, '')
  const number = e164(bare.replace(/\((0)\)/, ''))
  return (number ?? text.replace(/\D/g, '')) + (number && extension ? `x${extension}` : '')
}
