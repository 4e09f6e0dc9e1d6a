import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'
import { luhn, mod97 } from './rules/checksums.ts'
import { findUrls } from './rules/url.ts'
import { type Span, settle } from './span.ts'

/** The spans as "TYPE:text". */
const said = (text: string, spans: readonly Span[]) =>
  spans.map((s) => `${s.type}:${text.slice(s.start, s.end)}`)
const found = (text: string) => said(text, findIdentifiers(text))

test.each([
  ['write to jane.doe+news@mail.example.co.uk.', 'jane.doe+news@mail.example.co.uk'],
  ['<Bob@cuvox.de>', 'Bob@cuvox.de'],
  ['mail:jörg@exämple.de, now', 'jörg@exämple.de'],
  ['user@example.com.2 items', 'user@example.com'],
  ['ask john@acme.com-please', 'john@acme.com'],
  ['john@acme.co.uk.1-2', 'john@acme.co.uk'],
  ['a@b.xn--p1ai', 'a@b.xn--p1ai'],
  ['a@xn--e1afmkfd.xn--80akhbyknj4f!', 'a@xn--e1afmkfd.xn--80akhbyknj4f'],
  ["o'brien@acme.com", "o'brien@acme.com"],
  ["'o'brien@acme.com'", "o'brien@acme.com"],
  ['`ann@acme.com` {ann}', 'ann@acme.com'],
  ["a!#$%&'*+/=?^_`{|}~b@acme.com", "a!#$%&'*+/=?^_`{|}~b@acme.com"],
])('e-mail in %s', (text, email) => {
  expect(found(text)).toEqual([`EMAIL_ADDRESS:${email}`])
})

test.each([
  'a@b',
  '@home',
  'user@',
  'x @ y.com'.replace('y.com', 'y'),
  'a@b.c',
  'a@b.12',
  'a@b-com',
  "'@b.com'".replace('com', 'c'),
  'tweet @someone.',
  'mail("a", "@b.org")',
  'f("a") + "@b.org"',
])('no e-mail in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['my card is 4111111111111111.', '4111111111111111'],
  ['4111 1111 1111 1111 exp 12/27', '4111 1111 1111 1111'],
  ['amex 3782-822463-10005!', '3782-822463-10005'],
  ['room 12 4111 1111 1111 1111', '4111 1111 1111 1111'],
  ['maestro 501800000009', '501800000009'],
  ['jcb 180000826105910', '180000826105910'],
])('a card in %s', (text, card) => {
  expect(found(text)).toEqual([`CREDIT_CARD:${card}`])
})

test.each([
  'order 4111111111111112',
  'call 0611111111111111',
  '0.4111111111111111',
  '41111111111111111111111',
])('no card in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['GB82WEST12345698765432', 'GB82WEST12345698765432'],
  ['pay to GB82 WEST 1234 5698 7654 32 today', 'GB82 WEST 1234 5698 7654 32'],
  ['de89 3704 0044 0532 0130 00.', 'de89 3704 0044 0532 0130 00'],
])('an IBAN in %s', (text, iban) => {
  expect(found(text)).toEqual([`IBAN_CODE:${iban}`])
})

test.each(['GB82WEST12345698765433', 'GB82WEST123456987654321', 'ZZ82WEST12345698765432', 'GB82WEST1234'])(
  'no IBAN in %s',
  (text) => {
    expect(found(text)).toEqual([])
  },
)

test.each([
  ['ping 192.168.0.1, ok', '192.168.0.1'],
  ['host 10.0.0.255.', '10.0.0.255'],
  ['at 2001:db8::ff00:42:8329.', '2001:db8::ff00:42:8329'],
  ['[fd00::1]:80', 'fd00::1'],
  ['d80:e4b5:79da:6cf6:71f3:51f7:9161:c319', 'd80:e4b5:79da:6cf6:71f3:51f7:9161:c319'],
  ['mapped ::ffff:192.0.2.1 here', '::ffff:192.0.2.1'],
  ['it is fe80::1: see', 'fe80::1'],
])('an IP address in %s', (text, ip) => {
  expect(found(text)).toEqual([`IP_ADDRESS:${ip}`])
})

test.each([
  '256.1.1.1',
  '1.2.3.4.5',
  '12:30:45',
  'std::vector',
  'listens on 127.0.0.1 and [::1]:80, 0.0.0.0',
  'release 12.4.0.17',
  'Chrome/120.0.0.0 Safari',
  'v1.2.3.4',
  'a :: b',
  '1:2:3:4:5:6:7:8:9',
  '1::2::3',
  '1:2:3:4:5:6:7::8',
  'version 1.2.3',
])('no IP address in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['ssn 078-05-1120', 'US_SSN:078-05-1120'],
  ['078 05 1120.', 'US_SSN:078 05 1120'],
])('%s', (text, span) => {
  expect(found(text)).toEqual([span])
})

