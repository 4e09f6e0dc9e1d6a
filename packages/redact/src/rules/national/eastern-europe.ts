/** Numbers of persons and firms in eastern Europe and Turkey. */
import { luhn, mod1110, weighted } from '../checksums.ts'
import { dayFirst, elevenMinus, isDay, type NationalId, two, varies, yearFirst } from './row.ts'

function pesel(code: string): boolean {
  const sum = weighted(code, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])
  return isDay(two(code, 2) % 20, two(code, 4)) && sum % 10 === 0
}
/** The fourth sign checks the letters before it and the digits behind it. */
function polishCard(code: string): boolean {
  const weights = [7, 3, 1, 9, 7, 3, 1, 7, 3]
  return [...code].reduce((sum, letter, i) => sum + Number.parseInt(letter, 36) * weights[i]!, 0) % 10 === 0
}
/** Months of women are 50 higher; until 1953 there was no tenth digit. */
const czech = (code: string) =>
  isDay((two(code, 2) % 50) % 20, two(code, 4)) &&
  (code.length === 9 || Number(code) % 11 === 0 || Number(code.slice(0, 9)) % 11 === 10)
const isCounty = (code: number) => code > 0 && (code <= 52 || code === 70)
const romanian = (code: string) => {
  const rest = weighted(code, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return yearFirst(code, 1) && isCounty(two(code, 7)) && (rest === 10 ? 1 : rest) === Number(code[12])
}
const bulgarian = (code: string) =>
  isDay(two(code, 2) % 20, two(code, 4)) &&
  (weighted(code, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === Number(code[9])
/** Day, month, three digits of the year, from 1900 to 2039: of what was Yugoslavia. */
const jmbg = (code: string) =>
  dayFirst(code) &&
  /^.{4}(?:9|0[0-3])/.test(code) &&
  elevenMinus(weighted(code, [7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 0) === Number(code[12])
/** A personal number, a number for health insurance and one for taxes. */
const hungarian = (code: string) =>
  code.length === 9
    ? weighted(code, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === Number(code[8])
    : code.length === 10
      ? weighted(code, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === Number(code[9])
      : isDay(two(code, 3), two(code, 5)) &&
        weighted(code, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === Number(code[10])
function turkish(code: string): boolean {
  const digit = (i: number) => Number(code[i])
  const odd = digit(0) + digit(2) + digit(4) + digit(6) + digit(8)
  const even = digit(1) + digit(3) + digit(5) + digit(7)
  return (((odd * 7 - even) % 10) + 10) % 10 === digit(9) && (odd + even + digit(9)) % 10 === digit(10)
}
const innWeights = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]
const inn = (code: string) => {
  const check = (count: number) =>
    (weighted(code, innWeights.slice(11 - count)) % 11) % 10 === Number(code[count])
  return code.length === 10 ? check(9) : check(10) && check(11)
}
const snils = (code: string) => (weighted(code, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101) % 100 === two(code, 9)
const ukrainian = (code: string) =>
  (((weighted(code, [-1, 5, 7, 9, 4, 6, 10, 5, 7]) % 11) + 11) % 11) % 10 === Number(code[9])

export const easternEurope: readonly NationalId[] = [
  { type: 'PL_PESEL', groups: '11', code: /^\d{11}$/, isValid: pesel, names: 'pesel', alone: 'always' },
  {
    type: 'PL_NIP',
    groups: '10|3-3-2-2|3-2-2-3',
    code: /^\d{10}$/,
    isValid: (code) => weighted(code, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(code[9]),
    names: 'nip|podatk\\p{L}*',
    alone: 'grouped',
  },
  {
    type: 'PL_REGON',
    groups: '9|14',
    code: /^\d{9}(?:\d{5})?$/,
    isValid: (code) => (weighted(code, [8, 9, 2, 3, 4, 5, 6, 7]) % 11) % 10 === Number(code[8]),
    names: 'regon',
  },
  {
    type: 'PL_ID_CARD',
    groups: '9|3 6|3-6',
    code: /^[A-Z]{3}\d{6}$/,
    isValid: polishCard,
    names: 'dow(?:[óo]d|odu)(?: osobist\\p{L}*)?|id card|identity card',
  },
  {
    type: 'CZ_SK_BIRTH_NUMBER',
    groups: '6/4|6/3|10|9|6-4',
    code: /^\d{9,10}$/,
    isValid: czech,
    names: 'rodn[ée] [čc][íi]slo|r\\.?[čc]\\.?|birth number',
    alone: 'grouped',
  },
  {
    type: 'RO_CNP',
    groups: '13',
    code: /^[1-9]\d{12}$/,
    isValid: romanian,
    names: 'cnp|cod numeric personal',
    alone: 'always',
  },
  { type: 'BG_EGN', groups: '10', code: /^\d{10}$/, isValid: bulgarian, names: 'егн|egn' },
  {
    type: 'JMBG',
    groups: '13',
    code: /^[0-3]\d{12}$/,
    isValid: jmbg,
    names: 'jmbg|emšo|emso|јмбг|ембг',
    alone: 'always',
  },
  {
    type: 'HR_OIB',
    groups: '11',
    code: /^\d{11}$/,
    isValid: mod1110,
    names: 'oib|osobni identifikacijski(?: broj)?',
  },
  {
    type: 'HU_ID',
    groups: '11|1-6-4|1 6 4|9|3-3-3|3 3 3|10',
    code: /^\d{9,11}$/,
    isValid: hungarian,
    names: 'személyi\\p{L}*|taj\\p{L}*|adóazonosító\\p{L}*',
  },
  {
    type: 'TR_ID',
    groups: '11',
    code: /^[1-9]\d{10}$/,
    isValid: turkish,
    names: 't\\.?c\\.?|kimlik|tckn|tc kimlik',
    alone: 'always',
  },
  { type: 'RU_INN', groups: '10|12', code: /^\d{10}(?:\d\d)?$/, isValid: inn, names: 'инн|inn' },
  {
    type: 'RU_SNILS',
    groups: '11|3-3-3 2|3-3-3-2|3 3 3 2',
    code: /^\d{11}$/,
    isValid: snils,
    names: 'снилс|snils',
    alone: 'grouped',
  },
  { type: 'RU_PASSPORT', groups: '4 6|2 2 6|10', code: /^\d{10}$/, names: 'паспорт\\p{L}*' },
  {
    type: 'UA_TAX_ID',
    groups: '10',
    code: /^\d{10}$/,
    isValid: ukrainian,
    names: 'рнокпп|іпн|ипн|rnokpp|tax number',
  },
  {
    type: 'KZ_IIN',
    groups: '12',
    code: /^\d{12}$/,
    isValid: (code) => yearFirst(code),
    names: 'иин|жсн|iin',
  },
  {
    type: 'IL_ID',
    groups: '9|8-1',
    code: /^\d{9}$/,
    isValid: (code) => varies(code) && luhn(code),
    names: 'תעודת זהות|ת\\.?ז\\.?|te?udat ze?hut|israeli id|mispar zehut',
  },
]
