/**
 * The gateway on a TCP port of this machine, by Node's own HTTP server. Loopback unless told otherwise: it has no
 * passwords. Closing it ends the calls that run, tells their clients so, and waits for the sockets.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Gateway } from './gateway.ts'
import { GatewayError, invalidRequest } from './http/gateway-error.ts'
import { toHttpError } from './http/to-http-error.ts'

export interface ServeOptions {
  /** The name or address to bind. Default 127.0.0.1. */
  readonly host?: string
  /** 0 lets the system choose. */
  readonly port: number
}

export interface Serving {
  /** The address to call, without a slash at its end. */
  readonly url: string
  readonly port: number
  /** Resolves when the port is free again; a call that does not stop is cut off after one second. */
  close(): Promise<void>
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

/** @throws PortInUseError; Node's own error for an address that cannot be bound */
export async function serveGateway(app: Gateway, options: ServeOptions): Promise<Serving> {
  const host = options.host ?? '127.0.0.1'
  const closing = new AbortController()
  const listener = getRequestListener((request) => app.fetch(request, { host, closing: closing.signal }), {
    hostname: host,
    overrideGlobalObjects: false,
    errorHandler: answerBroken,
  })
  const server = createServer((incoming, outgoing) => void listener(incoming, outgoing))
  const port = await listen(server, host, options.port)
  let closed: Promise<void> | undefined
  return {
    url: `http://${callableHost(host)}:${port}`,
    port,
    close: () => (closed ??= close(server, closing)),
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

async function close(server: Server, closing: AbortController): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  closing.abort(
    new GatewayError(503, 'server_closing', 'the server closes: send the request again when it is back'),
  )
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS)
  const force = setTimeout(() => server.closeAllConnections(), GRACE_MS)
  await closed
  clearInterval(idle)
  clearTimeout(force)
}

/** A request too broken to reach the app: no usable Host header or URL. */
function answerBroken(error: unknown): Response {
  const requestId = `req_${crypto.randomUUID().replaceAll('-', '')}`
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
