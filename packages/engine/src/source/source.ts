/**
 * Where a model's bytes come from, read by range: a weight goes from its source straight to its place, and no file is ever
 * held whole. What a source is made of (memory, a Blob, an open file, a URL) is for the files beside this one.
 */

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
