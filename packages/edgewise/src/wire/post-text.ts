/**
 * `fetch` for the one request this package makes, on Node's own HTTP client: half the time of the fetch that is built in, a tenth of
 * a millisecond a call (docs/gateway.md). It POSTs a text, keeps connections, and follows no redirect. Everywhere but on Node
 * there is the built-in one. Errors are those of Node's sockets, with their codes.
 */
import { BadStatusError, RedirectedError } from '../errors.ts'
import { isProxied, thisHost } from './env-proxy.ts'

/** What is used of a response of Node's. */
interface Incoming {
  readonly statusCode?: number
  readonly headers: { readonly [name: string]: string | readonly string[] | undefined }
  on(event: 'data', take: (bytes: Uint8Array) => void): void
  once(event: 'end' | 'close', take: () => void): void
  once(event: 'error', take: (error: Error) => void): void
  pause(): void
  resume(): void
  destroy(): void
}

interface Outgoing {
  once(event: 'response', take: (response: Incoming) => void): void
  once(event: 'error', take: (error: Error) => void): void
  once(event: 'close', take: () => void): void
  end(body: Uint8Array): void
  destroy(error: Error): void
}

/** What is used of `node:http` and `node:https`. */
interface Http {
  readonly Agent: new (options: { readonly keepAlive: true; readonly timeout: number }) => object
  request(
    url: string,
    options: {
      readonly method: 'POST'
      readonly agent: object
      readonly headers: { readonly [name: string]: string | number }
    },
  ): Outgoing
}

interface Client {
  readonly http: Http
  readonly agent: object
}

const getBuiltin = (globalThis as { process?: { getBuiltinModule?: (name: string) => Http | undefined } })
  .process?.getBuiltinModule
const clients = new Map<string, Client>()

/** The client of `http:` or `https:`; undefined on a host without Node's modules. */
function clientOf(protocol: string): Client | undefined {
  const known = clients.get(protocol)
  if (known !== undefined) return known
  const http = getBuiltin?.(protocol === 'https:' ? 'node:https' : 'node:http')
  if (http === undefined) return undefined
  // Idle sockets close before servers do, which commonly wait 5 s.
  const client = { http, agent: new http.Agent({ keepAlive: true, timeout: 4_000 }) }
  clients.set(protocol, client)
  return client
}

/** Sends `body` to `url`; whole answers are asked for unpacked. Rejects with the signal's reason, and with the system's error when no connection stands or it breaks. */
export async function postText(
  url: string,
  init: { readonly headers: Headers; readonly body: Uint8Array; readonly signal: AbortSignal | null },
): Promise<Response> {
  const address = new URL(url)
  // A proxy of the environment is the built-in fetch's affair.
  const client = isProxied(address, thisHost()) ? undefined : clientOf(address.protocol)
  const { headers, body, signal } = init
  if (client === undefined) {
    return fetch(url, {
      method: 'POST',
      headers,
      body: body as Uint8Array<ArrayBuffer>,
      signal,
      redirect: 'error',
    })
  }
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const request = client.http.request(url, {
      method: 'POST',
      agent: client.agent,
      headers: {
        ...Object.fromEntries(headers),
        'accept-encoding': 'identity',
        'content-length': body.length,
      },
    })
    const abort = (): void => void request.destroy(asError(signal?.reason))
    signal?.addEventListener('abort', abort, { once: true })
    let hasResponse = false
    request.once('response', (response) => {
      hasResponse = true
      response.once('close', () => signal?.removeEventListener('abort', abort))
      // What is thrown in an event of a socket ends the process.
      try {
        resolve(responseOf(response, signal))
      } catch (error) {
        response.destroy()
        reject(error)
      }
    })
    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', abort)
      reject(signal?.aborted ? signal.reason : error)
    }
    request.once('error', fail)
    // Without a response (a switch of protocols) nobody else would tell.
    request.once('close', () => {
      if (!hasResponse) fail(closedEarly())
    })
    request.end(body)
  })
}

const asError = (reason: unknown): Error =>
  reason instanceof Error ? reason : new DOMException('the request was given up', 'AbortError')

/** Statuses whose answers have no body. */
const BODILESS = new Set([204, 205, 304])

function responseOf(message: Incoming, signal: AbortSignal | null): Response {
  const { statusCode: status = 0 } = message
  if (status >= 300 && status < 400 && status !== 304) throw new RedirectedError()
  if (status < 200 || status > 599) throw new BadStatusError(status)
  const headers = new Headers()
  for (const [name, value] of Object.entries(message.headers))
    if (value !== undefined) headers.set(name, typeof value === 'string' ? value : value.join(', '))
  if (BODILESS.has(status)) {
    message.resume()
    return new Response(null, { status, headers })
  }
  return new Response(unpacked(bodyOf(message, signal), headers), { status, headers })
}

/** What was asked not to be packed, and is all the same. */
function unpacked(body: ReadableStream<Uint8Array>, headers: Headers): ReadableStream<Uint8Array> {
  const format = headers.get('content-encoding')
  if (format !== 'gzip' && format !== 'deflate') return body
  const unpacking = new DecompressionStream(format) as ReadableWritablePair<Uint8Array, Uint8Array>
  return body.pipeThrough(unpacking)
}

const closedEarly = (): Error =>
  Object.assign(new Error('the connection closed early'), { code: 'ECONNRESET' })

/** What a reader may leave unread before the server is held up, bytes. */
const UNREAD_BYTES = 64 * 1024

/**
 * The body: a slow reader holds up the server, and one that leaves closes the connection. What came in one piece from the
 * socket goes on as one, in however many chunks it was sent.
 */
function bodyOf(message: Incoming, signal: AbortSignal | null): ReadableStream<Uint8Array> {
  const pieces: Uint8Array[] = []
  let isOver = false
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const flush = (): void => {
          if (pieces.length === 0 || isOver) return
          controller.enqueue(joined(pieces.splice(0)))
          if ((controller.desiredSize ?? 0) <= 0) message.pause()
        }
        const end = (error: Error | null): void => {
          if (isOver) return
          flush()
          isOver = true
          if (error === null) controller.close()
          else controller.error(signal?.aborted ? signal.reason : error)
        }
        message.on('data', (bytes: Uint8Array) => {
          if (pieces.push(bytes) === 1) queueMicrotask(flush)
        })
        message.once('end', () => end(null))
        message.once('error', end)
        message.once('close', () => end(closedEarly()))
      },
      pull: () => void message.resume(),
      cancel() {
        isOver = true
        message.destroy()
      },
    },
    { highWaterMark: UNREAD_BYTES, size: ({ length }) => length },
  )
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
