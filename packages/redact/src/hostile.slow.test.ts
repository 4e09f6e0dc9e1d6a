/**
 * A million letters of what makes careless expressions quadratic. Time is the only measure there is of what an expression does;
 * the limit is far from both: it takes a second, and quadratic many minutes.
 */
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'
import { findUrls } from './rules/url.ts'
import { Vault } from './vault.ts'

const bits = [
  '4',
  "'@b.com'",
  '"@',
  '"a"@',
  '4111\n',
  '4111.',
  '4111_1111/1111\t',
  '4111111111111111a',
  '+1_',
  '+1\n',
  '+44 20\n7946',
  'DE89.',
  'DE89\n',
  '203.000.',
  '=40',
  'a=40',
  '%25',
  '%2540',
  '\\x4',
  '\\\\u00',
  'a。',
  'password="\\"',
  "password='\\",
  'password=(',
  'password=a(b',
  'password=$',
  'password is "',
  '--password ',
  '--token "',
  '--a-',
  'curl -u ',
  'curl -u a:b ',
  ' -u "',
  '<password>',
  '<password a',
  '<password>a</',
  'cookie: ',
  'cookie: a=',
  'hooks.slack.com/services/',
  '://a:@',
  '://a:b@c',
  'ew_',
  'aB3-',
  'aB3/===',
  '1',
  ` +${'1'.repeat(40)}`,
  '+1(',
  "'",
  '"',
  '\\"',
  '{"a":"',
  '@',
  '@a.b-',
  'a@',
  'a@a.',
  'a@a.com,',
  '://a@a.com/',
  '1 ',
  '4 ',
  '4111-',
  '123-45-',
  '020 7946 09',
  'call 1 ',
  'a.',
  ':',
  '1:',
  '00:',
  '.',
  '1.',
  'é',
  '٣',
  '１',
  '\u200b',
  '[',
  '\\[',
  '_1',
  'PERSON_1',
  '[PERSON_1',
  'www.',
  'http://',
  'http://a:b',
  '?token=',
  'GB82',
  'password=',
  'password: ',
  'token="',
  'born ',
  'born on 1 ',
  'bearer ',
  'eyJ',
  'eyJhbGciOi.',
  `-----BEGIN ${'PRIVATE KEY-----'}`,
  'sk-',
  '%41',
  '\\u0041',
  '&#64;',
  'aB3',
  '0x',
  'bc1',
  'xn--',
]

test.each(bits)('%j', (bit) => {
  const text = bit.repeat(Math.ceil(1_000_000 / bit.length))
  const start = performance.now()
  const spans = findIdentifiers(text)
  findUrls(text)
  const vault = new Vault()
  expect(vault.restore(vault.redact(text, spans).text)).toBe(text)
  expect(performance.now() - start).toBeLessThan(60_000)
})

test('how often the numbering plans are asked is bounded; beyond, a number is hidden for its form', () => {
  const hidden = (count: number) => {
    const numbers = Array.from({ length: count }, (_, i) => `00999 ${1_000_000 + i}`)
    return findIdentifiers(numbers.join('; ')).filter(({ type }) => type === 'PHONE_NUMBER').length
  }
  expect(hidden(1000)).toBe(0)
  expect(hidden(4000)).toBe(2000)
})
