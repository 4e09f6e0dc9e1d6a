/**
 * Whether a call is let in: not beyond the number of calls that may run at once. A call that was let in holds its place until
 * it leaves; a request whose body still comes holds none, or whoever sends slowly could hold them all.
 */
import { GatewayError } from './gateway-error.ts'

export const DEFAULT_MAX_CONCURRENT = 1000

/** What a refused client is told to wait, in ms: about the length of a short call. */
const RETRY_AFTER_MS = 1000

export class Admission {
  readonly #max: number
  #running = 0

  constructor(max: number = DEFAULT_MAX_CONCURRENT) {
    this.#max = max
  }

  /** Calls that run. */
  get running(): number {
    return this.#running
  }

  /** Whether there is a place, before a body is read for nothing. @throws GatewayError `overloaded` */
  check(): void {
    if (this.#running < this.#max) return
    const message = `${this.#max} calls run here, as many as may run at once: try again in a moment`
    throw new GatewayError(503, 'overloaded', message, null, { retryAfterMs: RETRY_AFTER_MS })
  }

  /** @returns gives the place back; twice is once. @throws GatewayError `overloaded` */
  enter(): () => void {
    this.check()
    this.#running++
    let left = false
    return () => {
      if (left) return
      left = true
      this.#running--
    }
  }
}

/** The server takes no new requests. Code `server_closing`. */
export function serverClosing(): GatewayError {
  return new GatewayError(
    503,
    'server_closing',
    'the server closes: send the request again when it is back',
    null,
    { retryAfterMs: RETRY_AFTER_MS, headers: { connection: 'close' } },
  )
}
