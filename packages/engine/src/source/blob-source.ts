/** A Blob: a File a person picked or dropped, what a page stored, or Node's `fs.openAsBlob(path)`. */
import { SourceError } from '../errors.ts'
import { type ByteSource, checkRange, steps } from './source.ts'

/** A Blob gives its bytes in a buffer of its own: small enough not to be noticed beside the model. */
const STEP = 2 ** 22

export function blobSource(blob: Blob, name: string = nameOf(blob)): ByteSource {
  const { size } = blob
  return {
    name,
    size,
    async read(into, at, signal) {
      checkRange({ name, size }, at, into.length)
      for (const [from, length] of steps(into.length, STEP)) {
        signal?.throwIfAborted()
        into.set(await bytesOf(blob.slice(at + from, at + from + length), name), from)
      }
      signal?.throwIfAborted()
    },
  }
}

async function bytesOf(part: Blob, name: string): Promise<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = new Uint8Array(await part.arrayBuffer())
  } catch (cause) {
    // NotReadableError: the file behind it was changed or moved since it was picked.
    throw new SourceError(name, 'changed', 'the file cannot be read any more: choose it again', { cause })
  }
  if (bytes.length === part.size) return bytes
  throw new SourceError(name, 'changed', `gave ${bytes.length} bytes of ${part.size}: choose the file again`)
}

function nameOf(blob: Blob): string {
  return typeof File === 'function' && blob instanceof File && blob.name ? blob.name : 'blob'
}
