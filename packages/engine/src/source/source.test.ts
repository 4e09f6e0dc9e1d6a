import { openAsBlob } from 'node:fs'
import { mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { SourceError } from '../errors.ts'
import { rangeServer } from '../testing/range-server.ts'
import { blobSource } from './blob-source.ts'
import { handleSource, type ReadableHandle } from './handle-source.ts'
import { memorySource } from './memory-source.ts'
import type { ByteSource } from './source.ts'
import { toSource } from './to-source.ts'

const bytes = Uint8Array.from({ length: 9_000_000 }, (_, i) => (i * 7919) >> 6)
let folder: string
let path: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-source-'))
  path = join(folder, 'model.gguf')
  await writeFile(path, bytes)
})
afterAll(() => rm(folder, { recursive: true }))

async function check(source: ByteSource): Promise<void> {
  expect(source.size).toBe(bytes.length)
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length), fc.nat(70_000), async (at, length) => {
      const into = new Uint8Array(Math.min(length, bytes.length - at))
      await source.read(into, at)
      expect(Buffer.compare(into, bytes.subarray(at, at + into.length))).toBe(0)
    }),
    { numRuns: 20, seed: 6 },
  )
  const all = new Uint8Array(bytes.length)
  await source.read(all, 0)
  expect(Buffer.compare(all, bytes)).toBe(0)
  for (const [at, length] of [
    [-1, 1],
    [0.5, 1],
    [bytes.length, 1],
    [0, bytes.length + 1],
  ] as const) {
    await expect(source.read(new Uint8Array(length), at)).rejects.toThrow(SourceError)
  }
  const reason = new Error('enough')
  await expect(source.read(new Uint8Array(9), 0, AbortSignal.abort(reason))).rejects.toBe(reason)
}

test('memory, a Blob, a file as a Blob and an open file give the same bytes', async () => {
  await check(memorySource(bytes))
  await check(blobSource(new Blob([bytes])))
  await check(blobSource(await openAsBlob(path)))
  await using handle = await open(path)
  await check(await handleSource(handle, path))
})

test('a source is made of whatever there is', async () => {
  await using server = await rangeServer({ bytes })
  const own = memorySource(bytes, 'own')
  const named = new File([bytes], 'tiny.gguf')
  const names = [bytes, new Blob([bytes]), named, own, server.url].map(
    async (from) => (await toSource(from)).name,
  )
  expect(await Promise.all(names)).toEqual(['memory', 'blob', 'tiny.gguf', 'own', server.url.href])
})

test('short reads and places beyond 2^32 are no trouble', async () => {
  const places: number[] = []
  const handle: ReadableHandle = {
    async read(buffer, offset, length, position) {
      places.push(position)
      const bytesRead = Math.min(3, length)
      buffer.fill(position % 251, offset, offset + bytesRead)
      return { bytesRead }
    },
    stat: async () => ({ size: 2 ** 40 }),
  }
  const at = 2 ** 36 + 5
  await (await handleSource(handle, 'x')).read(new Uint8Array(8), at)
  expect(places).toEqual([at, at + 3, at + 6])
})

test('a Blob whose stream falls silent is read without it', async () => {
  class SilentBlob extends Blob {
    override slice(from: number, end: number): Blob {
      const part = super.slice(from, end)
      const pull = (stream: ReadableByteStreamController): void | Promise<void> => {
        if (sent) return new Promise<void>(() => {})
        sent = true
        stream.enqueue(bytes.slice(from, from + 100))
      }
      let sent = false
      part.stream = () => new ReadableStream({ type: 'bytes', pull })
      return part
    }
  }
  vi.useFakeTimers()
  try {
    const into = new Uint8Array(100_000)
    const read = blobSource(new SilentBlob([bytes])).read(into, 5000)
    await vi.advanceTimersByTimeAsync(10_000)
    await read
    expect(Buffer.compare(into, bytes.subarray(5000, 105_000))).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('a file that becomes shorter while it is read, or cannot be, is a typed error', async () => {
  const short = join(folder, 'short')
  await writeFile(short, bytes.subarray(0, 1000))
  const handle = await open(short)
  const source = await handleSource(handle, short)
  const blob = blobSource(await openAsBlob(short))
  await truncate(short, 500)
  await expect(source.read(new Uint8Array(1000), 0)).rejects.toThrow(
    /now ends at byte 500: it became shorter/,
  )
  await expect(blob.read(new Uint8Array(1000), 0)).rejects.toThrow(/blob: the file cannot be read any more/)
  await handle.close()
  const error = await source.read(new Uint8Array(1), 0).catch((error: unknown) => error)
  expect(error).toMatchObject({ code: 'source_failed', problem: 'unreachable', source: short })
  await expect(handleSource(handle, short)).rejects.toThrow(SourceError)
})
