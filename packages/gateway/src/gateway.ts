/**
 * The gateway as a web-standard app: OpenAI's API in front of one AI SDK model, the receipts of its calls, and its counters.
 * It runs on Request and Response alone; `serveGateway` puts it on a socket. The model writes its receipts into the ledger
 * itself; the gateway reads them, and appends what their users say of them.
 */
import type { EmbeddingModelV4, LanguageModelV4 } from '@ai-sdk/provider'
import type { Ledger } from '@edgewise/evidence'
import { type Context, Hono } from 'hono'
import { modelNotFound } from './call/pick-model.ts'
import { type Caller, Calls } from './calls.ts'
import { takeFeedback } from './feedback.ts'
import { Admission, DEFAULT_MAX_CONCURRENT, serverClosing } from './http/admission.ts'
import { BodyBudget, DEFAULT_BODIES_LIMIT } from './http/body-budget.ts'
import { accessLine, finishHeaders, newRequestId } from './http/envelope.ts'
import { GatewayError } from './http/gateway-error.ts'
import { checkContentType, checkHost, checkOrigin } from './http/guard.ts'
import { DEFAULT_BODY_LIMIT, readJson } from './http/read-json.ts'
import { type ErrorBody, toHttpError } from './http/to-http-error.ts'
import { type ApiKey, findKey } from './keys/api-key.ts'
import { RateLimit } from './keys/rate-limit.ts'
import { ReceiptOwners } from './keys/receipt-owners.ts'
import { type CertificateInForce, Metrics } from './metrics/metrics.ts'
import { modelList } from './models.ts'
import { type Page, servePage } from './page.ts'
import { findReceipt, recentReceipts } from './receipts.ts'
import { ResponseStore } from './responses/response-store.ts'

/** What answers a caller. */
export interface Served {
  /** Its `providerMetadata.edgewise` becomes the `x-edgewise-*` headers. */
  readonly model: LanguageModelV4
  /** The tasks of its policy, listed as models: `edgewise/fix` runs the task `fix`. */
  readonly tasks?: readonly string[]
  /** Answer /v1/embeddings, each by its id, the first by the model's names too; without any that route is 404. */
  readonly embeddings?: readonly EmbeddingModelV4[]
}

export interface GatewayOptions extends Served {
  /** Where the model writes its receipts; users' judgements of them go there too. */
  readonly ledger: Pick<Ledger, 'get' | 'recent' | 'judge'>
  /** The names a request may call the model by. `created` is in seconds since 1970. */
  readonly models: readonly { readonly id: string; readonly created?: number }[]
  /**
   * The API keys, asked for with every request, so that a revoked one stops working at once. Where there is a list every route but
   * /healthz needs one of it, also when it is empty; undefined: no key is needed yet. Without a list at the start the server can be
   * bound to loopback alone.
   */
  readonly keys?: () => readonly ApiKey[] | undefined
  /** What answers the calls of a key; undefined for what answers all others. */
  readonly forKey?: (key: ApiKey) => Served | undefined
  /** Fields to add to the answer of GET /healthz, for callers who may see more than that it runs. */
  readonly health?: () => object
  /** The certificates that the model's bars rest on: GET /healthz lists them, GET /metrics says which are in force. */
  readonly certificates?: () => readonly CertificateInForce[]
  /** Takes a line a request, and a line when a stream breaks. Never a prompt, never an answer. */
  readonly log?: (line: string) => void
  /**
   * Takes a line about what is wrong with the server and callers are not told: a policy or a ledger that cannot be used, an error
   * nobody foresaw. Default: `log`.
   */
  readonly problem?: (line: string) => void
  /** The web page, at / and below; without it those paths are 404. */
  readonly page?: Page
  /** Bytes of a request's body. Default 16 MiB. */
  readonly maxBodyBytes?: number
  /** Bytes of the bodies of all requests whose calls have not ended, one of the largest at least. Default 256 MiB. */
  readonly maxBodiesBytes?: number
  /** Calls that run at once; further ones are refused with 503. Default 1,000. */
  readonly maxConcurrent?: number
}

