import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { findKey } from './api-key.ts'
import { KeyFile, KeyFileError } from './key-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-keys-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
const newFile = (): KeyFile => new KeyFile(join(folder, `keys-${count++}.json`))

test('keys are added, listed and revoked, and the file holds no secret', () => {
  const file = newFile()
  expect(file.exists()).toBe(false)
  expect(file.read()).toEqual([])
  const { secret, key } = file.add({ name: 'laptop', user: 'anna' })
  const { key: second } = file.add({ name: 'server' })
  expect(file.read()).toEqual([key, second])
  expect(findKey(`Bearer ${secret}`, file.read())).toEqual(key)
  const text = readFileSync(file.path, 'utf8')
  expect(text).not.toContain(secret.slice(3))
  expect(file.revoke('laptop')).toEqual(key)
  expect(file.revoke(second.id)).toEqual(second)
  expect(file.read()).toEqual([])
  expect(file.exists()).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'the file is its owner’s alone, and one that others can write is refused',
  () => {
    const file = newFile()
    file.add({ name: 'a' })
    expect(statSync(file.path).mode & 0o777).toBe(0o600)
    chmodSync(file.path, 0o620)
    expect(() => file.read()).toThrow(/chmod 600/)
    expect(file.current()).toEqual([])
  },
)

test('a name is used once, and what is not there cannot be revoked', () => {
  const file = newFile()
  file.add({ name: 'a' })
  expect(() => file.add({ name: 'a' })).toThrow(expect.objectContaining({ code: 'bad_keys' }))
  expect(() => file.revoke('b')).toThrow(KeyFileError)
  expect(file.read()).toHaveLength(1)
})

test('two changes at once do not lose one another: the second is told to wait', () => {
  const file = newFile()
  file.add({ name: 'a' })
  writeFileSync(`${file.path}.new`, '')
  expect(() => file.add({ name: 'b' })).toThrow(/another process/)
  rmSync(`${file.path}.new`)
  file.add({ name: 'b' })
  expect(file.read().map(({ name }) => name)).toEqual(['a', 'b'])
})

test('a file that cannot be used is a typed error for people, and no keys for a gateway', () => {
  for (const text of ['{', '[]', '{"version":2,"keys":[]}', '{"version":1,"keys":[{"name":"a"}]}']) {
    const file = newFile()
    writeFileSync(file.path, text, { mode: 0o600 })
    expect(() => file.read()).toThrow(KeyFileError)
    expect(file.current()).toEqual([])
  }
  expect(() => new KeyFile(join(folder, 'none', 'keys.json')).add({ name: 'a' })).toThrow(KeyFileError)
})

test('a running gateway sees a revoked key go, within a second', async () => {
  const file = newFile()
  const { key } = file.add({ name: 'a' })
  const running = new KeyFile(file.path)
  expect(running.current()).toEqual([key])
  file.revoke('a')
  await expect.poll(() => running.current(), { timeout: 3000 }).toEqual([])
})

test.each([
  ['an empty name', { name: '' }, 'name'],
  ['a long name', { name: 'x'.repeat(513) }, 'name'],
  ['a name with an escape', { name: 'a\u001b[31mb' }, 'name'],
  ['a name written backwards', { name: 'a\u202eb' }, 'name'],
  ['an empty user', { name: 'b', user: '' }, 'user'],
  ['a long user', { name: 'b', user: 'x'.repeat(513) }, 'user'],
  ['a user of two lines', { name: 'b', user: 'a\nb' }, 'user'],
  ['an empty policy', { name: 'b', policy: '' }, 'policy'],
  ['no call a minute', { name: 'b', requestsPerMinute: 0 }, 'requestsPerMinute'],
  ['too many calls a minute', { name: 'b', requestsPerMinute: 1e300 }, 'requestsPerMinute'],
])('%s is refused, and the file is what it was', (_, options, field) => {
  const file = newFile()
  file.add({ name: 'a' })
  const before = readFileSync(file.path, 'utf8')
  expect(() => file.add(options)).toThrow(
    expect.objectContaining({ code: 'bad_keys', message: expect.stringContaining(field) }),
  )
  expect(readFileSync(file.path, 'utf8')).toBe(before)
  expect(file.add({ name: 'Łucja 🚀' }).key.name).toBe('Łucja 🚀')
})

test('a value that a terminal would obey is told as escapes', () => {
  const file = newFile()
  expect(() => file.revoke('a\u001b[2J\u009b\u202e')).toThrow('there is no key "a\\u001b[2J\\u009b\\u202e"')
})

test('a running gateway sees the first key come, and does not open again when the file goes', async () => {
  const running = newFile()
  expect(running.current()).toBeUndefined()
  const { key } = new KeyFile(running.path).add({ name: 'a' })
  await expect.poll(() => running.current(), { timeout: 3000 }).toEqual([key])
  rmSync(running.path)
  await expect.poll(() => running.current(), { timeout: 3000 }).toEqual([])
})
