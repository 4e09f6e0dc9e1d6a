/** A file that is in memory already. */
import { type ByteSource, checkRange } from './source.ts'

export function memorySource(bytes: Uint8Array, name = 'memory'): ByteSource {
  const { length: size } = bytes
  return {
    name,
    size,
    async read(into, at, signal) {
      signal?.throwIfAborted()
      checkRange({ name, size }, at, into.length)
      into.set(bytes.subarray(at, at + into.length))
    },
  }
}
