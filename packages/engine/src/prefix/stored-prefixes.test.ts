import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { openModel } from '../model/model.ts'
import { randomModel } from '../testing/random-model.ts'
import { PrefixCache } from './prefix-cache.ts'
import { type PrefixStore, StoredPrefixes } from './stored-prefixes.ts'

const file = randomModel({ seed: 2, layers: 1, dim: 16, heads: 1, kvHeads: 1, hiddenDim: 32 })
const model = await openModel(file, { backend: 'reference' })
afterAll(() => model[Symbol.dispose]())
const text = (seed: number, length = 40): number[] => Array.from({ length }, (_, i) => (seed + 7 * i) % 250)

function memoryStore() {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; writtenAt: number }>()
  let clock = 0
  const store: PrefixStore = {
    list: async () =>
      [...files].map(([name, { bytes, writtenAt }]) => ({ name, bytes: bytes.length, writtenAt })),
    read: async (name) => files.get(name)?.bytes.slice(),
    write: async (name, bytes) => {
      files.set(name, { bytes: bytes.slice(), writtenAt: clock++ })
    },
    remove: async (name) => {
      files.delete(name)
    },
  }
  return { store, files }
}

function cacheWith(...texts: number[][]): PrefixCache {
  const cache = new PrefixCache(model)
  for (const tokens of texts) {
    using session = model.session()
    session.prefill(tokens)
    cache.keep(session)
  }
  return cache
}

const knownOf = (cache: PrefixCache, tokens: readonly number[]): number => {
  using session = cache.session([...tokens, 0])
  return session.length
}

test('what was kept is there for another process; written once', async () => {
  const { store, files } = memoryStore()
  const stored = new StoredPrefixes(cacheWith(text(1), text(2)), store)
  expect(await stored.keep(text(1))).toBe(true)
  expect(await stored.keep(text(1))).toBe(false)
  expect(await stored.keep(text(2))).toBe(true)
  expect([...files.keys()]).toEqual(
    Array(2).fill(expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{16}\.prefix$/)),
  )
  const cache = new PrefixCache(model)
  const later = new StoredPrefixes(cache, store)
  expect((await later.load()).map(({ result }) => result)).toEqual([40, 40])
  expect(knownOf(cache, text(1))).toBe(40)
  expect(knownOf(cache, text(2))).toBe(40)
  expect(await later.keep(text(1))).toBe(false)
})

test('few tokens, tokens that are not known and what is too large are not written', async () => {
  const { store, files } = memoryStore()
  const cache = cacheWith(text(1), text(3, 31))
  expect(await new StoredPrefixes(cache, store).keep(text(3, 31))).toBe(false)
  expect(await new StoredPrefixes(cache, store).keep(text(2))).toBe(false)
  expect(await new StoredPrefixes(cache, store, { maxBytes: 1000 }).keep(text(1))).toBe(false)
  expect(files.size).toBe(0)
})

test('the bound is kept by the oldest going, other models’ too, and nobody else’s', async () => {
  const { store, files } = memoryStore()
  await store.write('notes.txt', new Uint8Array(1e6))
  await store.write('00-11.prefix', new Uint8Array(100))
  const texts = [1, 2, 3, 4].map((seed) => text(seed))
  const cache = cacheWith(...texts)
  const size = (await cache.save(texts[0]!))!.length
  const stored = new StoredPrefixes(cache, store, { maxBytes: 2 * size + 50 })
  for (const tokens of texts) expect(await stored.keep(tokens)).toBe(true)
  const left = [...files].filter(([name]) => name.endsWith('.prefix'))
  expect(left.map(([, { bytes }]) => bytes.length)).toEqual([size, size])
  expect(files.has('notes.txt')).toBe(true)
  // Gone, so it is written again.
  expect(await stored.keep(texts[0]!)).toBe(true)
  const small = new PrefixCache(model, { maxBytes: 1.5 * size })
  const loaded = await new StoredPrefixes(small, store).load()
  expect(loaded.map(({ result }) => result)).toEqual(['too_large', 40])
  expect(knownOf(small, texts[0]!)).toBe(40)
})

test('files of ours that are damaged are told, not used, and removed; others stay', async () => {
  const given = memoryStore()
  await new StoredPrefixes(cacheWith(text(1)), given.store).keep(text(1))
  const [name, { bytes }] = [...given.files][0]!
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const { store, files } = memoryStore()
      const damaged = bytes.slice()
      damaged[at]! ^= change
      await store.write(name, damaged)
      await store.write(`f${name}`, damaged)
      const cache = new PrefixCache(model)
      const [loaded, ...more] = await new StoredPrefixes(cache, store).load()
      expect(more).toEqual([])
      expect(loaded).toEqual({ name, result: expect.any(String) })
      expect(cache.heldBytes).toBe(0)
      expect([...files.keys()]).toEqual([`f${name}`])
    }),
    { seed: 1, numRuns: 100 },
  )
})

test('a file that went away meanwhile is no trouble, a store that fails is told and asked again', async () => {
  const { store } = memoryStore()
  const stored = new StoredPrefixes(cacheWith(text(1)), store)
  await stored.keep(text(1))
  const { read, write } = store
  store.read = async () => undefined
  expect(await new StoredPrefixes(new PrefixCache(model), store).load()).toEqual([])
  store.read = read
  store.write = () => Promise.reject(new Error('disk full'))
  const other = new StoredPrefixes(cacheWith(text(2)), store)
  await expect(other.keep(text(2))).rejects.toThrow('disk full')
  store.write = write
  expect(await other.keep(text(2))).toBe(true)
})
