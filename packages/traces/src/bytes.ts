/**
 * The bytes of a file, decompressed where they are gzip: told by the first two of them, never by the name. Errors of the file system and
 * of the decompressor come as `TraceError`s that name the file.
 */
import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { TraceError } from './trace-error.ts'

const CHUNK_BYTES = 256 * 1024

/** Errors: `trace_not_found`, `trace_unreadable`. */
export async function* fileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES })
  } catch (error) {
    throw fileError(path, error)
  }
}

/** What the file system says, as a `TraceError`: `trace_not_found` or `trace_unreadable`. */
export function fileError(path: string, cause: unknown): TraceError {
  const code = String((cause as NodeJS.ErrnoException).code)
  return code === 'ENOENT' || code === 'ENOTDIR'
    ? new TraceError('trace_not_found', { file: path }, 'there is no such file: check the path', { cause })
    : new TraceError('trace_unreadable', { file: path }, `cannot be read (${code}): check its permissions`, {
        cause,
      })
}

/** The bytes as they are, or what they are the gzip of. Errors: `trace_unreadable`, and what `bytes` throws. */
export async function* gunzipped(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Uint8Array> {
  const { head, all } = await peeked(bytes, 2)
  if (head[0] !== 0x1f || head[1] !== 0x8b) return yield* all
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES })
  // What goes wrong ends the reading below, too.
  pipeline(Readable.from(all), gunzip, () => {})
  try {
    yield* gunzip
  } catch (cause) {
    if (!String((cause as NodeJS.ErrnoException).code).startsWith('Z_')) throw cause
    throw new TraceError(
      'trace_unreadable',
      { file },
      'its gzip data is damaged or ends early: fetch or write the file again',
      { cause },
    )
  }
}

/** The first `count` bytes, fewer where there are no more, and all of them. */
async function peeked(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ head: Uint8Array; all: AsyncIterable<Uint8Array> }> {
  const reader = bytes[Symbol.asyncIterator]()
  const read: Uint8Array[] = []
  let length = 0
  while (length < count) {
    const { value, done } = await reader.next()
    if (done) break
    read.push(value)
    length += value.length
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* read
      for (let next = await reader.next(); !next.done; next = await reader.next()) yield next.value
    } finally {
      await reader.return?.()
    }
  }
  return { head: Buffer.concat(read).subarray(0, count), all: all() }
}
