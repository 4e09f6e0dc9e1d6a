/**
 * Where a model's bytes come from, read by range: a weight goes from its source straight to its place, and no file is ever
 * held whole. What a source is made of (memory, a Blob, an open file, a URL) is for the files beside this one.
 */
import { SourceError } from '../errors.ts'

export interface ByteSource {
  /** For people and errors: a path, a URL, "memory". */
  readonly name: string
  /** Bytes in all. */
  readonly size: number
  /**
   * Fills `into` with the bytes from `at` on. Calls may overlap. Throws SourceError when the source gives fewer bytes than
   * it promised or cannot be read, or the signal's reason.
   */
  read(into: Uint8Array, at: number, signal?: AbortSignal): Promise<void>
}

/** Throws SourceError when `length` bytes from `at` are not all there. */
export function checkRange(
  { name, size }: Pick<ByteSource, 'name' | 'size'>,
  at: number,
  length: number,
): void {
  if (Number.isSafeInteger(at) && at >= 0 && at + length <= size) return
  throw new SourceError(name, 'bad_answer', `${length} bytes at ${at} are not within its ${size}`)
}

/** `length` bytes in pieces of `step`: an abort is heeded between two of them. */
export function* steps(length: number, step: number): Generator<[from: number, size: number], undefined> {
  for (let from = 0; from < length; from += step) yield [from, Math.min(step, length - from)]
}
