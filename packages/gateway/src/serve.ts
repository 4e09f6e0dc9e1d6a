/**
 * The gateway on a TCP port of this machine, by Node's own HTTP server. Loopback unless told otherwise, and nothing but
 * loopback without keys. Closing it lets what runs come to its end for a while, tells the clients of the rest, and waits for
 * the sockets. Clients that send or read too slowly lose their connection.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Gateway } from './gateway.ts'
import { serverClosing } from './http/admission.ts'
import { newRequestId } from './http/envelope.ts'
import { invalidRequest } from './http/gateway-error.ts'
import { isLoopback } from './http/guard.ts'
import { Sockets } from './http/sockets.ts'
import { StalledReaders } from './http/stalled-readers.ts'
import { toHttpError } from './http/to-http-error.ts'

export interface ServeOptions {
  /** The name or address to bind. Default 127.0.0.1. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
  /** How long running calls may go on when the server closes, in ms. Default 10,000. */
  readonly drainMs?: number
  /** How long a request may take to arrive, headers and body, in ms. Default 30,000. */
  readonly requestMs?: number
  /** How long a client may leave an answer unread, in ms. Default 60,000. */
  readonly unreadMs?: number
}

export interface Serving {
  /** The address to call, without a slash at its end. */
  readonly url: string
  readonly port: number
  /** Requests that have come and are not answered in full. */
  readonly running: number
  /**
   * Takes nothing new and resolves when the port is free again: when all calls have ended, or after `drainMs`, when those
   * that still run are given up. A call that does not stop then is cut off after one second.
   * @param drainMs instead of the option; called again with 0 it gives up what runs at once
   */
  close(drainMs?: number): Promise<void>
}

/** The gateway has no keys and was to listen where others can reach it. Code `keys_required`. */
export class KeysRequiredError extends Error {
  readonly code: string = 'keys_required'
  readonly host: string

  constructor(host: string) {
    super(
      `listening on ${host} would let anybody on the network call the models: make a key first (edgewise keys add <name>), or listen on 127.0.0.1`,
    )
    this.name = 'KeysRequiredError'
    this.host = host
  }
}

/** Another program listens on the port. Code `port_in_use`. */
export class PortInUseError extends Error {
  readonly code: string = 'port_in_use'
  readonly port: number

  constructor(host: string, port: number, options?: ErrorOptions) {
    super(
      `port ${port} of ${host} is taken: stop what listens there, or choose another port (0 finds one)`,
      options,
    )
    this.name = 'PortInUseError'
    this.port = port
  }
}

/** Time for a stopped call to answer before its socket is cut, in ms. */
const GRACE_MS = 1000
const IDLE_CHECK_MS = 20
const DEFAULT_DRAIN_MS = 10_000
const DEFAULT_REQUEST_MS = 30_000
const DEFAULT_UNREAD_MS = 60_000

/** @throws KeysRequiredError, PortInUseError; Node's own error for an address that cannot be bound */
export async function serveGateway(app: Gateway, options: ServeOptions): Promise<Serving> {
  const { host = '127.0.0.1', requestMs = DEFAULT_REQUEST_MS, drainMs = DEFAULT_DRAIN_MS } = options
  if (!app.needsKey && !isLoopback(host)) throw new KeysRequiredError(host)
  const stalled = new StalledReaders(options.unreadMs ?? DEFAULT_UNREAD_MS)
  const server = createServer({
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.min(requestMs, 5000),
  })
  const sockets = new Sockets(server)
  const closer = new Closer(server, sockets)
  const bindings = { host, closing: closer.signal, draining: () => closer.draining }
  const modern = { ...bindings, chunked: true }
  const listener = getRequestListener(
    (request, { incoming }) => app.fetch(request, incoming.httpVersion === '1.1' ? modern : bindings),
    { hostname: host, overrideGlobalObjects: false, errorHandler: answerBroken },
  )
  server.on('request', (incoming, outgoing) => {
    stalled.watch(outgoing)
    void listener(incoming, outgoing)
  })
  server.on('close', () => stalled.stop())
  const port = await listen(server, host, options.port)
  return {
    url: `http://${callableHost(host)}:${port}`,
    port,
    get running() {
      return sockets.running
    },
    close: (ms = drainMs) => closer.close(ms),
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? new PortInUseError(host, port, { cause: error }) : error),
    )
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port))
  })
}

/** The end of a server: first nothing new, then nothing at all. */
class Closer {
  readonly #server: Server
  readonly #sockets: Sockets
  readonly #giveUp: AbortController = new AbortController()
  #closed: Promise<void> | undefined
  #end: (() => void) | undefined

  constructor(server: Server, sockets: Sockets) {
    this.#server = server
    this.#sockets = sockets
  }

  get draining(): boolean {
    return this.#closed !== undefined
  }

  /** Aborted when what runs is given up. */
  get signal(): AbortSignal {
    return this.#giveUp.signal
  }

  close(drainMs: number): Promise<void> {
    this.#closed ??= this.#drain()
    if (drainMs <= 0) this.#end?.()
    else setTimeout(() => this.#end?.(), drainMs).unref()
    return this.#closed
  }

  async #drain(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    const idle = setInterval(() => this.#sockets.endIdle(), IDLE_CHECK_MS)
    let force: NodeJS.Timeout | undefined
    this.#end = () => {
      this.#giveUp.abort(serverClosing())
      force ??= setTimeout(() => this.#server.closeAllConnections(), GRACE_MS)
    }
    await closed
    this.#end = undefined
    clearInterval(idle)
    clearTimeout(force)
  }
}

/** A request too broken to reach the app: no usable Host header or URL. */
function answerBroken(error: unknown): Response {
  const requestId = newRequestId()
  const known =
    error instanceof RequestError ? invalidRequest('the Host header or the URL is not valid') : error
  const { status, body, headers } = toHttpError(known, requestId)
  return Response.json(body, { status, headers: { ...headers, 'x-request-id': requestId } })
}

/** Every interface (0.0.0.0, ::) is not an address a client can call. */
function callableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
