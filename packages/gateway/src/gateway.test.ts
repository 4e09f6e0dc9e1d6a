/** The gateway around the completion: its other routes, who may call it, the page and the log. */
import { expect, test } from 'vitest'
import { embeddingModel, hello, receipt } from './testing/models.ts'
import { errorOf } from './testing/responses.ts'
import { bodyOf, gatewayOf, MODEL, post } from './testing/server.ts'

test('models and receipts can be listed and read', async () => {
  const app = gatewayOf(hello())
  const model = { id: MODEL, object: 'model', created: 1_767_225_600, owned_by: 'edgewise' }
  expect(await (await app.request('/v1/models')).json()).toEqual({ object: 'list', data: [model] })
  expect(await (await app.request(`/v1/models/${MODEL}`)).json()).toEqual(model)
  expect(await (await app.request('/v1/receipts/rcpt_1')).json()).toEqual(receipt)
  expect(await (await app.request('/v1/receipts?limit=1')).json()).toEqual({
    object: 'list',
    data: [receipt],
  })
  expect((await errorOf(await app.request('/v1/receipts/nobody'))).code).toBe('receipt_not_found')
  for (const limit of ['0', '-1', 'ten', '1001', '1e3', ''])
    expect(await errorOf(await app.request(`/v1/receipts?limit=${limit}`))).toMatchObject({
      status: 400,
      param: 'limit',
    })
})

test('a model id may have slashes', async () => {
  const app = gatewayOf(hello(), { models: [{ id: 'org/model' }] })
  for (const path of ['/v1/models/org/model', '/v1/models/org%2Fmodel'])
    expect(await (await app.request(path)).json()).toMatchObject({ id: 'org/model' })
})

test('each task is listed as a model, and so is the embedding model', async () => {
  const app = gatewayOf(hello(), { tasks: ['fix', 'json'], embeddings: [embeddingModel()] })
  const { data } = (await (await app.request('/v1/models')).json()) as { data: { id: string }[] }
  expect(data.map(({ id }) => id)).toEqual([MODEL, `${MODEL}/fix`, `${MODEL}/json`, 'edgewise-embed'])
  expect(await (await app.request(`/v1/models/${MODEL}/fix`)).json()).toMatchObject({ id: `${MODEL}/fix` })
})

test('health is ok and what the host adds', async () => {
  const app = gatewayOf(hello(), { health: () => ({ device: 'ready' }) })
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok', device: 'ready' })
})

test('unknown routes are 404, wrong methods 405', async () => {
  const app = gatewayOf(hello())
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['POST', '/v1/completions'],
  ] as const)
    expect(await errorOf(await app.request(path, { method }))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
  for (const [method, path, allow] of [
    ['GET', '/v1/chat/completions', 'POST'],
    ['OPTIONS', '/v1/chat/completions', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['DELETE', `/v1/models/${MODEL}`, 'GET'],
    ['DELETE', '/v1/receipts/rcpt_1', 'GET'],
    ['PUT', '/healthz', 'GET'],
    ['POST', '/metrics', 'GET'],
    ['GET', '/v1/responses', 'POST'],
    ['POST', '/v1/responses/resp_1', 'GET, DELETE'],
    ['GET', '/v1/embeddings', 'POST'],
  ] as const) {
    const response = await app.request(path, { method })
    expect(response.headers.get('allow')).toBe(allow)
    expect(await errorOf(response)).toMatchObject({ status: 405, code: 'method_not_allowed' })
  }
})

test('a foreign host, a foreign page and another content type are refused before the model runs', async () => {
  const model = hello()
  const app = gatewayOf(model)
  const rebound = await post(app, bodyOf(), { host: 'evil.example:8787' })
  expect(await errorOf(rebound)).toMatchObject({ status: 403, code: 'forbidden_host' })
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:9'])
    expect(await errorOf(await post(app, bodyOf(), { host: '127.0.0.1:8787', origin }))).toMatchObject({
      status: 403,
      code: 'forbidden_origin',
    })
  const typed = await post(app, bodyOf(), { 'content-type': 'text/plain' })
  expect(await errorOf(typed)).toMatchObject({ status: 415, code: 'unsupported_media_type' })
  expect(typed.headers.get('x-request-id')).toMatch(/^req_/)
  expect(model.calls).toHaveLength(0)

  const own = { host: '127.0.0.1:8787', origin: 'http://127.0.0.1:8787' }
  const same = await post(app, bodyOf(), own)
  expect(same.status).toBe(200)
  expect([...same.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test('the page is served isolated and under a policy, and never in place of the API', async () => {
  const asked: string[] = []
  const page = async (path: string): Promise<{ body: Uint8Array; type: string } | undefined> => {
    asked.push(path)
    return path === '/' ? { body: new TextEncoder().encode('<p>hi'), type: 'text/html' } : undefined
  }
  const app = gatewayOf(hello(), { page })
  const response = await app.request('/')
  expect(await response.text()).toBe('<p>hi')
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/html',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'x-request-id': expect.any(String),
  })
  expect((await app.request('/none.js')).status).toBe(404)
  expect((await app.request('/v1/none')).status).toBe(404)
  expect((await app.request('/', { method: 'POST' })).status).toBe(404)
  expect(asked).toEqual(['/', '/none.js'])
})

test('the log has a line a request, without query or prompt', async () => {
  const lines: string[] = []
  const app = gatewayOf(hello(), { log: (line) => lines.push(line) })
  await post(app, bodyOf({ messages: [{ role: 'user', content: 'secret' }] }))
  await app.request('/healthz?secret')
  expect(lines).toEqual([
    expect.stringMatching(/^POST \/v1\/chat\/completions 200 [\d.]+ms req_[0-9a-f]{32} rcpt_1 device$/),
    expect.stringMatching(/^GET \/healthz 200 [\d.]+ms req_[0-9a-f]{32}$/),
  ])
})
