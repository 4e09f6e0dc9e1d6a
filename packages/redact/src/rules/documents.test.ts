import { expect, test } from 'vitest'
import { findInField } from '../field.ts'
import { findIdentifiers } from '../find.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)

test.each([
  ['My passport number is C01X00T47.', 'PASSPORT:C01X00T47'],
  ['passport: 925665416', 'PASSPORT:925665416'],
  ['Reisepassnummer lautet C4VZZ58F7', 'PASSPORT:C4VZZ58F7'],
  ['护照 E12345678', 'PASSPORT:E12345678'],
  ["driver's license F255-9215-0094", 'US_DRIVER_LICENSE:F255-9215-0094'],
  ['DL# D1234567 expired', 'US_DRIVER_LICENSE:D1234567'],
  ['driving licence MORGA657054SM9IJ', 'DRIVER_LICENSE:MORGA657054SM9IJ'],
  ['Führerschein Nr. B072RRE2I55', 'DRIVER_LICENSE:B072RRE2I55'],
  ['bank account number 12345678', 'BANK_ACCOUNT:12345678'],
  ['sort code 20-00-00', 'BANK_ACCOUNT:20-00-00'],
  ['Kontonummer: 2717 0003 90', 'BANK_ACCOUNT:2717 0003 90'],
  ['MRN: 6364093', 'MEDICAL_RECORD:6364093'],
  ['member ID XW123456789', 'INSURANCE_ID:XW123456789'],
  ['license plate 7ABC123', 'LICENSE_PLATE:7ABC123'],
  ['CVV 123', 'CARD_CODE:123'],
  ['your verification code is 482913', 'PASSWORD:482913'],
  ['IMEI 49-015420-323751-8', 'IMEI:49-015420-323751-8'],
  ['it is 1M8GDM9AXKP042788', 'VIN:1M8GDM9AXKP042788'],
  ['VIN JH4KA7561PC008260', 'VIN:JH4KA7561PC008260'],
  ['her national ID is 5DPXD63W', 'NATIONAL_ID:5DPXD63W'],
  ['the passport she showed us was AB1234567', 'PASSPORT:AB1234567'],
  ['is AB1234567 a valid passport?', 'PASSPORT:AB1234567'],
])('%s', (text, span) => {
  expect(found(text)).toEqual([span])
})

test.each([
  'the passport office has 4123 visitors',
  'the passport office served 12345678 people',
  'passport valid until 2031-05-12',
  'order ID number 12345678',
  'a licence costs 1234567 dollars',
  'the account manager earned $1234567',
  'see 1M8GDM9A1KP042788',
  'IMEI is a number of 15 digits',
  'CVV has 3 digits',
  'an account opened in 1998',
])('nothing in %s', (text) => {
  expect(found(text)).toEqual([])
})

test('the name of a field counts', () => {
  expect(findInField('passportNumber', 'C01X00T47')).toEqual([{ type: 'PASSPORT', start: 0, end: 9 }])
  expect(findInField('driving_licence', 'MORGA657054SM9IJ')[0]?.type).toBe('DRIVER_LICENSE')
})
