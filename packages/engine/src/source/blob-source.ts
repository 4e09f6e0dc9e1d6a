/** A Blob: a File a person picked or dropped, what a page stored, or Node's `fs.openAsBlob(path)`. */
import { SourceError } from '../errors.ts'
import { chunksOf } from './chunks.ts'
import { type ByteSource, checkRange } from './source.ts'

export function blobSource(blob: Blob, name: string = nameOf(blob)): ByteSource {
  const { size } = blob
  return {
    name,
    size,
    async read(into, at, signal) {
      signal?.throwIfAborted()
      checkRange({ name, size }, at, into.length)
      const chunks = chunksOf(blob.slice(at, at + into.length).stream())
      let done = 0
      try {
        // Never read to the stream's end: there Chromium 156 sometimes forgets to answer a reader that brought its buffer.
        while (done < into.length) {
          const bytes = await next()
          signal?.throwIfAborted()
          if (!bytes) break
          into.set(bytes, done)
          done += bytes.length
        }
      } finally {
        chunks.cancel()
      }
      if (done < into.length) throw gone(name, `gave ${done} bytes of ${into.length}`)

      function next(): Promise<Uint8Array | undefined> {
        return chunks.next().catch((cause: unknown): never => {
          // NotReadableError: the file behind it was changed or moved since it was picked.
          throw gone(name, 'the file cannot be read any more', cause)
        })
      }
    },
  }
}

function gone(name: string, what: string, cause?: unknown): SourceError {
  return new SourceError(name, 'changed', `${what}: choose it again`, { cause })
}

function nameOf(blob: Blob): string {
  return typeof File === 'function' && blob instanceof File && blob.name ? blob.name : 'blob'
}
