import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tuneFile } from './tune-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-tune-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('what one writes another reads, host by host; the twenty last are kept', async () => {
  const path = join(folder, 'new', 'kernels.json')
  const store = tuneFile(path)
  expect(await store.get('a')).toBeUndefined()
  await store.set('a', 'one')
  await store.set('b', 'two')
  await store.set('a', 'three')
  expect(await tuneFile(path).get('a')).toBe('three')
  expect(await tuneFile(path).get('b')).toBe('two')
  for (let i = 0; i < 19; i++) await store.set(`host ${i}`, 'text')
  expect([await store.get('a'), await store.get('b')]).toEqual(['three', undefined])
  expect(await readdir(join(folder, 'new'))).toEqual(['kernels.json'])
})

test('a damaged file is an empty one, and a place that cannot be written to keeps nothing', async () => {
  const path = join(folder, 'damaged.json')
  for (const text of ['', '[', 'null', '{"a":7}']) {
    await writeFile(path, text)
    expect(await tuneFile(path).get('a')).toBeUndefined()
  }
  await tuneFile(path).set('a', 'one')
  expect(await tuneFile(path).get('a')).toBe('one')
  const nowhere = tuneFile(join(path, 'below-a-file.json'))
  await nowhere.set('a', 'one')
  expect(await nowhere.get('a')).toBeUndefined()
})
