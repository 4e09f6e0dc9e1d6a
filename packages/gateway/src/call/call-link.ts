/**
 * What ends a call from outside (its client, the server as it closes) as one signal, and why it ended. It listens to a signal
 * that lives as long as the server, so it has to be released.
 */
import { clientGone } from '../http/gateway-error.ts'

/**
 * What a call is stopped with, one for each: a model that keeps receipts writes the id of that call's into it (the router
 * does), as nobody else knows it when no output has come.
 */
class CallStopped extends Error {
  override readonly name: string = 'AbortError'
  receiptId: string | null = null
}

export class CallLink {
  readonly #client: AbortSignal
  readonly #closing: AbortSignal | undefined
  readonly #abort: AbortController = new AbortController()

  constructor(client: AbortSignal, closing: AbortSignal | undefined) {
    this.#client = client
    this.#closing = closing
    for (const source of [client, closing])
      if (source?.aborted) this.#stop()
      else source?.addEventListener('abort', this.#stop, { once: true })
  }

  readonly #stop = (): void => this.#abort.abort(new CallStopped('the call was stopped'))

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** A model that is stopped throws in its own way; what stopped it is known here. @param error what it threw */
  whyItEnded(error: unknown): Error {
    const why = this.#client.aborted ? clientGone() : this.#closing?.aborted ? this.#closing.reason : error
    return why instanceof Error ? why : new TypeError('the model threw what is no Error', { cause: why })
  }

  release(): void {
    this.#client.removeEventListener('abort', this.#stop)
    this.#closing?.removeEventListener('abort', this.#stop)
  }
}
