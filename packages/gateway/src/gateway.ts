/**
 * The gateway as a web-standard app: OpenAI's chat completions in front of one AI SDK model, and the receipts of its
 * calls. It runs on Request and Response alone; `serveGateway` puts it on a socket. The model writes its receipts into
 * the ledger itself; the gateway only reads them.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import type { Ledger } from '@edgewise/evidence'
import { type Context, Hono } from 'hono'
import { headerSafe } from './chat/call-facts.ts'
import { chat, modelNotFound } from './chat/chat.ts'
import { GatewayError, invalidRequest } from './http/gateway-error.ts'
import { checkContentType, checkHost, checkOrigin } from './http/guard.ts'
import { readJson } from './http/read-json.ts'
import { type ErrorBody, toHttpError } from './http/to-http-error.ts'
import { originOf } from './http/unexpected.ts'
import { type Page, servePage } from './page.ts'

export interface GatewayOptions {
  /** Answers the calls. Its `providerMetadata.edgewise` becomes the `x-edgewise-*` headers. */
  readonly model: LanguageModelV4
  /** Where the model writes its receipts. */
  readonly ledger: Ledger
  /** The names a request may call the model by. `created` is in seconds since 1970. */
  readonly models: readonly { readonly id: string; readonly created?: number }[]
  /** Fields to add to the answer of GET /healthz. */
  readonly health?: () => object
  /** Takes a line a request, and a line when a stream breaks. Never a prompt, never an answer. */
  readonly log?: (line: string) => void
  /** The web page, at / and below; without it those paths are 404. */
  readonly page?: Page
}

/** What the server tells the app with each request. */
export interface GatewayBindings {
  /** The name or address the server is bound to. */
  readonly host?: string
  /** Aborted when the server closes, with the error to answer. */
  readonly closing?: AbortSignal
}

export interface GatewayEnv {
  Bindings: GatewayBindings
  Variables: { requestId: string }
}

export type Gateway = Hono<GatewayEnv>

type GatewayContext = Context<GatewayEnv>

const RECEIPTS_DEFAULT = 50
const RECEIPTS_MAX = 1000

/** The app. Errors it foresees are answered in OpenAI's shape; it throws none. */
export function createGateway(options: GatewayOptions): Gateway {
  const { model, ledger, page } = options
  const log = options.log ?? (() => {})
  const created = Math.floor(Date.now() / 1000)
  const models = options.models.map((entry) => ({
    id: entry.id,
    object: 'model' as const,
    created: entry.created ?? created,
    owned_by: 'edgewise',
  }))
  const modelIds = models.map((entry) => entry.id)

  /** The error as a response; where an unexpected one came from goes into the log. */
  const fail = (error: unknown, requestId: string): { body: ErrorBody; response: Response } => {
    const { status, body, headers, unexpected } = toHttpError(error, requestId)
    if (unexpected) log(`${requestId} internal_error ${originOf(error)}`)
    return { body, response: Response.json(body, { status, headers }) }
  }

  const app: Gateway = new Hono<GatewayEnv>()
  app.onError((error, c) => fail(error, c.get('requestId')).response)
  app.notFound((c) => fail(unknownRoute(c), c.get('requestId')).response)

  app.use(async (c, next) => {
    const requestId = `req_${crypto.randomUUID().replaceAll('-', '')}`
    c.set('requestId', requestId)
    const start = performance.now()
    await next()
    finishHeaders(c, requestId)
    log(accessLine(c, requestId, performance.now() - start))
  })

  app.use(async (c, next) => {
    const host = c.req.header('host') ?? new URL(c.req.url).host
    checkHost(host, c.env?.host)
    if (c.req.method === 'POST') checkOrigin(c.req.header('origin'), host)
    await next()
  })

  app.post('/v1/chat/completions', async (c) => {
    checkContentType(c.req.header('content-type'))
    const requestId = c.get('requestId')
    return chat({
      model,
      modelIds,
      body: await readJson(c.req.raw),
      // An empty header is a task without a name, which the router refuses: it must not become the default rule.
      task: c.req.header('x-edgewise-task'),
      requestId,
      client: c.req.raw.signal,
      closing: c.env?.closing,
      onStreamError: (error) => {
        const { body } = fail(error, requestId)
        log(`${requestId} stream broke: ${body.error.code}`)
        return body
      },
    })
  })

  app.get('/v1/models', (c) => c.json({ object: 'list', data: models }))

  app.get('/v1/models/:id{.+}', (c) => {
    const found = models.find((entry) => entry.id === c.req.param('id'))
    if (found === undefined) throw modelNotFound(modelIds, null)
    return c.json(found)
  })

  app.get('/v1/receipts', async (c) => {
    const limit = toLimit(c.req.query('limit'))
    return c.json({ object: 'list', data: await ledger.recent(limit) })
  })

  app.get('/v1/receipts/:id', async (c) => {
    const receipt = await ledger.get(c.req.param('id'))
    if (receipt !== undefined) return c.json(receipt)
    const message = 'there is no such receipt: it is older than the ledger keeps, or of another server'
    throw new GatewayError(404, 'receipt_not_found', message)
  })

  app.get('/healthz', (c) => c.json({ status: 'ok', ...options.health?.() }))

  const methods = {
    '/v1/chat/completions': 'POST',
    '/v1/models': 'GET',
    '/v1/models/:id{.+}': 'GET',
    '/v1/receipts': 'GET',
    '/v1/receipts/:id': 'GET',
    '/healthz': 'GET',
  }
  for (const [path, allow] of Object.entries(methods))
    app.all(path, (c) => {
      const error = new GatewayError(405, 'method_not_allowed', `this route takes ${allow} alone`)
      const { response } = fail(error, c.get('requestId'))
      response.headers.set('allow', allow)
      return response
    })

  if (page !== undefined)
    app.get('*', async (c) => {
      const file = c.req.path.startsWith('/v1/') ? undefined : await servePage(page, c.req.path)
      return file ?? c.notFound()
    })

  return app
}

function unknownRoute(c: GatewayContext): GatewayError {
  const message =
    c.req.path === '/v1/responses'
      ? 'the Responses API is not served here: use POST /v1/chat/completions'
      : 'there is no such route here: calls go to POST /v1/chat/completions'
  return new GatewayError(404, 'not_found', message)
}

/** Headers of every response. Other origins can neither read nor embed it, and no cache keeps an answer. */
function finishHeaders(c: GatewayContext, requestId: string): void {
  const { headers } = c.res
  headers.set('x-request-id', requestId)
  headers.set('x-content-type-options', 'nosniff')
  headers.set('cross-origin-resource-policy', 'same-origin')
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
}

/** Method, path without its query, status, time to the headers in ms, ids. */
function accessLine(c: GatewayContext, requestId: string, ms: number): string {
  const { headers, status } = c.res
  const call = ['x-edgewise-receipt', 'x-edgewise-place'].map((name) => headers.get(name)).filter(Boolean)
  return [
    c.req.method,
    headerSafe(c.req.path.slice(0, 200)),
    status,
    `${ms.toFixed(1)}ms`,
    requestId,
    ...call,
  ].join(' ')
}

/** @throws GatewayError `invalid_request` */
function toLimit(text: string | undefined): number {
  if (text === undefined) return RECEIPTS_DEFAULT
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > RECEIPTS_MAX)
    throw invalidRequest(`limit must be a whole number from 1 to ${RECEIPTS_MAX}`, 'limit')
  return limit
}