test.each([
  ['see https://example.com/a?b=c@d.de#x, or', 'URL:https://example.com/a?b=c@d.de#x'],
  ['(www.example.org)', 'URL:www.example.org'],
  ['visit example.com/path today', 'URL:example.com/path'],
  ['Go to sub.example.co.uk!', 'URL:sub.example.co.uk'],
])('%s', (text, span) => {
  expect(said(text, findUrls(text))).toEqual([span])
})

test.each([
  '000-12-3456',
  '666-12-3456',
  '900-12-3456',
  '123-00-4567',
  '123-45-0000',
  '1123-45-6789',
  '123-45-6789-1',
])('no SSN in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each(['e.g. this', 'end.Next sentence', 'file.ts', 'Node.js', 'http://'])('no URL in %s', (text) => {
  expect([...findUrls(text), ...findIdentifiers(text)]).toEqual([])
})

test.each([
  ['call (978)645-9740x11144 now', '(978)645-9740x11144'],
  ['223-087-9502.', '223-087-9502'],
  ['at +1-499-359-8850 ext. 911', '+1-499-359-8850 ext. 911'],
  ['1-800-555-0199', '1-800-555-0199'],
  ['(555) 123-4567, please', '(555) 123-4567'],
  ['+44 20 7946 0958!', '+44 20 7946 0958'],
  ['+15551234567', '+15551234567'],
  ['+44 20 7946 0958 12345678', '+44 20 7946 0958'],
  ['+44 20 7946 0958 2024-10-15', '+44 20 7946 0958'],
  ['+44 (0)20 7946 0958.', '+44 (0)20 7946 0958'],
  ['(at +44 20 7946 0958)', '+44 20 7946 0958'],
  ['+123456789012345', '+123456789012345'],
  ['https://wa.me/+447700900123', '+447700900123'],
  ['tel:+44-20-7946-0958', '+44-20-7946-0958'],
])('a phone number in %s', (text, phone) => {
  expect(found(text)).toEqual([`PHONE_NUMBER:${phone}`])
})

test.each([
  '1234567890',
  '123-456-7890',
  '555-1234',
  '2026-03-14',
  '(07/13/2021)',
  'on 01.02.2023 at 10',
  'value + 1013904223',
  '+5',
  '+1234567890123456',
  '+12345678th',
  '1 + 234 567',
  '223-087-95021',
  'x223-087-9502',
])('no phone number in %s', (text) => {
  expect(found(text)).toEqual([])
})

test('a card that follows a phone number does not take its place', () => {
  expect(found('+44 20 7946 0958 4111 1111 1111 1111')).toEqual([
    'PHONE_NUMBER:+44 20 7946 0958',
    'CREDIT_CARD:4111 1111 1111 1111',
  ])
})

test('checksums agree with published examples', () => {
  expect(luhn('79927398713')).toBe(true)
  expect(luhn('79927398710')).toBe(false)
  expect(mod97('GB82WEST12345698765432')).toBe(1)
})

test('of overlapping spans the earlier, then the longer stays, and of the other what sticks out', () => {
  const span = (type: string, start: number, end: number) => ({ type, start, end })
  const spans = [span('c', 4, 9), span('a', 0, 3), span('b', 0, 5)]
  expect(settle('abcde, fg', spans)).toEqual([span('b', 0, 5), span('c', 7, 9)])
  expect(settle('abcde, ..', spans)).toEqual([span('b', 0, 5)])
  expect(found('4111 1111 1111 1111/ann@lee.org')).toEqual([
    'CREDIT_CARD:4111 1111 1111 1111',
    'EMAIL_ADDRESS:ann@lee.org',
  ])
})

test('any text gives ordered spans inside it, without overlaps', () => {
  const bits = [
    '1',
    '41',
    '1111',
    ' ',
    '-',
    '.',
    ':',
    '::',
    '@',
    'a',
    'é',
    'GB82',
    'www.',
    'http://',
    '.com',
    '/',
    '\ud800',
    '😀',
    '\n',
  ]
  const text = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string()), { maxLength: 60 })
  fc.assert(
    fc.property(text, (parts) => {
      const joined = parts.join('')
      let last = 0
      for (const { start, end } of findIdentifiers(joined)) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        last = end
      }
      expect(last).toBeLessThanOrEqual(joined.length)
    }),
    { numRuns: 500, seed: 1 },
  )
})
