import { expect, test } from 'vitest'
import { findIdentifiers } from '../find.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)

test.each([
  ['reach her: 2125550123.', '2125550123'],
  ['2125550123', '2125550123'],
  ['Anna, 8 (495) 123-45-67, Moscow', '8 (495) 123-45-67'],
  ['Anna, (11) 98765-4321', '(11) 98765-4321'],
  ['Tél : 138 0013 8000', '138 0013 8000'],
  ['tel. 0470/12.34.56', '0470/12.34.56'],
  ['+359(0)283 995 655', '+359(0)283 995 655'],
  ['My phone number is ( 19 ) 38294427.', '( 19 ) 38294427'],
  ['My phone number is 010 - 123 45 67.', '010 - 123 45 67'],
  ['at (123).456.7890.', '(123).456.7890'],
  ['M: 601 123 566', '601 123 566'],
  ['For bookings call us today on 9123 4010, please', '9123 4010'],
  ['is 98765 43305 still your phone number?', '98765 43305'],
  ['leave a voicemail at 2123 4637', '2123 4637'],
  ['messages to 699 956 915', '699 956 915'],
  ['my registered 668 5702.', '668 5702'],
  ['电话：13800138000', '13800138000'],
  ['telefon komórkowy 512 345 678', '512 345 678'],
  ['Ann\u00a0Lee, tel\u00a0020\u00a07946\u00a00958', '020\u00a07946\u00a00958'],
])('a phone number in %j', (text, phone) => {
  expect(found(text)).toEqual([`PHONE_NUMBER:${phone}`])
})

test.each([
  'Your order number is 8910828597.',
  'Part number 933-2322-10',
  'ISBN-10: 0965056007',
  'My card number is 12345678',
  'bytes=2125550123',
  '{"id": 2125550123}',
  'between 0730-0930',
  'March 04 2019 for 2',
  'from 02-02-2020 - 03-03-2020',
  'The call is on 1996-02-24',
  'The call center handled 1537569 calls',
  'Call of Duty sold 17685391 copies',
  'the phone costs $1299000',
])('no phone number in %j', (text) => {
  expect(found(text)).toEqual([])
})
