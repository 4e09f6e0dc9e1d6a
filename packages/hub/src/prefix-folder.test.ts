import { mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { prefixFolder } from './prefix-folder.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'edgewise-prefixes-')), 'within')
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

test('files are written, listed, read and removed', async () => {
  const store = prefixFolder(folder)
  expect(await store.list()).toEqual([])
  expect(await store.read('a')).toBeUndefined()
  await store.remove('a')
  const before = Date.now()
  await store.write('a', Uint8Array.of(1, 2, 3))
  await store.write('a', Uint8Array.of(4, 5))
  const [file, ...more] = await store.list()
  expect(more).toEqual([])
  expect(file).toEqual({ name: 'a', bytes: 2, writtenAt: expect.any(Number) })
  expect(Math.abs(file!.writtenAt - before)).toBeLessThan(60_000)
  expect(await store.read('a')).toEqual(Uint8Array.of(4, 5))
  await store.remove('a')
  expect(await store.list()).toEqual([])
})

test.skipIf(process.platform === 'win32')('only its owner may look', async () => {
  await prefixFolder(folder).write('a', Uint8Array.of(1))
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o600)
})

test('what is half written has no name, and is swept when nobody can be at it any more', async () => {
  const store = prefixFolder(folder)
  await store.write('a', Uint8Array.of(1))
  const [young, old] = ['b.1.next', 'b.2.next']
  for (const name of [young, old]) await writeFile(join(folder, name), 'half')
  await utimes(join(folder, old), new Date(0), new Date(0))
  await symlink('/etc/hosts', join(folder, 'link'))
  expect((await store.list()).map(({ name }) => name)).toEqual(['a'])
  expect((await readdir(folder)).toSorted()).toEqual(['a', young, 'link'])
})

test('writers at once leave one whole file, and a write that fails leaves none', async () => {
  const store = prefixFolder(folder)
  const contents = Array.from({ length: 8 }, (_, i) => new Uint8Array(100_000).fill(i))
  await Promise.all(contents.map((bytes) => store.write('a', bytes)))
  const read = (await store.read('a'))!
  expect(contents).toContainEqual(read)
  expect(await readdir(folder)).toEqual(['a'])
  await expect(store.write('no/such/folder', Uint8Array.of(1))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await readdir(folder)).toEqual(['a'])
})
