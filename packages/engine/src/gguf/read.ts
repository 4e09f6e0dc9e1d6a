/**
 * A GGUF file to its metadata and the places of its tensors; tensor data is not read. From bytes in memory at once, or from
 * a source in growing windows: a header takes some kilobytes to some ten megabytes, and only its end tells which.
 */
import type { ByteSource } from '../source/source.ts'
import { BeyondWindow, Cursor } from './cursor.ts'
import { HeaderReader } from './header.ts'
import type { Metadata } from './metadata.ts'
import type { Tensor } from './tensors.ts'

export type { Tensor } from './tensors.ts'

export interface Gguf {
  readonly version: number
  readonly metadata: Metadata
  readonly tensors: ReadonlyMap<string, Tensor>
  readonly alignment: number
}

/** Bytes of the first window: the whole header of a model without a vocabulary. */
const FIRST_WINDOW = 2 ** 20

/**
 * Throws BadGgufError (truncated, damaged or not GGUF; says what and where) or UnsupportedError (another version,
 * big-endian, or a tensor type this engine does not have; names the tensor).
 */
export function readGguf(bytes: Uint8Array): Gguf {
  return new HeaderReader(new Cursor(bytes)).finish()
}

/**
 * As readGguf, without the file in memory; also throws SourceError, or the signal's reason. `firstWindow` bytes are read to
 * begin with.
 */
export async function readGgufFrom(
  source: ByteSource,
  signal?: AbortSignal,
  firstWindow: number = FIRST_WINDOW,
): Promise<Gguf> {
  signal?.throwIfAborted()
  let window = new Uint8Array(Math.min(firstWindow, source.size))
  await source.read(window, 0, signal)
  const cursor = new Cursor(window, source.size)
  const reader = new HeaderReader(cursor)
  for (let start = 0; ; ) {
    try {
      return reader.finish()
    } catch (error) {
      if (!(error instanceof BeyondWindow)) throw error
      const kept = window.length - (cursor.committed - start)
      window.copyWithin(0, cursor.committed - start)
      start = cursor.committed
      // Twice the window, or as much as one value needs: never beyond the file.
      const size = Math.min(Math.max(2 * window.length, error.end - start), source.size - start)
      // Not a new buffer: the old ones would pile up until they are collected.
      window = new Uint8Array(window.buffer.transfer(size))
      await source.read(window.subarray(kept), start + kept, signal)
      cursor.refill(window)
    }
  }
}

/** A tensor of a file that is in memory: its part of `file`, not a copy. */
export function tensorBytes(file: Uint8Array, { offset, size }: Tensor): Uint8Array {
  return file.subarray(offset, offset + size)
}
