/**
 * A cloud to rehearse with: an OpenAI-compatible server on this machine. It asks no model and costs nothing: answers are
 * made up, scripted or recorded, at a set pace, and faults come when they are told to. Every response says
 * `x-edgewise-rehearsal: 1`, every model's name ends in `-rehearsal`. While it records it is a proxy of a real cloud that
 * costs real money, so then it says neither.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RehearsalError } from './errors.ts'
import { Recorder, type RecordOptions } from './record/recorder.ts'
import { type Route, routes } from './routes.ts'
import type { Fault } from './script/faults.ts'
import { checkScript } from './script/parse-script.ts'
import type { Script } from './script/types.ts'
import { KeptRequests } from './wire/kept-requests.ts'
import { readBody } from './wire/read-body.ts'
import { ClientGone, Reply } from './wire/reply.ts'

/** US dollars per million tokens, for show: a rehearsal bills nothing. */
export interface RehearsalPrice {
  readonly inputPerMTok: number
  readonly outputPerMTok: number
}

export interface RehearsalOptions {
  /** The name or address to bind. Default 127.0.0.1. There is no key: whoever reaches it is answered. */
  readonly host?: string
  /** Default 0: the system chooses. */
  readonly port?: number
  /** Milliseconds to the first token, and from one to the next. Default 0. */
  readonly firstTokenMs?: number
  readonly tokenMs?: number
  /** Waits differ by up to this share, 0 to 1. Default 0. */
  readonly jitter?: number
  /** Of the jitter. Default 1. */
  readonly seed?: number
  /** The names at /v1/models, without `-rehearsal`. Default `cloud`. Calls may name any model. */
  readonly models?: readonly string[]
  /** Told at /v1/models. */
  readonly price?: RehearsalPrice
  readonly script?: Script
  /** Of every call whose rule has none. */
  readonly fault?: Fault
  /** Pass calls on to a real server and write its answers to a script, instead of answering. */
  readonly record?: RecordOptions
  /** Takes a line a request. Never a prompt, never an answer, never a key. */
  readonly log?: (line: string) => void
}

/** A request that came in. */
export interface RehearsedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /**
   * answered: all of the answer was sent. faulted: the fault of its rule was. abandoned: the client left first. refused: no
   * such route, or not a request at all.
   */
  outcome: 'running' | 'answered' | 'faulted' | 'abandoned' | 'refused'
}

export interface RehearsalCounts {
  /** TCP connections. */
  readonly connections: number
  readonly answered: number
  readonly faulted: number
  readonly abandoned: number
  readonly refused: number
}

export interface Rehearsal extends AsyncDisposable {
  /** The address, without a slash at its end. */
  readonly url: string
  /** With the version: what a policy's `cloud.baseURL` and a client's base URL are. */
  readonly baseURL: string
  readonly port: number
  /** The last 1,000, oldest first; fewer where their bodies come to more than 64 MB. */
  readonly requests: readonly RehearsedRequest[]
  /** So far. */
  readonly counts: RehearsalCounts
  /** Cuts what runs and frees the port. */
  close(): Promise<void>
}

const KEPT_REQUESTS = 1000
/** UTF-16 units of their bodies. */
const KEPT_TEXT = 64e6

/** Throws RehearsalError. */
export async function startRehearsal(options: RehearsalOptions = {}): Promise<Rehearsal> {
  const host = options.host ?? '127.0.0.1'
  const recorder = options.record === undefined ? null : await Recorder.open(options.record)
  const script =
    options.script === undefined ? { version: 1 as const, rules: [] } : checkScript(options.script)
  const route: Route =
    recorder === null ? routes({ ...options, script }) : (...call) => recorder.proxy(...call)
  const log = options.log ?? (() => {})
  const counts = { connections: 0, answered: 0, faulted: 0, abandoned: 0, refused: 0 }
  const requests = new KeptRequests<RehearsedRequest>(KEPT_REQUESTS, KEPT_TEXT)

  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const start = performance.now()
    const reply = new Reply(incoming, response)
    const path = incoming.url!.split('?')[0]!
    const bytes = await readBody(incoming)
    if (bytes === null) return reply.refuse(413, 'body_too_large', 'the body is over 32 MB')
    const seen: RehearsedRequest = {
      method: incoming.method!,
      path,
      headers: incoming.headers,
      body: bytes.toString('utf8'),
      outcome: 'running',
    }
    requests.add(seen)
    response.on('close', () => {
      seen.outcome = reply.outcome
      counts[reply.outcome]++
      const ms = (performance.now() - start).toFixed(0)
      log(`${seen.method} ${path} ${reply.started ? response.statusCode : '-'} ${reply.outcome} ${ms} ms`)
    })
    await route(reply, incoming, bytes)
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      if (!(error instanceof ClientGone) && !incoming.destroyed)
        log(
          `${incoming.method} failed: ${error instanceof RehearsalError ? error.message : (error as Error).name}`,
        )
      response.destroy()
    })
  })
  server.on('connection', () => counts.connections++)
  const port = await listen(server, host, options.port ?? 0)
  const name = host === '0.0.0.0' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  const url = `http://${name}:${port}`
  let closed: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }))
  return {
    url,
    baseURL: `${url}/v1`,
    port,
    requests: requests.list,
    counts,
    close,
    [Symbol.asyncDispose]: close,
  }
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      const message = `port ${port} of ${host} is taken: stop what listens there, or choose another port (0 finds one)`
      reject(new RehearsalError('port_in_use', message, { cause }))
    })
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port))
  })
}
