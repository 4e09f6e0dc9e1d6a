import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readSnapshot, type Snapshot, type SnapshotOwner, sha256, writeSnapshot } from './snapshot.ts'

const owner: SnapshotOwner = {
  fingerprint: Uint8Array.from({ length: 32 }, (_, i) => 7 * i),
  layout: { planes: 4, row: 6 },
  vocab: 1000,
}
const snapshot = fc
  .array(fc.integer({ min: 0, max: 999 }), { minLength: 1, maxLength: 20 })
  .chain((tokens) =>
    fc
      .uint8Array({ minLength: 24 * tokens.length, maxLength: 24 * tokens.length })
      .map((kv) => ({ tokens, kv })),
  )

/** With the checksum of what it now says, as one who forges would write it. */
async function signed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const copy = bytes.slice()
  copy.set(await sha256(copy.subarray(0, -32)), copy.length - 32)
  return copy
}

test('what was written is read', async () => {
  await fc.assert(
    fc.asyncProperty(snapshot, async (given) => {
      expect(await readSnapshot(await writeSnapshot(given, owner), owner)).toEqual(given)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('one byte changed, cut off or added anywhere: nothing of it is used', async () => {
  await fc.assert(
    fc.asyncProperty(snapshot, fc.nat(), fc.integer({ min: 1, max: 255 }), async (given, place, change) => {
      const bytes = await writeSnapshot(given, owner)
      const changed = bytes.slice()
      changed[place % bytes.length]! ^= change
      expect(await readSnapshot(changed, owner)).toBeTypeOf('string')
      expect(await readSnapshot(bytes.slice(0, place % bytes.length), owner)).toBeTypeOf('string')
      const longer = new Uint8Array(bytes.length + 1 + (place % 50))
      longer.set(bytes)
      expect(await readSnapshot(longer, owner)).toBe('bad_size')
    }),
    { seed: 2, numRuns: 500 },
  )
})

test('noise, also behind a header that is right and under a checksum that is', async () => {
  const head = (await writeSnapshot({ tokens: [1], kv: new Uint8Array(24) }, owner)).subarray(0, 60)
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      async (noise, count) => {
        expect(await readSnapshot(new Uint8Array(noise), owner)).toBe('not_a_prefix')
        const bytes = new Uint8Array(60 + noise.length + 32)
        bytes.set(head)
        bytes.set(count, 12)
        bytes.set(noise, 60)
        const read = await readSnapshot(await signed(bytes), owner)
        if (typeof read === 'string') return
        expect(read.tokens.every((token) => token < owner.vocab)).toBe(true)
        expect(read.kv).toHaveLength(24 * read.tokens.length)
      },
    ),
    { seed: 3, numRuns: 500 },
  )
})

test('each problem by its name', async () => {
  const given: Snapshot = { tokens: [1, 2, 3], kv: new Uint8Array(72).fill(9) }
  const bytes = await writeSnapshot(given, owner)
  const changed = async (at: number, byte: number): Promise<unknown> => {
    const copy = bytes.slice()
    copy[at] = byte
    return readSnapshot(await signed(copy), owner)
  }
  expect(await changed(0, 0)).toBe('not_a_prefix')
  expect(await changed(8, 2)).toBe('other_version')
  expect(await changed(12, 4)).toBe('bad_size')
  expect(await changed(12, 0)).toBe('bad_size')
  expect(await changed(16, 5)).toBe('other_cache')
  expect(await changed(20, 5)).toBe('other_cache')
  expect(await changed(24, 'q'.charCodeAt(0))).toBe('other_cache')
  expect(await changed(28, 1)).toBe('other_model')
  // A token beyond the vocabulary, under a checksum that is right.
  expect(await changed(62, 1)).toBe('damaged')
  expect(await readSnapshot(bytes.slice(0, -1), owner)).toBe('bad_size')
  expect(await readSnapshot(bytes.slice(0, 70), owner)).toBe('not_a_prefix')
  expect(await readSnapshot(new Uint8Array(0), owner)).toBe('not_a_prefix')
})
