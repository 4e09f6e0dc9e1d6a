/** Numbers of persons and firms in western and southern Europe. */
import { luhn, mod1110, weighted } from '../checksums.ts'
import { dayFirst, elevenMinus, isDay, type NationalId, two, varies, yearFirst } from './row.ts'

const nhs = (code: string) => elevenMinus(weighted(code, [10, 9, 8, 7, 6, 5, 4, 3, 2])) === Number(code[9])

/** Of the first ten digits exactly one stands there twice, since 2016 also three times; the eleventh is a check digit. */
function germanTaxId(code: string): boolean {
  const counts = [...'0123456789'].map((digit) => code.slice(0, 10).split(digit).length - 1)
  const repeated = counts.filter((count) => count > 1)
  return code[0] !== '0' && repeated.length === 1 && repeated[0]! <= 3 && mod1110(code)
}
/** ICAO 9303: letters from 10 on, weights 7, 3, 1. */
function machineReadable(code: string): boolean {
  let sum = 0
  for (let i = 0; i < code.length - 1; i++) sum += Number.parseInt(code[i]!, 36) * [7, 3, 1][i % 3]!
  return sum % 10 === Number(code.at(-1))
}

function nir(code: string): boolean {
  const number = BigInt(code.slice(0, 13).replace('2A', '19').replace('2B', '18'))
  const month = two(code, 3)
  return (month <= 12 || month >= 20) && month > 0 && 97n - (number % 97n) === BigInt(code.slice(13))
}

const nifLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'
const nif = (code: string) => nifLetters[Number(code.slice(0, -1)) % 23] === code.at(-1)
const nie = (code: string) => nif('XYZ'.indexOf(code[0]!) + code.slice(1))
function cif(code: string): boolean {
  let sum = 0
  for (let i = 1; i <= 7; i++) {
    const digit = Number(code[i]) * (i % 2 ? 2 : 1)
    sum += digit > 9 ? digit - 9 : digit
  }
  const check = (10 - (sum % 10)) % 10
  return code[8] === String(check) || code[8] === 'JABCDEFGHI'[check]
}
const spanishSocial = (code: string) => BigInt(code.slice(0, 10)) % 97n === BigInt(code.slice(10))

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

/** The sum of the first nine, with a 2 in front for those born since 2000. */
const belgian = (code: string) =>
  two(code, 2) <= 12 &&
  two(code, 4) <= 31 &&
  ['', '2'].some((century) => 97 - (Number(century + code.slice(0, 9)) % 97) === Number(code.slice(9)))
