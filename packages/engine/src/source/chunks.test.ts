import { expect, test } from 'vitest'
import { chunksOf } from './chunks.ts'

const bytes = Uint8Array.from({ length: 1_500_000 }, (_, i) => (i * 7919) >> 6)

async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<{ read: Buffer; buffers: number }> {
  const parts: Buffer[] = []
  const buffers = new Set<number>()
  const chunks = chunksOf(stream)
  for (let part = await chunks.next(); part; part = await chunks.next()) {
    buffers.add(part.buffer.byteLength)
    parts.push(Buffer.from(part))
  }
  expect(await chunks.next()).toBeUndefined()
  chunks.cancel()
  return { read: Buffer.concat(parts), buffers: buffers.size }
}

/** Pieces of odd sizes, as a stream of bytes or of whatever. */
function pieces(type?: 'bytes'): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  const pull = (controller: ReadableStreamController<Uint8Array<ArrayBuffer>>): void => {
    const piece = bytes.slice(at, (at += 70_001))
    if (piece.length > 0) controller.enqueue(piece)
    if (at >= bytes.length) controller.close()
  }
  return type ? new ReadableStream({ type, pull }) : new ReadableStream({ pull })
}

test('streams of bytes, streams without, Blobs and answers give all their bytes in order', async () => {
  for (const stream of [pieces('bytes'), pieces(), new Blob([bytes]).stream(), new Response(bytes).body!]) {
    expect((await collect(stream)).read.equals(bytes)).toBe(true)
  }
})

test('a buffer is used again, by streams side by side, too', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => collect(pieces('bytes'))))
  for (const { read, buffers } of all) {
    expect(read.equals(bytes)).toBe(true)
    expect(buffers).toBe(1)
  }
})

test('a failing stream passes its error on; a cancelled one ends', async () => {
  const failing = chunksOf(
    new ReadableStream({ type: 'bytes', pull: () => Promise.reject(new Error('gone')) }),
  )
  await expect(failing.next()).rejects.toThrow('gone')
  failing.cancel()
  let cancelled = false
  const endless = chunksOf(
    new ReadableStream({
      type: 'bytes',
      pull: (c) => c.enqueue(new Uint8Array(10)),
      cancel: () => void (cancelled = true),
    }),
  )
  expect((await endless.next())?.length).toBeGreaterThan(0)
  endless.cancel()
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(cancelled).toBe(true)
})
