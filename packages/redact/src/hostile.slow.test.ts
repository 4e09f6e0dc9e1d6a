/** A million letters of what makes careless expressions quadratic. The bound is generous: quadratic time would be hours. */
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'
import { findUrls } from './rules/url.ts'
import { Vault } from './vault.ts'

const bits = [
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
