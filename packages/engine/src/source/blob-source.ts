/**
 * A Blob: a File a person picked or dropped, what a page stored, or Node's `fs.openAsBlob(path)`. It is read as a stream into
 * one buffer, since an ArrayBuffer a slice piles up to a third of a large file before it is collected (Chromium 156). But there a
 * reader that brought its buffer is now and then never answered: what stays silent is read the other way.
 */
import { SourceError } from '../errors.ts'
import { chunksOf } from './chunks.ts'
import { type ByteSource, checkRange } from './source.ts'

/** How long a stream may take for its next bytes. A slow disk takes less, and loses nothing if not. */
const SILENCE_MS = 3000

export function blobSource(blob: Blob, name: string = nameOf(blob)): ByteSource {
  const { size } = blob
  return {
    name,
    size,
    async read(into, at, signal) {
      signal?.throwIfAborted()
      checkRange({ name, size }, at, into.length)
      // NotReadableError: the file behind it was changed or moved since it was picked.
      const unreadable = (cause: unknown): never => {
        throw gone(name, 'the file cannot be read any more', cause)
      }
      const part = blob.slice(at, at + into.length)
      let done = await streamed(part, into, signal).catch(unreadable)
      signal?.throwIfAborted()
      if (done === 'silent') {
        const bytes = await part.arrayBuffer().catch(unreadable)
        signal?.throwIfAborted()
        done = bytes.byteLength
        if (done === into.length) into.set(new Uint8Array(bytes))
      }
      if (done < into.length) throw gone(name, `gave ${done} bytes of ${into.length}`)
    },
  }
}

/** The number of bytes put into `into`: all, or as many as there were before the stream's end or the signal. */
async function streamed(part: Blob, into: Uint8Array, signal?: AbortSignal): Promise<number | 'silent'> {
  const chunks = chunksOf(part.stream())
  const silence = Promise.withResolvers<'silent'>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let done = 0
  try {
    while (done < into.length && !signal?.aborted) {
      clearTimeout(timer)
      timer = setTimeout(silence.resolve, SILENCE_MS, 'silent')
      const bytes = await Promise.race([chunks.next(), silence.promise])
      if (bytes === 'silent') return bytes
      if (!bytes) break
      into.set(bytes, done)
      done += bytes.length
    }
    return done
  } finally {
    clearTimeout(timer)
    // Its end is never read: there the silence was seen most often.
    chunks.cancel()
  }
}

function gone(name: string, what: string, cause?: unknown): SourceError {
  return new SourceError(name, 'changed', `${what}: choose it again`, { cause })
}

function nameOf(blob: Blob): string {
  return typeof File === 'function' && blob instanceof File && blob.name ? blob.name : 'blob'
}
