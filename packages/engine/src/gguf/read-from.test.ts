import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadGgufError } from '../errors.ts'
import type { ByteSource } from '../source/source.ts'
import { randomModel } from '../testing/random-model.ts'
import { findNumbers, findStrings, type MetadataValue } from './metadata.ts'
import { readGguf, readGgufFrom } from './read.ts'
import { writeGguf } from './write.ts'

/** Bytes as a source that remembers what was read. */
function counting(
  bytes: Uint8Array,
  size = bytes.length,
): ByteSource & { reads: [at: number, size: number][] } {
  const reads: [number, number][] = []
  return {
    name: 'counting',
    size,
    reads,
    async read(into, at) {
      reads.push([at, into.length])
      if (at + into.length > size) throw new Error('read beyond the end')
      into.set(bytes.subarray(at, at + into.length))
    },
  }
}

const equal = (a: Int32Array, b: Int32Array): boolean => Buffer.from(a.buffer).equals(Buffer.from(b.buffer))
const sum = ([at, size]: [number, number]): number => at + size

const words = (count: number): MetadataValue => ({
  type: 'array',
  of: 'string',
  value: Array.from({ length: count }, (_, i) => `▁word${i}`),
})

test('what a source holds is read as the same bytes are, whatever the windows', async () => {
  const bytes = randomModel({ metadata: new Map([['big', words(100_000)]]) })
  const source = counting(bytes)
  const gguf = await readGgufFrom(source)
  expect(gguf).toEqual(readGguf(bytes))
  expect(source.reads.length).toBeGreaterThan(1)
  // Nothing is asked for twice.
  for (const [i, [at]] of source.reads.slice(1).entries()) expect(at).toBe(sum(source.reads[i]!))
})

test('a value beyond the first window is fetched at once, and what was read before it is let go', async () => {
  const value = Int32Array.from({ length: 2_000_000 }, (_, i) => i)
  const pair = (): MetadataValue => ({ type: 'array', of: 'int32', value })
  const bytes = writeGguf({
    metadata: new Map([
      ['a', pair()],
      ['b', pair()],
      ['c', pair()],
    ]),
    tensors: [],
  })
  const source = counting(bytes)
  const { metadata } = await readGgufFrom(source)
  for (const key of ['a', 'b', 'c']) expect(equal(findNumbers(metadata, key) as Int32Array, value)).toBe(true)
  expect(source.reads.length).toBeLessThan(6)
})

test('only the header of a large file is read', async () => {
  const bytes = writeGguf({
    metadata: new Map([['a', words(3)]]),
    tensors: [{ name: 't', type: 'f32', dims: [1 << 22], bytes: new Uint8Array(1 << 24) }],
  })
  const source = counting(bytes)
  await readGgufFrom(source)
  expect(source.reads).toEqual([[0, 2 ** 20]])
})

test('a file cut anywhere is refused with the byte it ends at, and told to be downloaded again', async () => {
  const whole = randomModel({ metadata: new Map([['big', words(60_000)]]) })
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), async (length) => {
      const error = await readGgufFrom(counting(whole, length)).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(BadGgufError)
      expect((error as BadGgufError).offset).toBeLessThanOrEqual(length)
      if (length < 4) return
      expect((error as BadGgufError).message).toMatch(/download it again|only \d+ bytes are left/)
    }),
    { numRuns: 60, seed: 8 },
  )
})

test('a source that fails and a signal that aborts end the reading', async () => {
  const bytes = randomModel()
  const broken: ByteSource = {
    name: 'x',
    size: bytes.length,
    read: () => Promise.reject(new Error('no disk')),
  }
  await expect(readGgufFrom(broken)).rejects.toThrow('no disk')
  const reason = new Error('enough')
  await expect(readGgufFrom(counting(bytes), AbortSignal.abort(reason))).rejects.toBe(reason)
})

test('values that would grow in memory beyond what the file justifies are refused', () => {
  const flags = { type: 'array', of: 'bool', value: new Array<boolean>(9_000_000).fill(true) } as const
  const none = {
    type: 'array',
    of: 'array',
    value: Array.from({ length: 270_000 }, () => ({ type: 'array', of: 'bool', value: [] })),
  }
  for (const value of [flags, none as MetadataValue]) {
    const bytes = writeGguf({ metadata: new Map([['k', value]]), tensors: [] })
    expect(() => readGguf(bytes)).toThrow(
      /metadata k would take more memory than the file's \d+ bytes justify/,
    )
  }
})

test('the header of a vocabulary as large as any is read in well under half a second', () => {
  const metadata = new Map([['tokenizer.ggml.tokens', words(262_144)]])
  const bytes = writeGguf({ metadata, tensors: [] })
  readGguf(bytes)
  const started = performance.now()
  const read = readGguf(bytes)
  expect(performance.now() - started).toBeLessThan(500)
  expect(findStrings(read.metadata, 'tokenizer.ggml.tokens')?.[262_143]).toBe('▁word262143')
})