const portuguese = (code: string) => {
  const rest = weighted(code, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return (rest < 2 ? 0 : 11 - rest) === Number(code[8])
}
const ean13 = (code: string) => weighted(code, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0
/** The fourth digit checks the others. */
const austrian = (code: string) => weighted(code, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === Number(code[3])
const irish = (code: string) => {
  const second = code[8] === undefined ? 0 : (code.charCodeAt(8) - 64) % 23
  return 'WABCDEFGHIJKLMNOPQRSTUV'[(weighted(code, [8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23] === code[7]
}
const afm = (code: string) =>
  varies(code) && (weighted(code, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === Number(code[8])

export const westernEurope: readonly NationalId[] = [
  {
    type: 'UK_NINO',
    groups: '9|2 2 2 2 1|2-2-2-2-1|2 6 1|8 1|2 7',
    code: /^(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]$/,
    names: 'ni|nino|national insurance',
    alone: 'always',
  },
  {
    type: 'UK_NINO',
    groups: '9|2 2 2 2 1',
    code: /^[A-Z]{2}\d{6}[A-Z]$/,
    isValid: () => false,
    names: 'ni|nino|national insurance',
  },
  { type: 'UK_NHS', groups: '10|3 3 4|3-3-4', code: /^\d{10}$/, isValid: nhs, names: 'nhs|national health' },
  { type: 'UK_UTR', groups: '10|5 5', code: /^\d{10}$/, names: 'utr|unique taxpayer\\p{L}*(?: reference)?' },
  {
    type: 'DE_TAX_ID',
    groups: '11|2 3 3 3',
    code: /^[1-9]\d{10}$/,
    isValid: germanTaxId,
    names: 'steuer|steuer-?id\\p{L}*|steuernummer|steuerliche id\\p{L}*|idnr\\.?|tin|tax id\\p{L}*',
    alone: 'always',
  },
  {
    type: 'DE_ID_CARD',
    groups: '9|10',
    code: /^[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d?$/,
    isValid: (code) => code.length === 10 && machineReadable(code),
    names: '(?:personal)?ausweis\\p{L}*(?:[ -]?nr\\.?)?|id card|identity card',
  },
  {
    type: 'DE_SOCIAL_INSURANCE',
    groups: '12|2 6 1 3|8 1 3',
    code: /^\d{8}[A-Z]\d{3}$/,
    isValid: (code) => dayFirst(code, 2),
    names: '(?:sozial|renten)?versicherungs\\p{L}*|rvnr|sv-?(?:nr|nummer)\\.?|svnr',
    alone: 'always',
  },
  {
    type: 'FR_NIR',
    groups: '15|1 2 2 2 3 3 2|1 2 2 2 3 3|13 2|13',
    code: /^[1-8]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?$/,
    isValid: (code) => /^[12]/.test(code) && code.length === 15 && nir(code),
    names: 'nir|insee|s[ée]cu(?:rit[ée] sociale)?|num[ée]ro de s[ée]curit[ée] sociale',
    alone: 'always',
  },
  {
    type: 'FR_SIREN',
    groups: '9|3 3 3|14|3 3 3 5',
    code: /^\d{9}(?:\d{5})?$/,
    isValid: luhn,
    names: 'sire[nt]',
  },
  { type: 'FR_TAX_ID', groups: '13|2 2 3 3 3', code: /^[0-3]\d{12}$/, names: 'spi|num[ée]ro fiscal|fiscal' },
  {
    type: 'ES_NIF',
    groups: '9|8-1|8 1|2.3.3-1|2.3.3 1',
    code: /^\d{8}[A-Z]$/,
    isValid: nif,
    names: 'dni|nif|documento nacional(?: de identidad)?',
    alone: 'always',
  },
  {
    type: 'ES_NIE',
    groups: '9|1-7-1|1-8|8-1|1 7 1',
    code: /^[XYZ]\d{7}[A-Z]$/,
    isValid: nie,
    names: 'nie|n[úu]mero de identidad de extranjero',
    alone: 'always',
  },
  {
    type: 'ES_CIF',
    groups: '9|1-8|1-7-1',
    code: /^[A-HJNP-SUVW]\d{7}[\dA-J]$/,
    isValid: cif,
    names: 'cif|nif',
  },
  {
    type: 'ES_SOCIAL_SECURITY',
    groups: '12|2 8 2|2/8/2|2/8-2',
    code: /^\d{12}$/,
    isValid: spanishSocial,
    names: 'nuss|nss|seguridad social',
    alone: 'grouped',
  },
  {
    type: 'IT_FISCAL_CODE',
    groups: '16|3 3 5 5|6 5 5|3 3 5 4 1',
    code: /^[A-Z]{6}[\dLMNP-V]{2}[ABCDEHLMPRST][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]$/,
    isValid: codiceFiscale,
    names: 'codice fiscale|c\\.?f\\.?',
    alone: 'always',
  },
  { type: 'IT_VAT_CODE', groups: '11', code: /^\d{11}$/, isValid: luhn, names: 'p(?:artita|\\.)? ?iva' },
  {
    type: 'IT_IDENTITY_CARD',
    groups: '9|2 7|2 5 2',
    code: /^[A-Z]{2}(?:\d{7}|\d{5}[A-Z]{2})$/,
    names: "carta d['\u2019]identit[àa]|id card|identity card",
  },
  {
    type: 'NL_BSN',
    groups: '9|4.2.3|4 2 3|3 3 3',
    code: /^\d{9}$/,
    isValid: (code) => varies(code) && weighted(code, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    names: 'bsn|burgerservice\\p{L}*|sofi\\p{L}*',
  },
  {
    type: 'BE_NATIONAL_NUMBER',
    groups: '11|2.2.2-3.2|2.2.2.3.2|6-3-2|6 3 2|2 2 2 3 2',
    code: /^\d{11}$/,
    isValid: belgian,
    names:
      'rijksregister\\p{L}*|(?:num[ée]ro (?:de registre )?)?national|niss|insz|registre national|national register',
    alone: 'always',
  },
  {
    type: 'LU_ID',
    groups: '13',
    code: /^(?:19|20)\d{11}$/,
    isValid: (code) => yearFirst(code, 2),
    names: 'matricule|cns',
  },
  {
    type: 'PT_NIF',
    groups: '9|3 3 3',
    code: /^[1-9]\d{8}$/,
    isValid: portuguese,
    names: 'nif|contribuinte|n[úu]mero de contribuinte',
  },
  {
    type: 'PT_CITIZEN_CARD',
    groups: '8 1 3|8 1|12|8-1-3|9|8',
    code: /^\d{8}(?:\d(?:[A-Z]{2}\d)?)?$/,
    names: 'cart[ãa]o de cidad[ãa]o|bilhete de identidade|cc',
  },
  {
    type: 'CH_AHV',
    groups: '13|3.4.4.2|3 4 4 2',
    code: /^756\d{10}$/,
    isValid: ean13,
    names: 'ahv\\p{L}*|avs|oasi',
    alone: 'always',
  },
  {
    type: 'AT_SVNR',
    groups: '10|4 6|4-6|3 1 6',
    code: /^[1-9]\d{9}$/,
    isValid: (code) => austrian(code) && isDay(Math.min(12, two(code, 6)), two(code, 4)),
    names: 'sv-?(?:nr|nummer)\\.?|svnr|(?:sozial)?versicherungs\\p{L}*',
    alone: 'grouped',
  },
  {
    type: 'IE_PPS',
    groups: '8|9|7 1|7 2',
    code: /^\d{7}[A-W][A-IW]?$/,
    isValid: irish,
    names: 'ppsn?|personal public service',
  },
  {
    type: 'GR_AMKA',
    groups: '11',
    code: /^\d{11}$/,
    isValid: (code) => dayFirst(code) && luhn(code),
    names: 'αμκα|amka',
    alone: 'always',
  },
  { type: 'GR_AFM', groups: '9', code: /^\d{9}$/, isValid: afm, names: 'αφμ|afm|α\\.φ\\.μ\\.' },
  { type: 'MT_ID', groups: '8', code: /^\d{7}[MGAPLHBZ]$/, names: 'id card|identity card' },
  {
    type: 'EU_VAT',
    groups: '9|10|11|12|13|14|2 9|2 10|2 11|2 12|4 9|3 8|2 3 3 3',
    code: /^(?:ATU|BE|BG|CY|CZ|DE|DK|EE|EL|ES|FI|FR|GB|HR|HU|IE|IT|LT|LU|LV|MT|NL|PL|PT|RO|SE|SI|SK|XI|CHE)[A-Z\d]{8,12}$/,
    isValid: (code) => (code.match(/\d/g)?.length ?? 0) >= 7,
    names:
      'vat|ust\\p{L}*-?(?:id\\p{L}*(?:-?nr\\.?)?)?|uid|tva|btw|iva|moms|tax id\\p{L}*|tva intracommunautaire',
  },
]
