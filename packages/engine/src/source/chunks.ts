/**
 * A stream's bytes in one buffer that is used over and over, where the host allows it: new buffers for gigabytes pile up
 * faster than they are collected (in Chromium, half a file's size again).
 */

/** Bytes given to a host at once to fill. */
const BUFFER = 2 ** 18
/** Buffers of streams that are through, for the next ones: as many as are read side by side. */
const spare: ArrayBuffer[] = []
const MAX_SPARE = 8

export interface Chunks {
  /** The next bytes, which the call after this one overwrites; undefined at the end. Throws what the stream throws. */
  next(): Promise<Uint8Array | undefined>
  /** Ends the stream; nothing happens when it is at its end. */
  cancel(): void
}

export function chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Chunks {
  let filler: ReadableStreamBYOBReader | undefined
  try {
    filler = stream.getReader({ mode: 'byob' })
  } catch {
    // Not a stream of bytes here: it makes its own buffers.
  }
  if (!filler) {
    const reader = stream.getReader()
    return {
      next: async () => (await reader.read()).value,
      cancel: () => void reader.cancel().catch(() => {}),
    }
  }
  const reader = filler
  let buffer: ArrayBuffer | undefined = spare.pop() ?? new ArrayBuffer(BUFFER)
  const giveBack = (): void => {
    if (buffer && spare.length < MAX_SPARE) spare.push(buffer)
    buffer = undefined
  }
  return {
    async next() {
      const given = new Uint8Array(buffer ?? new ArrayBuffer(BUFFER))
      // It is the stream's while it fills it.
      buffer = undefined
      const { done, value } = await reader.read(given)
      buffer = value?.buffer
      if (!done && value) return value
      giveBack()
      return undefined
    },
    cancel() {
      giveBack()
      reader.cancel().catch(() => {})
    },
  }
}
