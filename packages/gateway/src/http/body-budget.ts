/**
 * How much of the memory the bodies of all requests may take together. A body counts from its first byte until its call has
 * ended, as its prompt is there that long; what a request merely says of its length does not count.
 */
import { GatewayError } from './gateway-error.ts'

/** Bytes: 16 of the largest bodies, or some 500 contexts of 128 k tokens. */
export const DEFAULT_BODIES_LIMIT: number = 256 * 1024 * 1024

/** What a refused client is told to wait, in ms: about the length of a short call. */
const RETRY_AFTER_MS = 1000

export class BodyBudget {
  readonly #max: number
  #held = 0

  /** @param max in bytes */
  constructor(max: number = DEFAULT_BODIES_LIMIT) {
    this.#max = max
  }

  /** Of one request. */
  share(): BodyShare {
    let mine = 0
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#max) throw overloaded(this.#max)
        this.#held += bytes
        mine += bytes
      },
      release: () => {
        this.#held -= mine
        mine = 0
      },
    }
  }
}

export interface BodyShare {
  /** @throws GatewayError `overloaded` */
  take(bytes: number): void
  /** Gives all of it back; twice is once. */
  release(): void
}

function overloaded(max: number): GatewayError {
  const message = `the requests that run here hold ${max} bytes, as many as they may: try again in a moment`
  return new GatewayError(503, 'overloaded', message, null, { retryAfterMs: RETRY_AFTER_MS })
}
