import { expect, test } from 'vitest'
import { findInField } from '../field.ts'
import { findIdentifiers } from '../find.ts'
import { luhn, mod97, mod1110, verhoeff } from './checksums.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)

test('checksums agree with published examples', () => {
  expect(luhn('79927398713')).toBe(true)
  expect(luhn('79927398710')).toBe(false)
  expect(mod97('GB82WEST12345698765432')).toBe(1)
  expect(mod1110('86095742719')).toBe(true)
  expect(mod1110('86095742718')).toBe(false)
  expect(verhoeff('2363')).toBe(true)
  expect(verhoeff('2364')).toBe(false)
})

test.each([
  ['UK_NINO', 'my NI is AB 12 34 56 C.', 'AB 12 34 56 C'],
  ['UK_NHS', 'NHS no. 943 476 5919', '943 476 5919'],
  ['PL_PESEL', 'pesel 44051401359', '44051401359'],
  ['PL_NIP', 'faktura na 123-456-32-18', '123-456-32-18'],
  ['PL_NIP', 'NIP: 1234563218', '1234563218'],
  ['DE_TAX_ID', 'IdNr. 65 929 970 489', '65 929 970 489'],
  ['DE_TAX_ID', 'steuer 86095742719', '86095742719'],
  ['FR_NIR', 'sécu 2 55 08 14 168 025 38', '2 55 08 14 168 025 38'],
  ['ES_NIF', 'DNI 12345678Z', '12345678Z'],
  ['ES_NIE', 'NIE X-1234567-L', 'X-1234567-L'],
  ['IT_FISCAL_CODE', 'CF rssmra85t10a562s', 'rssmra85t10a562s'],
  ['NL_BSN', 'BSN 111222333', '111222333'],
  ['IN_AADHAAR', 'id 2341 2341 2346', '2341 2341 2346'],
  ['IN_AADHAAR', 'aadhaar: 234123412346', '234123412346'],
  ['IN_PAN', 'PAN ABCPE1234F', 'ABCPE1234F'],
  ['CA_SIN', 'her SIN is 130 692 544', '130 692 544'],
  ['AU_TFN', 'TFN 123 456 782', '123 456 782'],
  ['AU_MEDICARE', 'Medicare 2123 45670 1', '2123 45670 1'],
  ['BR_CPF', 'cpf 529.982.247-25', '529.982.247-25'],
  ['BR_CPF', 'cpf 52998224725', '52998224725'],
  ['BR_CNPJ', 'cnpj 11.222.333/0001-81', '11.222.333/0001-81'],
  ['CH_AHV', 'AHV 756.9217.0769.85', '756.9217.0769.85'],
  ['CN_ID', '11010519491231002x', '11010519491231002x'],
  ['US_SSN', 'social security 219099999', '219099999'],
  ['US_ITIN', 'ITIN 912-70-1234', '912-70-1234'],
])('%s in %s', (type, text, value) => {
  expect(found(text)).toEqual([`${type}:${value}`])
})

test.each([
  'AB 12 34 56 E',
  'BG 12 34 56 C',
  'NHS 9434765918',
  '9434765919',
  '44051401358',
  '44991401350',
  'NIP 1234563217',
  '1234563218',
  '86095742718',
  '12345678A',
  'X1234567A',
  'rssmra85t10a562t',
  '111222333',
  'BSN 111222334',
  '2341 2341 2347',
  '234123412346',
  'ABCXE1234F',
  '130 692 544',
  'SIN 130 692 545',
  '123 456 782',
  '111.111.111-11',
  '529.982.247-26',
  '756.9217.0769.84',
  '110105194912310021',
  '219099999',
  'ssn 000099999',
  'tickets-52998224725-x',
  'https://example.com/e/52998224725',
])('nothing in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['DOB: 03/12/1985', '03/12/1985'],
  ['date of birth is 1985-03-12.', '1985-03-12'],
  ['She was born on 12 March 1985 in Leeds', '12 March 1985'],
  ['born March 3rd, 1985', 'March 3rd, 1985'],
  ['geboren am 12.03.1985', '12.03.1985'],
  ['née le 12/03/1985', '12/03/1985'],
])('a date of birth in %s', (text, date) => {
  expect(found(text)).toEqual([`DATE_OF_BIRTH:${date}`])
})

test.each([
  'born in 1985',
  'reborn 1985-03-12',
  'on 12 March 1985',
  'stubborn 1985-03-12',
  'born 1985-13-12',
])('no date of birth in %s', (text) => {
  expect(found(text)).toEqual([])
})

test('the name of a field says what its digits are', () => {
  const inField = (name: string, value: string) =>
    findInField(name, value).map((s) => `${s.type}:${value.slice(s.start, s.end)}`)
  expect(inField('ssn', '219099999')).toEqual(['US_SSN:219099999'])
  expect(inField('nhsNumber', '9434765919')).toEqual(['UK_NHS:9434765919'])
  expect(inField('phone_number', '469 34 883')).toEqual(['PHONE_NUMBER:469 34 883'])
  expect(inField('birthDate', '1985-03-12')).toEqual(['DATE_OF_BIRTH:1985-03-12'])
  expect(inField('count', '219099999')).toEqual([])
  expect(inField('password', 'correct horse')).toEqual(['PASSWORD:correct horse'])
  expect(inField('clientSecret', 'abc')).toEqual(['PASSWORD:abc'])
  expect(inField('note', 'ask ann@lee.org')).toEqual(['EMAIL_ADDRESS:ann@lee.org'])
  expect(inField('password', 'null')).toEqual([])
})
