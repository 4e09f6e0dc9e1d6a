/** What is missing of a part, from the hub to the disk: a few ranges side by side, and the list of what came saved on the way. */
import type { UrlSource } from '@edgewise/engine'
import type { PartFile } from './part-file.ts'

/** Ranges asked for at once, and their length: enough to fill a line, few enough for any server. */
const LANES = 4
const PIECE = 2 ** 24
/** Written at once: what comes from the network comes in small parts. */
const BUFFER = 2 ** 20
/** What a killed process loses at most, ms of downloading. */
const SAVE_MS = 1000

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined
  readonly onBytes?: ((count: number) => void) | undefined
}

/** Also when it fails, all that came is saved. Throws what the source and the file system throw, or the signal's reason. */
export async function download(
  source: UrlSource,
  part: PartFile,
  options: DownloadOptions = {},
): Promise<void> {
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const pieces = part.missing(PIECE).values()
  let saved = performance.now()
  const save = async (): Promise<void> => {
    if (performance.now() - saved < SAVE_MS) return
    saved = performance.now()
    await part.save()
  }
  const lane = async (): Promise<void> => {
    const buffer = new Uint8Array(BUFFER)
    for (const [from, to] of pieces) {
      signal.throwIfAborted()
      let at = from
      let filled = 0
      const flush = async (): Promise<void> => {
        await part.write(buffer.subarray(0, filled), at)
        at += filled
        filled = 0
        await save()
      }
      const put = async (bytes: Uint8Array): Promise<void> => {
        for (let taken = 0; taken < bytes.length; ) {
          const some = bytes.subarray(taken, taken + buffer.length - filled)
          buffer.set(some, filled)
          filled += some.length
          taken += some.length
          if (filled === buffer.length) await flush()
        }
        options.onBytes?.(bytes.length)
      }
      try {
        await source.stream(from, to - from, put, signal)
      } finally {
        // What came before a failure counts too.
        await flush()
      }
    }
  }
  const lanes = Array.from({ length: LANES }, lane)
  try {
    await Promise.all(lanes)
  } catch (error) {
    failed.abort(error)
    await Promise.allSettled(lanes)
    throw error
  } finally {
    await part.save()
  }
}
