import { expect, test } from 'vitest'
import { findInField } from '../field.ts'
import { findIdentifiers } from '../find.ts'

const found = (text: string) => findIdentifiers(text).map((s) => `${s.type}:${text.slice(s.start, s.end)}`)
/** Letters and digits as drawn at random, the same each time. */
const drawn = (length: number) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  let state = 12_345
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff
    return alphabet[(state >> 8) % 62]
  }).join('')
}

test.each([
  ['password="$ecretP4ss!9"', '$ecretP4ss!9'],
  ['password = "Tr0ub4dor(3xyz"', 'Tr0ub4dor(3xyz'],
  ['DB_PASSWORD="abc[9$kQ!x"', 'abc[9$kQ!x'],
  ['{"password": "<3catsAndDogs99"}', '<3catsAndDogs99'],
  ["password='{curly}99'", '{curly}99'],
  ['password="%hunter22%"', '%hunter22%'],
  ['password: "123"', '123'],
  ['{"password":"a\\"b99secret"}', 'a\\"b99secret'],
  ['{\\"password\\":\\"a\\\\\\"b99secret\\"}', 'a\\\\\\"b99secret'],
  [JSON.stringify(JSON.stringify('{"password":"correct horse"}')), 'correct horse'],
  ['DB_PASS=letmein', 'letmein'],
  ["password = 'it\\'s me 99'", "it\\'s me 99"],
  ['password = """hunter2"""', 'hunter2'],
  ["password = b'hunter2'", 'hunter2'],
  ['password="hunter2 and no end', 'hunter2'],
  [`api_key="${drawn(600)}"`, drawn(600)],
  [`DB_PASSWORD=${drawn(600)}`, drawn(600)],
  ['DB_PASSWORD=Tr0ub4dor(3xyz', 'Tr0ub4dor(3xyz'],
  ['DB_PASSWORD=$ecretP4ss!9', '$ecretP4ss!9'],
  ['DB_PASSWORD=p(ss)w0rd\nX=1', 'p(ss)w0rd'],
  ['DB_PASSWORD={catsAnd99\n', '{catsAnd99'],
  ['my password is "my dog 7"', 'my dog 7'],
  ['<password>hunter2</password>', 'hunter2'],
  ['<ns:Password type="x">\n  Tr0ub4dor(3x\n</ns:Password>', 'Tr0ub4dor(3x'],
  ['mysql --password hunter2secret db', 'hunter2secret'],
  ['tool --api-key "correct horse"', 'correct horse'],
  ['curl -u admin:hunter2secret https://x.example.com', 'admin:hunter2secret'],
  ['curl -u $USER:hunter2 https://x.example.com', '$USER:hunter2'],
  ['curl -sSu admin:hunter2secret https://x.example.com', 'admin:hunter2secret'],
  ["curl -s \\\n  --user 'admin:hunter 2' https://x.example.com", 'admin:hunter 2'],
])('a password in %s', (text, value) => {
  expect(found(text)).toContain(`PASSWORD:${value}`)
  expect(found(text)).toHaveLength(1)
})

test.each([
  'password="$DB_PASSWORD"',
  `password="\${DB_PASSWORD}"`,
  'password: "{{ .Values.password }}"',
  'password="<your password>"',
  'password="%DB_PASSWORD%"',
  'password: "********"',
  '"password": "string"',
  '"password": null',
  'password = getPassword()',
  'password = getPassword(user, "x")',
  'password = load(\n  "x")',
  'password = base64decode(encoded)',
  'password: z.string().min(8, "at least 8")',
  'password="[REDACTED]"',
  'password="<YOUR-API-KEY>"',
  'password=$1',
  'password=$password',
  'password = $_POST["x"]',
  `password=\${password}`,
  'token = tokens[0]',
  'password = {}',
  'use --password to be asked, or --token',
  'mysql --password -u root',
  'tool --password {{password}}',
  'docker run -u 1000:1000 image',
  'curl -u {{user}}:{{password}} https://x.example.com',
  'curl -u $user:$pass https://x.example.com',
  'date -u 12:30',
  '<label>Password</label>',
  '<password>{{password}}</password>',
])('no password in %s', (text) => {
  expect(found(text)).toEqual([])
})

test.each([
  ['password', '$ecretP4ss!9'],
  ['password', 'p(ss)w0rd!'],
  ['db_password', '<S3cret>'],
  ['apiKey', '{abc99xyz'],
  ['password', '123'],
  ['passwd', '*hunter2'],
  ['clientSecret', 'process.envy'],
])('the member %s of %s is hidden whole', (name, value) => {
  expect(findInField(name, value)).toEqual([{ type: 'PASSWORD', start: 0, end: value.length }])
})

test.each([
  ['password', '$DB_PASSWORD'],
  ['password', '<password>'],
  ['password', '••••'],
  ['client_secret', 'true'],
  ['token', '12'],
])('the member %s of %s stays', (name, value) => {
  expect(findInField(name, value)).toEqual([])
})
