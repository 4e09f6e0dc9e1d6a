/** Numbers of persons in the Nordic and Baltic countries. */
import { luhn, weighted } from '../checksums.ts'
import { dayFirst, elevenMinus, isDay, type NationalId, two, yearFirst } from './row.ts'

/** Days from 61 on are of those who have no number yet. */
const swedish = (code: string) => {
  const ten = code.slice(-10)
  return luhn(ten) && isDay(two(ten, 2), two(ten, 4) % 60 || 1)
}
const finnish = (code: string) =>
  dayFirst(code) &&
  '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(code.slice(0, 6) + code.slice(-4, -1)) % 31] === code.at(-1)
/** Of numbers given out until 2007; newer ones have no check digit. */
const danish = (code: string) => dayFirst(code) && weighted(code, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
/** Days from 41 on are of those without a residence. */
const norwegian = (code: string) =>
  isDay(two(code, 2) % 40, two(code, 0) % 40) &&
  elevenMinus(weighted(code, [3, 7, 6, 1, 8, 9, 4, 5, 2])) === Number(code[9]) &&
  elevenMinus(weighted(code, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2])) === Number(code[10])
const icelandic = (code: string) =>
  dayFirst(code) && elevenMinus(weighted(code, [3, 2, 7, 6, 5, 4, 3, 2])) === Number(code[8])
function baltic(code: string): boolean {
  const first = weighted(code, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
  const check = first < 10 ? first : (weighted(code, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11) % 10
  return yearFirst(code, 1) && check === Number(code[10])
}
const latvian = (code: string) =>
  dayFirst(code) && (1101 - weighted(code, [1, 6, 3, 7, 9, 10, 5, 8, 4, 2])) % 11 === Number(code[10])

const personal = 'person(?:al )?(?:identity|id|identification)?(?: ?numbers?| code)'

export const northernEurope: readonly NationalId[] = [
  {
    type: 'SE_PERSONNUMMER',
    groups: '10|12|6-4|8-4|6 4|8 4',
    code: /^(?:19|20)?\d{10}$/,
    isValid: swedish,
    names: `person(?:nummer|nr)|samordningsnummer|pnr|${personal}`,
    alone: 'grouped',
  },
  {
    type: 'SE_ORGNR',
    groups: '10|6-4',
    code: /^\d\d[2-9]\d{7}$/,
    isValid: luhn,
    names: 'org(?:anisations)?\\.?-?(?:nr|nummer)',
  },
  {
    type: 'FI_PERSONAL_IDENTITY_CODE',
    groups: '6-4|11',
    code: /^\d{6}[A-FU-Y]?\d{3}[\dA-Y]$/,
    isValid: finnish,
    names: `henkil[öo]tunnus|hetu|${personal}`,
    alone: 'always',
  },
  {
    type: 'DK_CPR',
    groups: '10|6-4|6 4',
    code: /^\d{10}$/,
    isValid: (code) => danish(code),
    names: `cpr(?:-?(?:nr|nummer))?|personnummer|${personal}`,
    alone: 'grouped',
  },
  {
    type: 'NO_FODSELSNUMMER',
    groups: '11|6 5|6-5',
    code: /^\d{11}$/,
    isValid: norwegian,
    names: `f[øo]dselsnummer|person(?:nummer|nr)|d-nummer|national identity|${personal}`,
    alone: 'always',
  },
  {
    type: 'IS_KENNITALA',
    groups: '10|6-4',
    code: /^\d{10}$/,
    isValid: icelandic,
    names: 'kennitala|kt',
    alone: 'grouped',
  },
  {
    type: 'EE_LT_CODE',
    groups: '11',
    code: /^[1-6]\d{10}$/,
    isValid: baltic,
    names: `isikukood|asmens kodas|${personal}`,
    alone: 'always',
  },
  {
    type: 'LV_CODE',
    groups: '11|6-5',
    code: /^\d{11}$/,
    isValid: latvian,
    names: `personas kods|${personal}`,
    alone: 'grouped',
  },
]
