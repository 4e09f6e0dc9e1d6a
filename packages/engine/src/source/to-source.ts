/** Whatever a caller has of a file, as a source. */
import { blobSource } from './blob-source.ts'
import { memorySource } from './memory-source.ts'
import type { ByteSource } from './source.ts'
import { type UrlOptions, urlSource } from './url-source.ts'

/** Bytes in memory, a File or Blob, an http(s) URL, or a source already. */
export type SourceLike = Uint8Array | Blob | URL | ByteSource

/** A URL is asked for its size, all else takes no time. Throws SourceError, BadOptionError, or the signal's reason. */
export async function toSource(from: SourceLike, options: UrlOptions = {}): Promise<ByteSource> {
  if (from instanceof Uint8Array) return memorySource(from)
  if (from instanceof Blob) return blobSource(from)
  if (from instanceof URL) return await urlSource(from, options)
  return from
}
