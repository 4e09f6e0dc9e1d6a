/**
 * Clients that ask and do not read hold a call, its memory and a place among those that may run. An answer whose socket takes
 * nothing more for so long is cut off; one that is merely slow to be made is left alone, as nothing waits to be written.
 */
import type { ServerResponse } from 'node:http'

interface Watched {
  /** What the socket had taken when it was seen to move last. */
  taken: number
  since: number
}

export class StalledReaders {
  readonly #limitMs: number
  readonly #watched: Map<ServerResponse, Watched> = new Map()
  readonly #timer: NodeJS.Timeout

  /** @param limitMs how long an answer may lie unread */
  constructor(limitMs: number) {
    this.#limitMs = limitMs
    this.#timer = setInterval(() => this.#sweep(), Math.max(limitMs / 4, 10))
    this.#timer.unref()
  }

  watch(response: ServerResponse): void {
    this.#watched.set(response, { taken: 0, since: performance.now() })
    response.once('close', () => this.#watched.delete(response))
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #sweep(): void {
    const now = performance.now()
    for (const [response, seen] of this.#watched) {
      const { socket } = response
      // `bytesWritten` counts what waits as well.
      const taken = (socket?.bytesWritten ?? 0) - response.writableLength
      if (response.writableNeedDrain && taken === seen.taken) {
        if (now - seen.since > this.#limitMs) socket?.destroy()
      } else {
        seen.taken = taken
        seen.since = now
      }
    }
  }
}
