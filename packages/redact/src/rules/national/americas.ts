/** Numbers of persons and firms in North and South America. */
import { luhn, weighted } from '../checksums.ts'
import { elevenMinus, type NationalId, varies, yearFirst } from './row.ts'

const ssn = (code: string) => /^(?!000|666|9)\d{3}(?!00)\d\d(?!0000)/.test(code)
const itin = (code: string) => /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])/.test(code)

/** A rest of 10 and of 11 is 0. */
const check = (code: string, weights: readonly number[]) => {
  const rest = weighted(code, weights) % 11
  return rest < 2 ? 0 : 11 - rest
}
const cpf = (code: string) =>
  varies(code) &&
  check(code, [10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[9]) &&
  check(code, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[10])
const cnpj = (code: string) =>
  varies(code) &&
  check(code, [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[12]) &&
  check(code, [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === Number(code[13])

const curpLetters = '0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ'
function curp(code: string): boolean {
  let sum = 0
  for (let i = 0; i < 17; i++) sum += curpLetters.indexOf(code[i]!) * (18 - i)
  return yearFirst(code, 4) && (10 - (sum % 10)) % 10 === Number(code[17])
}
const cuit = (code: string) =>
  elevenMinus(weighted(code, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]), 9) === Number(code[10])
function rut(code: string): boolean {
  let sum = 0
  for (let i = 0; i < code.length - 1; i++) sum += Number(code[code.length - 2 - i]) * (2 + (i % 6))
  return '0K987654321'[sum % 11] === code.at(-1)
}

export const americas: readonly NationalId[] = [
  {
    type: 'US_SSN',
    groups: '3-2-4|3 2 4|3.2.4',
    code: /^\d{9}$/,
    isValid: ssn,
    names: 'ssn|soc(?:ial)?\\.? sec(?:urity)?',
    alone: 'always',
  },
  {
    type: 'US_SSN',
    groups: '9|3-6|5-4',
    code: /^\d{9}$/,
    isValid: ssn,
    names: 'ssn|soc(?:ial)?\\.? sec(?:urity)?',
  },
  {
    type: 'US_ITIN',
    groups: '3-2-4|3 2 4',
    code: /^9\d{8}$/,
    isValid: itin,
    names: 'itin|tax ?payer',
    alone: 'always',
  },
  { type: 'US_ITIN', groups: '9', code: /^9\d{8}$/, isValid: itin, names: 'itin|tax ?payer' },
  {
    type: 'US_EIN',
    groups: '2-7|9',
    code: /^\d{9}$/,
    names: 'f?ein|employer id\\p{L}*|federal tax|tax id\\p{L}*|tin',
  },
  {
    type: 'US_MBI',
    groups: '11|4-3-4',
    code: /^[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d[AC-HJKMNP-RT-Y]{2}\d\d$/,
    names: 'mbi|medicare',
    alone: 'always',
  },
  {
    type: 'MEDICAL_LICENSE',
    groups: '9',
    code: /^[ABFGMPRX][A-Z9]\d{7}$/,
    isValid: (code) => weighted(code.slice(2), [1, 2, 1, 2, 1, 2]) % 10 === Number(code[8]),
    names: 'dea|medical licen[cs]e',
  },
  {
    type: 'MEDICAL_LICENSE',
    groups: '10',
    code: /^[12]\d{9}$/,
    isValid: (code) => luhn(`80840${code}`),
    names: 'npi',
  },
  {
    type: 'CA_SIN',
    groups: '9|3 3 3|3-3-3',
    code: /^\d{9}$/,
    isValid: luhn,
    names: 'sin|social insurance|nas',
  },
  {
    type: 'BR_CPF',
    groups: '11|3.3.3-2',
    code: /^\d{11}$/,
    isValid: cpf,
    names: 'cpf|cadastro de pessoas? f[ií]sicas?',
    alone: 'always',
  },
  {
    type: 'BR_CNPJ',
    groups: '14|2.3.3/4-2',
    code: /^\d{14}$/,
    isValid: cnpj,
    names: 'cnpj',
    alone: 'always',
  },
  { type: 'BR_RG', groups: '9|2.3.3-1', code: /^\d{8}[\dX]$/, names: 'rg|registro geral' },
  {
    type: 'MX_CURP',
    groups: '18',
    code: /^[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z\d]\d$/,
    isValid: curp,
    names: 'curp',
    alone: 'always',
  },
  {
    type: 'MX_RFC',
    groups: '13|4-6-3|4 6 3',
    code: /^[A-Z]{4}\d{6}[A-Z\d]{3}$/,
    isValid: (code) => yearFirst(code, 4),
    names: 'rfc',
    alone: 'always',
  },
  {
    type: 'MX_RFC',
    groups: '12|3-6-3',
    code: /^[A-Z]{3}\d{6}[A-Z\d]{3}$/,
    isValid: (code) => yearFirst(code, 3),
    names: 'rfc',
  },
  { type: 'MX_NSS', groups: '11', code: /^\d{11}$/, isValid: luhn, names: 'nss|imss|seguro social' },
  { type: 'DNI', groups: '2.3.3|8', code: /^\d{8}$/, names: 'dni|documento' },
  {
    type: 'AR_CUIT',
    groups: '11|2-8-1',
    code: /^(?:2[03-7]|3[034])\d{9}$/,
    isValid: cuit,
    names: 'cui[tl]',
    alone: 'grouped',
  },
  {
    type: 'CL_RUT',
    groups: '2.3.3-1|1.3.3-1|8-1|7-1|9',
    code: /^\d{7,8}[\dK]$/,
    isValid: rut,
    names: 'ru[tn]|rol [úu]nico',
    alone: 'grouped',
  },
  {
    type: 'CEDULA',
    groups: '1.3.3.3|2.3.3|10|8|7',
    code: /^\d{7,10}$/,
    names: 'c[ée]dula(?: de \\p{L}+)?|c\\.? ?c\\.?|nuip',
  },
  {
    type: 'VE_CEDULA',
    groups: '1-8|1-7|1-2.3.3|9|8',
    code: /^[VE]\d{7,8}$/,
    names: 'c[ée]dula(?: de \\p{L}+)?|rif|ci',
  },
  {
    type: 'UY_CI',
    groups: '1.3.3-1|8',
    code: /^\d{8}$/,
    isValid: (code) => (10 - (weighted(code, [2, 9, 8, 7, 6, 3, 4]) % 10)) % 10 === Number(code[7]),
    names: 'c[ée]dula(?: de \\p{L}+)?|ci',
    alone: 'grouped',
  },
  {
    type: 'DO_CEDULA',
    groups: '11|3-7-1',
    code: /^\d{11}$/,
    isValid: luhn,
    names: 'c[ée]dula(?: de \\p{L}+)?',
  },
  {
    type: 'SV_DUI',
    groups: '8-1|9',
    code: /^\d{9}$/,
    isValid: (code) => (10 - (weighted(code, [9, 8, 7, 6, 5, 4, 3, 2]) % 10)) % 10 === Number(code[8]),
    names: 'dui',
  },
]
