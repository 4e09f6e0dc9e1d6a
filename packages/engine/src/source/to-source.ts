/** What `openModel` takes, as a source of bytes. */
import { BadOptionError } from '../errors.ts'
import type { ByteSource } from './source.ts'

export function toSource(from: Uint8Array | Blob | URL | ByteSource): ByteSource {
  if (from instanceof Uint8Array) {
    return {
      name: 'memory',
      size: from.length,
      read: async (into, at) => into.set(from.subarray(at, at + into.length)),
    }
  }
  if ('read' in from) return from
  throw new BadOptionError('not yet')
}
