/**
 * National numbers of persons and firms, one row a number: its shape, what proves it, and where the proof is weak the words one
 * of which must stand near. The checks are those the issuing authorities describe; national.test.ts has an example of each.
 */
import { luhn, mod1110, verhoeff, weighted } from './checksums.ts'

interface NationalId {
  readonly type: string
  /** With g and i; what stands around it is checked by the rule. Where two could overlap, the first in the text counts. */
  readonly shape: RegExp
  /** Of the letters and digits alone, in capitals. */
  readonly isValid: (compact: string) => boolean
  /** A bare number of this shape is one only near such a word. `whenBare`: groups prove enough. */
  readonly words?: RegExp
  readonly whenBare?: true
}

const twoDigits = (text: string, at: number) => Number(text.slice(at, at + 2))
const isDay = (month: number, day: number) => month >= 1 && month <= 12 && day >= 1 && day <= 31
/** One number said again and again is a filler. */
const varies = (text: string) => !/^(\d)\1+$/.test(text)

function pesel(code: string): boolean {
  const month = twoDigits(code, 2) % 20
  const sum = weighted(code, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])
  return isDay(month, twoDigits(code, 4)) && sum % 10 === 0
}

/** Of the first ten digits exactly one stands there twice, since 2016 also three times; the eleventh is a check digit. */
function germanTaxId(code: string): boolean {
  const counts = [...'0123456789'].map((digit) => code.slice(0, 10).split(digit).length - 1)
  const repeated = counts.filter((count) => count > 1)
  return code[0] !== '0' && repeated.length === 1 && repeated[0]! <= 3 && mod1110(code)
}

function nir(code: string): boolean {
  const number = BigInt(code.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  const month = twoDigits(code, 3)
  return (month <= 12 || month >= 20) && month > 0 && 97n - (number % 97n) === BigInt(code.slice(13))
}

const nifLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'
const nif = (code: string) => nifLetters[Number(code.slice(0, 8)) % 23] === code[8]
const nie = (code: string) => nif('XYZ'.indexOf(code[0]!) + code.slice(1))

/** Values of letters and digits at odd places, from 0 and A on (decree of 23 December 1976). */
const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
]
function codiceFiscale(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 15; i++) {
    const value = /\d/.test(code[i]!) ? Number(code[i]) : code.charCodeAt(i) - 65
    sum += i % 2 === 0 ? oddValues[value]! : value
  }
  return code.charCodeAt(15) - 65 === sum % 26
}

function nhs(code: string): boolean {
  const check = (11 - (weighted(code, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11
  return check < 10 && check === Number(code[9])
}

const checkDigit = (code: string, weights: readonly number[]) => {
  const rest = weighted(code, weights) % 11
  return rest < 2 ? 0 : 11 - rest
}
const cpf = (code: string) =>
  varies(code) &&
  checkDigit(code, [10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[9]) &&
  checkDigit(code, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[10])
const cnpj = (code: string) =>
  varies(code) &&
  checkDigit(code, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[12]) &&
  checkDigit(code, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[13])

const ssn = (code: string) => /^(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}$/.test(code)
const itin = (code: string) => /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}$/.test(code)
const medicare = (code: string) => weighted(code, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(code[8])
const ean13 = (code: string) => weighted(code, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0
const cnWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const chinese = (code: string) =>
  isDay(twoDigits(code, 10), twoDigits(code, 12)) &&
  '10X98765432'[weighted(code, cnWeights) % 11] === code[17]

export const nationalIds: readonly NationalId[] = [
  { type: 'US_SSN', shape: /\d{3}([- .])\d\d\1\d{4}/gi, isValid: ssn },
  { type: 'US_SSN', shape: /\d{9}/gi, isValid: ssn, words: /\bssn\b|social security/i },
  { type: 'US_ITIN', shape: /9\d\d([- ])\d\d\1\d{4}/gi, isValid: itin },
  { type: 'US_ITIN', shape: /9\d{8}/gi, isValid: itin, words: /\bitin\b|taxpayer/i },
  {
    type: 'UK_NINO',
    shape: /(?!bg|gb|kn|nk|nt|tn|zz)[a-ceghj-prtw-z][a-ceghj-nprtw-z](?: ?\d\d){3} ?[a-d]/gi,
    isValid: () => true,
  },
  { type: 'UK_NHS', shape: /\d{3}[ -]?\d{3}[ -]?\d{4}/gi, isValid: nhs, words: /\bnhs\b|national health/i },
  { type: 'PL_PESEL', shape: /\d{11}/gi, isValid: pesel },
  {
    type: 'PL_NIP',
    shape: /\d{3}-\d{3}-\d\d-\d\d|\d{3}-\d\d-\d\d-\d{3}|\d{10}/gi,
    isValid: (code) => weighted(code, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(code[9]),
    words: /\bnip\b|podatk/i,
    whenBare: true,
  },
  { type: 'DE_TAX_ID', shape: /\d\d ?\d{3} ?\d{3} ?\d{3}/gi, isValid: germanTaxId },
  { type: 'FR_NIR', shape: /[12] ?\d\d ?\d\d ?(?:\d\d|2[ab]) ?\d{3} ?\d{3} ?\d\d/gi, isValid: nir },
  { type: 'ES_NIF', shape: /\d{8}-?[a-z]/gi, isValid: nif },
  { type: 'ES_NIE', shape: /[xyz]-?\d{7}-?[a-z]/gi, isValid: nie },
  {
    type: 'IT_FISCAL_CODE',
    shape: /[a-z]{6}[\dlmnp-v]{2}[abcdehlmprst][\dlmnp-v]{2}[a-z][\dlmnp-v]{3}[a-z]/gi,
    isValid: codiceFiscale,
  },
  {
    type: 'NL_BSN',
    shape: /\d{9}|\d{4}[. ]\d\d[. ]\d{3}/gi,
    isValid: (code) => varies(code) && weighted(code, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    words: /\bbsn\b|burgerservice|sofi/i,
  },
  {
    type: 'IN_AADHAAR',
    shape: /[2-9]\d{3}([ -]?)\d{4}\1\d{4}/gi,
    isValid: verhoeff,
    words: /aadha?ar|uidai|आधार/i,
    whenBare: true,
  },
  { type: 'IN_PAN', shape: /[a-z]{3}[abcfghjlpt][a-z]\d{4}[a-z]/gi, isValid: () => true },
  {
    type: 'CA_SIN',
    shape: /[1-79]\d\d([- ]?)\d{3}\1\d{3}/gi,
    isValid: luhn,
    words: /\bsin\b|social insurance|\bnas\b/i,
  },
  {
    type: 'AU_TFN',
    shape: /\d{3} ?\d{3} ?\d{3}/gi,
    isValid: (code) => varies(code) && weighted(code, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    words: /\btfn\b|tax file/i,
  },
  {
    type: 'AU_MEDICARE',
    shape: /[2-6]\d{3} ?\d{5} ?\d(?:[ /-]?\d)?/gi,
    isValid: medicare,
    words: /medicare/i,
  },
  { type: 'BR_CPF', shape: /\d{3}\.\d{3}\.\d{3}-\d\d|\d{11}/gi, isValid: cpf },
  { type: 'BR_CNPJ', shape: /\d\d\.\d{3}\.\d{3}\/\d{4}-\d\d|\d{14}/gi, isValid: cnpj },
  { type: 'CH_AHV', shape: /756([. ]?)\d{4}\1\d{4}\1\d\d/gi, isValid: ean13 },
  { type: 'CN_ID', shape: /[1-8]\d{5}(?:19|20)\d{9}[\dx]/gi, isValid: chinese },
]
