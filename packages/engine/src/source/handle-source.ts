/**
 * A file that is open, by what Node's `fs/promises` FileHandle and its likes can do, so that nothing of Node is imported
 * here. Who opened the handle closes it.
 */
import { SourceError } from '../errors.ts'
import { type ByteSource, checkRange, steps } from './source.ts'

/** As Node's FileHandle: `position` counts from the file's start and may be beyond 2^32. */
export interface ReadableHandle {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>
  stat(): Promise<{ readonly size: number }>
}

/** Bytes asked for at once: the system reads at most 2^31 - 4096, and an abort should not have to wait for that. */
const STEP = 2 ** 24

/** Throws SourceError when the handle cannot tell its size. */
export async function handleSource(handle: ReadableHandle, name: string): Promise<ByteSource> {
  const { size } = await handle.stat().catch((cause: unknown): never => {
    throw unreadable(name, cause)
  })
  return {
    name,
    size,
    async read(into, at, signal) {
      checkRange({ name, size }, at, into.length)
      for (const [from, length] of steps(into.length, STEP)) {
        signal?.throwIfAborted()
        await readAll(handle, name, into.subarray(from, from + length), at + from)
      }
      signal?.throwIfAborted()
    },
  }
}

async function readAll(handle: ReadableHandle, name: string, into: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle
      .read(into, done, into.length - done, at + done)
      .catch((cause: unknown): never => {
        throw unreadable(name, cause)
      })
    if (bytesRead === 0) {
      throw new SourceError(
        name,
        'changed',
        `the file now ends at byte ${at + done}: it became shorter while it was read; open it again`,
      )
    }
    done += bytesRead
  }
}

function unreadable(name: string, cause: unknown): SourceError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new SourceError(name, 'unreachable', `the file cannot be read (${why})`, { cause })
}
