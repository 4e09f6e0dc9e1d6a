/** Identifiers written in ways that are not the usual ones. */
import { expect, test } from 'vitest'
import { findIdentifiers } from './find.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)
/** Put together here, so that no scanner of repositories takes a made-up key for one that was lost. */
const made = (...parts: string[]) => parts.join('')
const random43 = 'Zx8Qp2Lm5Rt7Vw1Ks9Bn4Hd6Fg3Jc0TyUaEiOuWq-_a'

test.each<[string, string]>([
  ['cc4111111111111111', '4111111111111111'],
  ['x4111111111111111', '4111111111111111'],
  ['4111111111111111EUR', '4111111111111111'],
  ['exp1227card4111111111111111cvv123', '4111111111111111'],
  ['a1 4111 1111 1111 1111cv1', '4111 1111 1111 1111'],
  ['4111 1111 1111 1111x', '4111 1111 1111 1111'],
  ['no.4111111111111111', '4111111111111111'],
  ['1.4111 1111 1111 1111', '4111 1111 1111 1111'],
  ...['.', '/', '_', '\t', '\n', '\r\n', '  ', ' \n  ', ' - ', '-\n'].map((gap): [string, string] => {
    const card = ['4111', '1111', '1111', '1111'].join(gap)
    return [`card ${card}!`, card]
  }),
  ['4111 1111\n1111 1111', '4111 1111\n1111 1111'],
  ['3782.822463.10005', '3782.822463.10005'],
  ['troy 9792 3136 5008 8362', '9792 3136 5008 8362'],
  ['my card is 4111 1111 1111 1112', '4111 1111 1111 1112'],
  ['card_number: 060452514676', '060452514676'],
])('a card in %j', (text, card) => {
  expect(found(text)).toEqual([`CREDIT_CARD:${card}`])
})

test.each([
  '0.4111111111111111',
  'a41c4111111111111111f2',
  '4111\n1111\n1111\n1111\n2024',
  '2024\t4111\t1111\t1111\t1111',
  'IMG_20240101_123456',
  '4111/11/11/1111/1111',
  'EAN 4013942041111',
  'order #8378-6101645-4367808',
  'order 4111 1111 1111 1112',
])('no card in %j', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['IBAN DE89.3704.0044.0532.0130.00', 'IBAN_CODE:DE89.3704.0044.0532.0130.00'],
  ['DE89 3704 0044\n0532 0130 00', 'IBAN_CODE:DE89 3704 0044\n0532 0130 00'],
  ['GB82 WEST 1234\r\n  5698 7654 32.', 'IBAN_CODE:GB82 WEST 1234\r\n  5698 7654 32'],
  ['DE89-3704-0044-\n0532-0130-00', 'IBAN_CODE:DE89-3704-0044-\n0532-0130-00'],
  ['DE89  3704  0044  0532  0130  00', 'IBAN_CODE:DE89  3704  0044  0532  0130  00'],
  ['write to "john.doe"@example.com please', 'EMAIL_ADDRESS:"john.doe"@example.com'],
  ['write to "john doe"@example.com please', 'EMAIL_ADDRESS:"john doe"@example.com'],
  ['john@example。com', 'EMAIL_ADDRESS:john@example。com'],
  ['john@example｡com', 'EMAIL_ADDRESS:john@example｡com'],
  ['john﹫example.com', 'EMAIL_ADDRESS:john﹫example.com'],
  ['写信给john@example.com。谢谢', 'EMAIL_ADDRESS:写信给john@example.com'],
  ['john\\x40example.com', 'EMAIL_ADDRESS:john\\x40example.com'],
  ['john\\u{40}example.com', 'EMAIL_ADDRESS:john\\u{40}example.com'],
  ['john=40example.com', 'EMAIL_ADDRESS:john=40example.com'],
  ['john%2540example.com', 'EMAIL_ADDRESS:john%2540example.com'],
  ['john%252540example.com', 'EMAIL_ADDRESS:john%252540example.com'],
  ['john\\\\u0040example.com', 'EMAIL_ADDRESS:john\\\\u0040example.com'],
  ['203.0.113.007', 'IP_ADDRESS:203.0.113.007'],
  ['203.000.113.7', 'IP_ADDRESS:203.000.113.7'],
  ['at 192.168.001.001.', 'IP_ADDRESS:192.168.001.001'],
  ['+1_212_555_0123', 'PHONE_NUMBER:+1_212_555_0123'],
  ['+1-212-\n555-0123', 'PHONE_NUMBER:+1-212-\n555-0123'],
  ['(+1) 212 555 0123.', 'PHONE_NUMBER:+1) 212 555 0123'],
  ['+44\t20 7946\t0958', 'PHONE_NUMBER:+44\t20 7946\t0958'],
  ['+44 20\n7946 0958', 'PHONE_NUMBER:+44 20\n7946 0958'],
  ['+1 212 555\r\n 0123', 'PHONE_NUMBER:+1 212 555\r\n 0123'],
  ['+44 20 7946 0958\n12345678', 'PHONE_NUMBER:+44 20 7946 0958'],
  ['+49 30 123456\n10115 Berlin', 'PHONE_NUMBER:+49 30 123456'],
  ['ssn 219.09.9999', 'US_SSN:219.09.9999'],
  [
    made('https://hooks.slack.com/', 'services/T00000000/B00000000/', 'X'.repeat(24)),
    `URL_SECRET:T00000000/B00000000/${'X'.repeat(24)}`,
  ],
  [
    made('https://discord.com/api/', 'webhooks/123456789012345678/', random43, '?wait=true'),
    `URL_SECRET:123456789012345678/${random43}`,
  ],
  ['Cookie: session=abcdef123456', 'API_KEY:abcdef123456'],
  ['Set-Cookie: JSESSIONID=1A2B3C4D5E6F; Path=/; Max-Age=864000', 'API_KEY:1A2B3C4D5E6F'],
  [`use ${made('ew', '_', random43)}.`, `API_KEY:${made('ew', '_', random43)}`],
  [`"${made('ew', '_', 'Abcdefgh'.repeat(5))}"`, `API_KEY:${made('ew', '_', 'Abcdefgh'.repeat(5))}`],
  [`here: ${random43.slice(0, 40).repeat(15)} ok`, `SECRET:${random43.slice(0, 40).repeat(15)}`],
])('%j', (text, span) => {
  expect(found(text)).toEqual([span])
})

test('each value in a cookie header', () => {
  expect(found('-H "Cookie: session=abc; theme=dark; sid=9f8e7d6c5b4a"')).toEqual([
    'API_KEY:abc',
    'API_KEY:9f8e7d6c5b4a',
  ])
})

test.each([
  'x = ew_this_is_the_name_of_a_function_in_code',
  'a cookie: half=baked',
  'https://x.org/a?width=40px.png',
  'sections 1.2.3.04 and 11.02.03.04',
  '+5\n+6\n7',
])('nothing in %j', (text) => {
  expect(found(text)).toEqual([])
})
