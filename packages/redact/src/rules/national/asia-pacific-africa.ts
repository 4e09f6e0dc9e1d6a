/** Numbers of persons and firms in Asia, Australia and Africa. */
import { luhn, verhoeff, weighted } from '../checksums.ts'
import { isDay, type NationalId, two, varies, yearFirst } from './row.ts'

const cnWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const chinese = (code: string) =>
  isDay(two(code, 10), two(code, 12)) && '10X98765432'[weighted(code, cnWeights) % 11] === code[17]
const medicare = (code: string) => weighted(code, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(code[8])
const abn = (code: string) => (weighted(code, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0
function singaporean(code: string): boolean {
  const shift = { S: 0, T: 4, F: 0, G: 4, M: 3 }[code[0]!]!
  const rest = (weighted(code.slice(1), [2, 7, 6, 5, 4, 3, 2]) + shift) % 11
  const letters = { S: 'JZIHGFEDCBA', T: 'JZIHGFEDCBA', M: 'KLJNPQRTUWX' }[code[0]!] ?? 'XWUTRQPNMLK'
  return letters[rest] === code[8]
}
const korean = (code: string) => yearFirst(code) && /^.{6}[1-8]/.test(code)
const thai = (code: string) =>
  (11 - (weighted(code, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === Number(code[12])
const japanese = (code: string) => {
  const rest = weighted(code, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
  return varies(code) && (rest < 2 ? 0 : 11 - rest) === Number(code[11])
}
/** Letters count as 10 to 35 in an order of their own; the number of each is written as two digits. */
const taiwanLetters = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'
function taiwanese(code: string): boolean {
  const letter = 10 + taiwanLetters.indexOf(code[0]!)
  const sum =
    Math.floor(letter / 10) + (letter % 10) * 9 + weighted(code.slice(1), [8, 7, 6, 5, 4, 3, 2, 1, 1])
  return sum % 10 === 0
}
/** A space counts as 36, letters from 10 on. */
function hongKong(code: string): boolean {
  const padded = code.padStart(9, ' ')
  let sum = 0
  for (let i = 0; i < 8; i++) sum += (padded[i] === ' ' ? 36 : Number.parseInt(padded[i]!, 36)) * (9 - i)
  const check = (11 - (sum % 11)) % 11
  return (check === 10 ? 'A' : String(check)) === code.at(-1)
}
const iranian = (code: string) => {
  const rest = weighted(code, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return varies(code) && (rest < 2 ? rest : 11 - rest) === Number(code[9])
}
const southAfrican = (code: string) => yearFirst(code) && /^.{10}[012]/.test(code) && luhn(code)

export const asiaPacificAfrica: readonly NationalId[] = [
  {
    type: 'IN_AADHAAR',
    groups: '12|4 4 4|4-4-4',
    code: /^[2-9]\d{11}$/,
    isValid: verhoeff,
    names: 'aadha?ar|uidai|uid|आधार',
    alone: 'grouped',
  },
  {
    type: 'IN_PAN',
    groups: '10',
    code: /^[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]$/,
    names: 'pan|permanent account',
    alone: 'always',
  },
  { type: 'IN_PAN', groups: '10', code: /^[A-Z]{5}\d{4}[A-Z]$/, names: 'pan|permanent account' },
  { type: 'IN_VOTER', groups: '10', code: /^[A-Z]{3}\d{7}$/, names: 'voter|epic' },
  {
    type: 'IN_GSTIN',
    groups: '15',
    code: /^\d\d[A-Z]{5}\d{4}[A-Z][1-9A-Z]Z[\dA-Z]$/,
    names: 'gst(?:in)?',
    alone: 'always',
  },
  { type: 'PK_CNIC', groups: '5-7-1|13', code: /^[1-7]\d{12}$/, names: 'cnic|nicop', alone: 'grouped' },
  { type: 'BD_NID', groups: '10|13|17|3 3 4', code: /^\d{10}(?:\d{3}(?:\d{4})?)?$/, names: 'nid' },
  { type: 'LK_NIC', groups: '10|12', code: /^(?:\d{9}[VX]|(?:19|20)\d{10})$/, names: 'nic' },
  {
    type: 'CN_ID',
    groups: '18',
    code: /^[1-8]\d{5}(?:19|20)\d{9}[\dX]$/,
    isValid: chinese,
    names: '身份证(?:号码?)?|居民身份证|resident id|公民身份号码',
    alone: 'always',
  },
  {
    type: 'TW_ID',
    groups: '10',
    code: /^[A-Z][1289]\d{8}$/,
    isValid: taiwanese,
    names: '身分證(?:字號)?|taiwan id',
    alone: 'always',
  },
  {
    type: 'HK_ID',
    groups: '7(1|8(1|8',
    code: /^[A-Z]{1,2}\d{6}[\dA]$/,
    isValid: hongKong,
    names: 'hkid|hong kong id|身份證(?:號碼)?',
    alone: 'grouped',
  },
  {
    type: 'JP_MY_NUMBER',
    groups: '12|4 4 4|4-4-4',
    code: /^\d{12}$/,
    isValid: japanese,
    names: 'マイナンバー|個人番号|my ?number',
  },
  {
    type: 'KR_RRN',
    groups: '6-7|13',
    code: /^\d{13}$/,
    isValid: korean,
    names: '주민등록번호|외국인등록번호|resident registration|rrn',
    alone: 'grouped',
  },
  {
    type: 'TH_TNIN',
    groups: '13|1-4-5-2-1|1 4 5 2 1',
    code: /^[1-9]\d{12}$/,
    isValid: thai,
    names: 'เลข(?:ประจำตัว|บัตร)ประชาชน|บัตรประชาชน|thai id|tnin',
    alone: 'grouped',
  },
  {
    type: 'SG_NRIC_FIN',
    groups: '9',
    code: /^[STFGM]\d{7}[A-Z]$/,
    isValid: singaporean,
    names: 'nric|fin',
    alone: 'always',
  },
  {
    type: 'SG_UEN',
    groups: '9|10',
    code: /^(?:\d{8}|(?:19|20)\d{7}|[TSR]\d\d[A-Z]{2}\d{4})[A-Z]$/,
    names: 'uen',
  },
  {
    type: 'MY_MYKAD',
    groups: '6-2-4|12',
    code: /^\d{12}$/,
    isValid: (code) => yearFirst(code),
    names: 'mykad|nric|ic|kad pengenalan',
    alone: 'grouped',
  },
  {
    type: 'ID_NIK',
    groups: '16',
    code: /^[1-9]\d{15}$/,
    isValid: (code) => isDay(two(code, 8), two(code, 6) % 40),
    names: 'nik|e?-?ktp',
  },
  {
    type: 'PH_ID',
    groups: '2-7-1|4-7-1|3-3-3|3-3-3-3|4-4-4-4|10',
    code: /^\d{9,16}$/,
    names: 'sss|umid|crn|tin|gsis|philhealth|pagibig|philsys|psn',
  },
  { type: 'VN_CCCD', groups: '12|9', code: /^\d{9}(?:\d{3})?$/, names: 'cccd|cmnd|căn cước(?: công dân)?' },
  {
    type: 'AU_TFN',
    groups: '9|3 3 3|3-3-3',
    code: /^\d{9}$/,
    isValid: (code) => varies(code) && weighted(code, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    names: 'tfn|tax file',
  },
  {
    type: 'AU_MEDICARE',
    groups: '10|11|4 5 1|4 5 1 1|4 5 1-1|4 5 1/1|4-5-1',
    code: /^[2-6]\d{9,10}$/,
    isValid: medicare,
    names: 'medicare',
  },
  {
    type: 'AU_ABN',
    groups: '11|2 3 3 3',
    code: /^[1-9]\d{10}$/,
    isValid: abn,
    names: 'abn|australian business',
    alone: 'grouped',
  },
  { type: 'AU_ACN', groups: '9|3 3 3', code: /^\d{9}$/, names: 'acn|australian company' },
  { type: 'NZ_IRD', groups: '8|9|2-3-3|3-3-3|3 3 3|2 3 3', code: /^\d{8,9}$/, names: 'ird|inland revenue' },
  { type: 'NZ_NHI', groups: '7', code: /^[A-HJ-NP-Z]{3}(?:\d{4}|\d\d[A-HJ-NP-Z]{2})$/, names: 'nhi' },
  {
    type: 'ZA_ID',
    groups: '13|6 4 3|6 4 2 1',
    code: /^\d{13}$/,
    isValid: southAfrican,
    names: '(?:sa|rsa|south african) id',
    alone: 'always',
  },
  { type: 'NG_NIN', groups: '11|4 3 4', code: /^\d{11}$/, names: 'nin|bvn' },
  { type: 'KE_ID', groups: '7|8', code: /^\d{7,8}$/, names: 'kenyan id|huduma|kra' },
  {
    type: 'EG_ID',
    groups: '14',
    code: /^[23]\d{13}$/,
    isValid: (code) => yearFirst(code, 1),
    names: 'الرقم القومي|egyptian id',
  },
  {
    type: 'AE_ID',
    groups: '3-4-7-1|15',
    code: /^784(?:19|20)\d{10}$/,
    names: 'emirates id|الهوية',
    alone: 'always',
  },
  { type: 'SA_ID', groups: '10', code: /^[12]\d{9}$/, isValid: luhn, names: 'iqama|saudi id|الهوية' },
  { type: 'IR_ID', groups: '10|3-6-1', code: /^\d{10}$/, isValid: iranian, names: 'کد ملی|melli' },
]
