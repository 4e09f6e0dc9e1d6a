/**
 * One response on a socket of Node's HTTP server: it says that it is a rehearsal, waits where the reader is slow, and
 * stops all work when the client is gone. Faults need the socket itself, so it can be reset here, too.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault } from '../script/faults.ts'
import { wait } from './pace.ts'

type Headers = Readonly<Record<string, string>>

const REHEARSAL = { 'x-edgewise-rehearsal': '1' }

export class Reply {
  /** Aborted with ClientGone when the client closes the connection before the response is whole. */
  readonly signal: AbortSignal
  /** What is to go wrong. */
  fault: Fault | undefined
  readonly #request: IncomingMessage
  readonly #response: ServerResponse
  #refused = false
  #reset = false

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request
    this.#response = response
    const gone = new AbortController()
    this.signal = gone.signal
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(new ClientGone())
    })
    response.on('error', () => {})
  }

  /** Whether the client has a status. */
  get started(): boolean {
    return this.#response.headersSent
  }

  /** How it went; asked when the connection is done with the response. */
  get outcome(): 'answered' | 'faulted' | 'abandoned' | 'refused' {
    if (this.#refused) return 'refused'
    if (this.#reset) return 'faulted'
    if (!this.#response.writableFinished) return 'abandoned'
    return this.fault === undefined ? 'answered' : 'faulted'
  }

  /** Status and headers of a rehearsed answer, sent at once. */
  start(status: number, headers: Headers): void {
    this.startReal(status, { ...REHEARSAL, ...headers })
  }

  /** The same of a real server's answer that is passed on. */
  startReal(status: number, headers: Headers): void {
    this.#response.writeHead(status, headers)
    this.#response.flushHeaders()
  }

  /** Resolves when the reader has room for more. Throws ClientGone. */
  write(data: string | Uint8Array): Promise<void> | void {
    this.signal.throwIfAborted()
    if (this.#response.write(data)) return
    return new Promise((resolve, reject) => {
      const drained = (): void => {
        this.signal.removeEventListener('abort', gone)
        resolve()
      }
      const gone = (): void => reject(this.signal.reason)
      this.#response.once('drain', drained)
      this.signal.addEventListener('abort', gone, { once: true })
    })
  }

  end(text?: string): void {
    this.#response.end(text)
  }

  /** A whole response of JSON. */
  json(status: number, body: unknown, headers: Headers = {}): void {
    const text = JSON.stringify(body)
    this.#response.writeHead(status, {
      ...REHEARSAL,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...headers,
    })
    this.#response.end(text)
  }

  /** OpenAI's error body. */
  error(status: number, code: string, message: string, headers: Headers = {}): void {
    const type = status < 500 ? 'invalid_request_error' : 'server_error'
    this.json(status, { error: { message, type, code, param: null } }, headers)
  }

  /** An error that no script asked for: the request cannot be answered. */
  refuse(status: number, code: string, message: string): void {
    this.#refused = true
    this.error(status, code, message)
  }

  /** Resets the connection: what is still on its way is dropped. */
  reset(): void {
    this.#reset = true
    this.#request.socket.resetAndDestroy()
  }

  /** Until the client leaves; then throws ClientGone. */
  async untilGone(): Promise<never> {
    for (;;) await wait(60_000, this.signal)
  }
}

/** The client closed the connection: not an error of the server. */
export class ClientGone extends Error {
  override readonly name: string = 'ClientGone'
}