/** What the server tells the app with each request. */
export interface GatewayBindings {
  /** The name or address the server is bound to. */
  readonly host?: string
  /** Whether the client takes a body in chunks: HTTP/1.1. */
  readonly chunked?: boolean
  /** Whether the server finishes what runs and takes nothing new. */
  readonly draining?: () => boolean
  /** Aborted when the server gives up what runs, with the error to answer. */
  readonly closing?: AbortSignal
}

export interface GatewayEnv {
  Bindings: GatewayBindings
  Variables: { requestId: string; key: ApiKey | undefined; mayKnow: boolean }
}

/** `needsKey`: whether a key is needed from the start, so that it may be bound to more than loopback. */
export type Gateway = Hono<GatewayEnv> & { readonly needsKey: boolean }

type GatewayContext = Context<GatewayEnv>

/** The app. Errors it foresees are answered in OpenAI's shape; it throws none. */
export function createGateway(options: GatewayOptions): Gateway {
  const { keys, ledger, page } = options
  const { log, problem = log } = options
  const modelIds = options.models.map((entry) => entry.id)
  const bodyLimit = options.maxBodyBytes ?? DEFAULT_BODY_LIMIT
  const admission = new Admission(options.maxConcurrent ?? DEFAULT_MAX_CONCURRENT)
  const bodies = new BodyBudget(Math.max(options.maxBodiesBytes ?? DEFAULT_BODIES_LIMIT, bodyLimit))
  const metrics = new Metrics(() => admission.running, options.certificates)
  const owners = new ReceiptOwners()
  const rateLimit = new RateLimit()
  const store = new ResponseStore()
  const started = Math.floor(Date.now() / 1000)

  /** The error as a response; what it does not tell goes to whoever runs the server. */
  const fail = (error: unknown, requestId: string): { body: ErrorBody; response: Response } => {
    const { status, body, headers, forLog } = toHttpError(error, requestId)
    metrics.failed(body.error.code)
    if (forLog !== null) problem?.(`${requestId} ${body.error.code} ${forLog}`)
    return { body, response: Response.json(body, { status, headers }) }
  }

  const calls = new Calls({
    modelIds,
    ledger,
    bodyLimit,
    admission,
    bodies,
    rateLimit,
    metrics,
    owners,
    store,
    onStreamError: (error, requestId) => {
      const { body } = fail(error, requestId)
      log?.(`${requestId} stream broke: ${body.error.code}`)
      return body
    },
  })

  const servedTo = (key: ApiKey | undefined): Served =>
    key === undefined ? options : (options.forKey?.(key) ?? options)

  const callerOf = (c: GatewayContext): Caller => {
    const key = c.get('key')
    const { model, embeddings = [] } = servedTo(key)
    const requestId = c.get('requestId')
    return { request: c.req.raw, requestId, closing: c.env?.closing, key, model, embeddings }
  }

  const modelsFor = (c: GatewayContext): ReturnType<typeof modelList> => {
    const { tasks = [], embeddings = [] } = servedTo(c.get('key'))
    const embeddingIds = embeddings.map(({ modelId }) => modelId)
    return modelList(options.models, tasks, embeddingIds, started)
  }

  const app = new Hono<GatewayEnv>()
  app.onError((error, c) => fail(error, c.get('requestId')).response)
  app.notFound((c) => fail(unknownRoute(), c.get('requestId')).response)

  app.use(async (c, next) => {
    const requestId = newRequestId()
    c.set('requestId', requestId)
    const start = performance.now()
    await next()
    finishHeaders(c.res.headers, requestId, c.env?.chunked ?? false)
    log?.(accessLine(c.req, c.res, performance.now() - start, requestId, c.get('key')))
  })

  app.use(async (c, next) => {
    if (c.env?.draining?.()) throw serverClosing()
    const host = c.req.header('host') ?? new URL(c.req.url).host
    const known = keys?.()
    // A key cannot be had from a page that DNS points here, so behind one the server goes by any name.
    if (known === undefined) checkHost(host, c.env?.host)
    else if (c.req.path !== '/healthz' || c.req.header('authorization') !== undefined)
      c.set('key', findKey(c.req.header('authorization'), known))
    c.set('mayKnow', known === undefined || c.get('key') !== undefined)
    if (c.req.method !== 'GET') checkOrigin(c.req.header('origin'), host)
    await next()
  })

  app.post('/v1/chat/completions', (c) => calls.chat(callerOf(c)))
  app.post('/v1/responses', (c) => calls.responses(callerOf(c)))
  app.post('/v1/embeddings', (c) => calls.embeddings(callerOf(c)))

  app.get('/v1/responses/:id', (c) => c.json(store.get(c.req.param('id'), c.get('key')?.id)))
  app.delete('/v1/responses/:id', (c) => {
    const id = c.req.param('id')
    store.delete(id, c.get('key')?.id)
    return c.json({ id, object: 'response', deleted: true })
  })

  app.get('/v1/models', (c) => c.json({ object: 'list', data: modelsFor(c) }))
  app.get('/v1/models/:id{.+}', (c) => {
    const found = modelsFor(c).find((entry) => entry.id === c.req.param('id'))
    if (found === undefined) throw modelNotFound(modelIds, null)
    return c.json(found)
  })

  app.get('/v1/receipts', async (c) => {
    const key = c.get('key')
    // A list may be a thousand reads of the ledger.
    const headers = key === undefined ? {} : rateLimit.take(key)
    const data = await recentReceipts(ledger, owners, key, c.req.query('limit'))
    return c.json({ object: 'list', data }, 200, headers)
  })
  app.get('/v1/receipts/:id', async (c) =>
    c.json(await findReceipt(ledger, owners, c.get('key'), c.req.param('id'))),
  )
  app.post('/v1/receipts/:id/feedback', async (c) => {
    const key = c.get('key')
    checkContentType(c.req.header('content-type'))
    const headers = key === undefined ? {} : rateLimit.take(key)
    const share = bodies.share()
    try {
      const body = await readJson(c.req.raw, bodyLimit, share)
      return c.json(await takeFeedback(ledger, owners, key, c.req.param('id'), body), 200, headers)
    } finally {
      share.release()
    }
  })

  app.get('/metrics', (c) =>
    c.text(metrics.render(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  )
  app.get('/healthz', (c) => {
    if (!c.get('mayKnow')) return c.json({ status: 'ok' })
    const certificates = options.certificates?.() ?? []
    const named = certificates.length === 0 ? {} : { certificates }
    return c.json({ status: 'ok', ...options.health?.(), ...named })
  })

  for (const [path, allow] of Object.entries(METHODS))
    app.all(path, () => {
      const message = `this route takes ${allow} alone`
      throw new GatewayError(405, 'method_not_allowed', message, null, { headers: { allow } })
    })

  if (page !== undefined)
    app.get('*', async (c) => {
      const file = c.req.path.startsWith('/v1/') ? undefined : await servePage(page, c.req.path)
      return file ?? c.notFound()
    })

  return Object.assign(app, { needsKey: keys?.() !== undefined })
}

const METHODS = {
  '/v1/chat/completions': 'POST',
  '/v1/responses': 'POST',
  '/v1/responses/:id': 'GET, DELETE',
  '/v1/embeddings': 'POST',
  '/v1/models': 'GET',
  '/v1/models/:id{.+}': 'GET',
  '/v1/receipts': 'GET',
  '/v1/receipts/:id': 'GET',
  '/v1/receipts/:id/feedback': 'POST',
  '/metrics': 'GET',
  '/healthz': 'GET',
}

function unknownRoute(): GatewayError {
  const message = 'there is no such route here: calls go to POST /v1/chat/completions or POST /v1/responses'
  return new GatewayError(404, 'not_found', message)
}
