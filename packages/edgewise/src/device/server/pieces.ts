/** The bytes of a server's answer as they come, within a limit of size and of silence. */
import { StalledError } from '../../errors.ts'
import { ServerTooLargeError } from './errors.ts'

export interface PieceBounds {
  /** What messages call the server. */
  readonly origin: string
  readonly maxBytes: number
  /** Milliseconds without a byte, comments included. */
  readonly idleMs: number
}

/** The bytes of a body as they come, within `maxBytes` and never silent for longer than `idleMs`. */
export async function* pieces(
  body: ReadableStream<Uint8Array>,
  { origin, maxBytes, idleMs }: PieceBounds,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader()
  let total = 0
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), idleMs, origin)
      if (done) return
      total += value.length
      if (total > maxBytes) throw new ServerTooLargeError(origin, 'an answer', maxBytes)
      yield value
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}

/** Throws StalledError when nothing came for `ms`. */
export async function inTime<T>(awaited: Promise<T>, ms: number, origin: string): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new StalledError(`${origin} sent nothing for ${ms / 1000} s: the answer was given up`)),
    ms,
  )
  try {
    return await Promise.race([awaited, promise])
  } finally {
    clearTimeout(timer)
  }
}
