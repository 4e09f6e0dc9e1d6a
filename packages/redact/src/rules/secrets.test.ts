import { expect, test } from 'vitest'
import { findIdentifiers } from '../find.ts'
import { isRandom } from './entropy.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)
/** Put together here, so that no scanner of repositories takes a made-up key for one that was lost. */
const made = (...parts: string[]) => parts.join('')
const random40 = 'Zx8Qp2Lm5Rt7Vw1Ks9Bn4Hd6Fg3Jc0TyUaEiOuWq'

test.each([
  made('sk', '-', 'proj-', random40),
  made('sk', '-ant-', 'api03-', random40),
  made('sk_live', '_', random40.slice(0, 24)),
  made('gh', 'p_', random40.slice(0, 36)),
  made('github', '_pat_', random40),
  made('gl', 'pat-', random40.slice(0, 20)),
  made('xo', 'xb-', '123456789012-', random40.slice(0, 24)),
  made('AK', 'IA', 'IOSFODNN7EXAMPLE'),
  made('AI', 'za', random40.slice(0, 35)),
  made('npm', '_', random40.slice(0, 36)),
  made('h', 'f_', random40.slice(0, 34)),
  made('hv', 's.', random40),
  made('lin', '_api_', random40),
  made('secret', '_', random40),
  made('sq0', 'atp-', random40.slice(0, 22)),
  made('sb', 'p_', '0123456789abcdef0123456789abcdef01234567'),
  made('xa', 'i-', random40),
  made('pp', 'lx-', random40),
  made('NR', 'AK-', 'A1B2C3D4E5F6G7H8I9J0K1L2M3N'),
  made('gls', 'a_', random40.slice(0, 32), '_0a1b2c3d'),
  made('dckr', '_pat_', random40.slice(0, 27)),
  made('dp', '.pt.', random40),
  made('AGE-', 'SECRET-KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L'.repeat(2).slice(0, 58)),
  made('MT', 'k4NjIyNDgzNDcxOTI1MjQ4', '.', 'Cl2FMQ', '.', random40.slice(0, 38)),
  made('0123456789abcdef0123456789abcdef', '-us', '12'),
  made('pat', random40.slice(0, 14), '.', '0123456789abcdef'.repeat(4)),
  made('AK', 'IA', 'ZCNERWTESZPSXHSD'),
  made('gl', 'pat-', 'nPIIopUOqjASDcJWFrjb'),
  made('eyJhbGciOiJIUzI1NiJ9', '.', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', '.', random40),
])('a key: %s', (key) => {
  expect(found(`use ${key}, please`)).toEqual([`API_KEY:${key}`])
  expect(found(`{"k":"${key}"}`)).toEqual([`API_KEY:${key}`])
})

test('a private key from its first line to its last, one that is cut off to the end', () => {
  const [begin, end] = [
    made('-----BEGIN RSA ', 'PRIVATE KEY-----'),
    made('-----END RSA ', 'PRIVATE KEY-----'),
  ]
  const block = `${begin}\nMIIEpAIBAAKCAQEA\nabc\n${end}`
  expect(found(`a ${block} b`)).toEqual([`PRIVATE_KEY:${block}`])
  expect(found(`a ${begin}\nMIIEpA`)).toEqual([`PRIVATE_KEY:${begin}\nMIIEpA`])
})

test.each([
  ['Authorization: Bearer abc123def456ghi', 'API_KEY:abc123def456ghi'],
  ['Authorization: Basic YW5uOmh1bnRlcjI=', 'API_KEY:YW5uOmh1bnRlcjI='],
  ['password=hunter2', 'PASSWORD:hunter2'],
  ['Server=x;Password=letmein;Port=1', 'PASSWORD:letmein'],
  ['DB_PASSWORD: "correct horse"', 'PASSWORD:correct horse'],
  ['{"client_secret": "abc def"}', 'PASSWORD:abc def'],
  ["const apiKey = 'abc-def'", 'PASSWORD:abc-def'],
  ['my password is hunter2!', 'PASSWORD:hunter2'],
  ['the pin is 4821', 'PASSWORD:4821'],
  ['user admin, pass: hunter2', 'PASSWORD:hunter2'],
  ['apikey: YqFEOMFmvNtPVBoIIsz', 'PASSWORD:YqFEOMFmvNtPVBoIIsz'],
  ['machine x.org login bob password hunter34', 'PASSWORD:hunter34'],
  ['the access token is kFNZYqCqVksYJEhABiDKbj, ok', 'PASSWORD:kFNZYqCqVksYJEhABiDKbj'],
  ['postgres://ann:hunter2@db.local/x', 'URL_SECRET:ann:hunter2'],
  ['postgres://ann:p@ss:w0rd@db.local/x', 'URL_SECRET:ann:p@ss:w0rd'],
  ['https://x.org/a?user=1&access_token=abc.', 'URL_SECRET:abc'],
  ['https://x.org/a?X-Amz-Signature=0a1b#t', 'URL_SECRET:0a1b'],
  ['https://x.org/cb?code=0123456789ab', 'URL_SECRET:0123456789ab'],
  ['https://x.org/u/ann@lee.org?x=1', 'EMAIL_ADDRESS:ann@lee.org'],
  [`value ${random40}`, `SECRET:${random40}`],
  ['value 5f4dcc3b5aa765d61d8327deb882cf99', 'SECRET:5f4dcc3b5aa765d61d8327deb882cf99'],
  ['to 0x52908400098527886E0F7030069857D2E4169EE7', 'CRYPTO:0x52908400098527886E0F7030069857D2E4169EE7'],
  ['to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT', 'CRYPTO:1BoatSLRHtKNngkdXEeobR76b53LETtpyT'],
  ['to BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4', 'CRYPTO:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4'],
  ['mac 00:1A:2b:3c:4D:5e', 'MAC_ADDRESS:00:1A:2b:3c:4D:5e'],
  ['mac 001a.2b3c.4d5e', 'MAC_ADDRESS:001a.2b3c.4d5e'],
])('%s', (text, span) => {
  expect(found(text)).toEqual([span])
})

test.each([
  'const password = getPassword()',
  'password = process.env.DB_PASSWORD',
  'password: string',
  'token: the next word',
  'max_tokens: 512',
  'readonly token: Int32Array',
  'a password manager',
  'a boarding pass: gate B12',
  'the api key is getApiKeyFromEnvironment()',
  'token is a word in LanguageModelCallOptions',
  'the MD5 checksum is 5f4dcc3b5aa765d61d8327deb882cf99',
  'a password: ********',
  'the bearer of this letter',
  'https://x.org/a?page=2&key=name&code=12',
  'git clone git@github.com:acme/tool.git',
  'commit 5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b',
  'sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b',
  'id 146b234d-4052-4e07-b326-11220f8e1fe8',
  'getElementsByClassNameAndTagName2OrId3',
  'packages/edgewise/src/prepare/redact/RedactCall2.ts',
  'to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5',
  'doi 10.1234.5678',
])('nothing in %s', (text) => {
  expect(found(text)).toEqual([])
})

test('random strings are told from names in code', () => {
  expect(isRandom(random40)).toBe(true)
  expect(isRandom('a'.repeat(40))).toBe(false)
  expect(isRandom('LanguageModelV4CallOptionsAndMore2')).toBe(false)
})
