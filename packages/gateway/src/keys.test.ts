/** A gateway with keys: what needs one, what a key decides, and what one key sees of another. */
import type { Judgement } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { type ApiKey, createKey, type NewKey } from './keys/api-key.ts'
import {
  asMetadata,
  embeddingModel,
  failingModel,
  finishPart,
  hello,
  receipt,
  sayingModel,
  textParts,
} from './testing/models.ts'
import { errorOf } from './testing/responses.ts'
import { bodyOf, gatewayOf, MODEL, post } from './testing/server.ts'

const make = (options: NewKey): { key: ApiKey; headers: Record<string, string> } => {
  const { secret, key } = createKey(options)
  return { key, headers: { authorization: `Bearer ${secret}` } }
}

test('every route but /healthz needs a key, the page and what is not there too', async () => {
  const { key, headers } = make({ name: 'a' })
  const model = hello()
  const page = async (): Promise<{ body: Uint8Array; type: string }> => ({
    body: new TextEncoder().encode('<p>hi'),
    type: 'text/html',
  })
  const app = gatewayOf(model, { keys: () => [key], page, health: () => ({ device: 'ready' }) })
  const paths = [
    '/',
    '/v1/models',
    `/v1/models/${MODEL}`,
    '/v1/receipts',
    '/v1/receipts/rcpt_1',
    '/metrics',
    '/nothing',
  ]
  for (const path of paths) {
    const refused = await app.request(path)
    expect(refused.headers.get('www-authenticate')).toBe('Bearer')
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(await errorOf(refused)).toMatchObject({
      status: 401,
      code: 'invalid_api_key',
      type: 'authentication_error',
    })
  }
  const posts = ['/v1/chat/completions', '/v1/responses', '/v1/embeddings', '/v1/receipts/rcpt_1/feedback']
  for (const path of posts) expect((await post(app, bodyOf(), {}, path)).status).toBe(401)
  expect((await post(app, bodyOf(), { authorization: 'Bearer sk-other' })).status).toBe(401)
  expect(model.calls).toHaveLength(0)
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' })
  expect(await (await app.request('/healthz', { headers })).json()).toEqual({ status: 'ok', device: 'ready' })
  expect((await app.request('/', { headers })).status).toBe(200)
  expect((await app.request('/v1/models', { headers })).status).toBe(200)
  expect((await post(app, bodyOf(), headers)).status).toBe(200)
})

test('a list without keys lets nobody in, and a revoked key stops working', async () => {
  const { key, headers } = make({ name: 'a' })
  let keys: ApiKey[] = [key]
  const app = gatewayOf(hello(), { keys: () => keys })
  expect((await post(app, bodyOf(), headers)).status).toBe(200)
  keys = []
  expect((await post(app, bodyOf(), headers)).status).toBe(401)
})

test('a key has the model and the tasks that are its own', async () => {
  const [a, b] = [make({ name: 'a' }), make({ name: 'b', policy: 'strict.json' })]
  const [general, strict] = [hello(), hello()]
  const app = gatewayOf(general, {
    keys: () => [a.key, b.key],
    tasks: ['fix'],
    embeddings: [embeddingModel()],
    forKey: (key) => (key.policy === undefined ? undefined : { model: strict }),
  })
  await post(app, bodyOf(), a.headers)
  await post(app, bodyOf(), b.headers)
  await post(app, bodyOf(), b.headers)
  const embedded = (headers: Record<string, string>): Promise<Response> | Response =>
    post(app, { model: MODEL, input: 'x' }, headers, '/v1/embeddings')
  expect((await embedded(a.headers)).status).toBe(200)
  expect((await embedded(b.headers)).status).toBe(404)
  expect([general.calls.length, strict.calls.length]).toEqual([1, 2])
  const listed = async (headers: Record<string, string>): Promise<string[]> => {
    const { data } = (await (await app.request('/v1/models', { headers })).json()) as {
      data: { id: string }[]
    }
    return data.map(({ id }) => id)
  }
  expect(await listed(a.headers)).toEqual([MODEL, `${MODEL}/fix`, 'edgewise-embed'])
  expect(await listed(b.headers)).toEqual([MODEL])
})

test('beyond its rate a key is told to wait, in headers the clients know', async () => {
  const a = make({ name: 'a', requestsPerMinute: 1 })
  const b = make({ name: 'b' })
  const app = gatewayOf(hello(), { keys: () => [a.key, b.key] })
  const first = await post(app, bodyOf(), a.headers)
  expect(first.status).toBe(200)
  expect(first.headers.get('x-ratelimit-limit-requests')).toBe('1')
  expect(first.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  const second = await post(app, bodyOf(), a.headers)
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(50)
  expect(second.headers.get('x-should-retry')).toBeNull()
  expect(await errorOf(second)).toMatchObject({ status: 429, code: 'rate_limited', type: 'rate_limit_error' })
  expect((await app.request('/v1/models', { headers: a.headers })).status).toBe(200)
  expect((await post(app, bodyOf(), b.headers)).headers.get('x-ratelimit-limit-requests')).toBeNull()
})

test('the user is the key’s, else the header’s, else the body’s, and a key’s own; so is a conversation', async () => {
  const [a, b] = [make({ name: 'a', user: 'anna' }), make({ name: 'b' })]
  const model = hello()
  const app = gatewayOf(model, { keys: () => [a.key, b.key] })
  const open = gatewayOf(model)
  const header = { 'x-edgewise-user': 'header', 'x-edgewise-conversation': 'c' }
  await post(app, bodyOf({ user: 'body' }), { ...a.headers, ...header })
  await post(app, bodyOf({ user: 'body' }), { ...b.headers, ...header })
  await post(app, bodyOf(), b.headers)
  await post(open, bodyOf({ user: 'body', safety_identifier: 'new' }), { 'x-edgewise-conversation': 'c' })
  await post(open, bodyOf({ user: 'body' }))
  expect(model.calls.map((call) => call.providerOptions?.edgewise)).toEqual([
    { user: 'anna', conversation: `${a.key.id}:c` },
    { user: `${b.key.id}:header`, conversation: `${b.key.id}:c` },
    { user: b.key.id },
    { user: 'new', conversation: 'c' },
    { user: 'body' },
  ])
})

test('a receipt is seen and judged by the key that made the call, and by no other', async () => {
  const [a, b] = [make({ name: 'a' }), make({ name: 'b' })]
  const ids = ['rcpt_a1', 'rcpt_a2', 'rcpt_b1']
  const judged: string[] = []
  const receipts = new Map(ids.map((id) => [id, { ...receipt, id }]))
  const ledger = {
    get: (id: string) => receipts.get(id),
    recent: () => [...receipts.values()],
    judge: ({ receiptId }: Judgement) => void judged.push(receiptId),
  }
  let next = 0
  const model = hello()
  const app = gatewayOf(
    {
      ...model,
      async doStream() {
        const id = ids[next++]!
        const [start, , ...rest] = textParts(['x'])
        const parts = [start!, { type: 'response-metadata' as const, id }, ...rest.slice(0, -1)]
        const last = finishPart({ providerMetadata: asMetadata({ ...receipt, id }) })
        return sayingModel([...parts, last]).doStream({ prompt: [] })
      },
      async doGenerate() {
        throw Object.assign(new Error('full'), { code: 'out_of_memory', receiptId: ids[next++]! })
      },
    },
    { keys: () => [a.key, b.key], ledger },
  )
  await (await post(app, bodyOf({ stream: true }), a.headers)).text()
  await post(app, bodyOf(), a.headers)
  await (await post(app, bodyOf({ stream: true }), b.headers)).text()
  const seen = async (headers: Record<string, string>, limit = 10): Promise<string[]> => {
    const list = await app.request(`/v1/receipts?limit=${limit}`, { headers })
    return ((await list.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }
  expect(await seen(a.headers)).toEqual(['rcpt_a2', 'rcpt_a1'])
  expect(await seen(a.headers, 1)).toEqual(['rcpt_a2'])
  expect(await seen(b.headers)).toEqual(['rcpt_b1'])
  expect((await app.request('/v1/receipts/rcpt_a1', { headers: a.headers })).status).toBe(200)
  expect((await app.request('/v1/receipts/rcpt_a1', { headers: b.headers })).status).toBe(404)
  const feedback = async (headers: Record<string, string>): Promise<number> =>
    (await post(app, { correct: true }, headers, '/v1/receipts/rcpt_a1/feedback')).status
  expect(await feedback(b.headers)).toBe(404)
  expect(judged).toEqual([])
  expect(await feedback(a.headers)).toBe(200)
  expect(judged).toEqual(['rcpt_a1'])
})

test('no key and no header of one is in the log, in an error or among the metrics', async () => {
  const lines: string[] = []
  const a = make({ name: 'a' })
  const secret = a.headers.authorization!.slice('Bearer '.length)
  const model = failingModel(new TypeError('x'))
  const app = gatewayOf(model, { keys: () => [a.key], log: (line) => lines.push(line) })
  const failed = await (await post(app, bodyOf(), a.headers)).text()
  const refused = await (await post(app, bodyOf(), { authorization: `Bearer x${secret}` })).text()
  const metrics = await (await app.request('/metrics', { headers: a.headers })).text()
  expect([...lines, failed, refused, metrics].join('\n')).not.toContain(secret)
  expect(lines.some((line) => line.endsWith(`key:${a.key.id}`))).toBe(true)
})

test('a list of receipts counts towards the rate, as it may be a thousand reads', async () => {
  const a = make({ name: 'a', requestsPerMinute: 2 })
  const app = gatewayOf(hello(), { keys: () => [a.key] })
  expect((await post(app, bodyOf(), a.headers)).status).toBe(200)
  const list = await app.request('/v1/receipts', { headers: a.headers })
  expect(list.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  expect((await app.request('/v1/receipts', { headers: a.headers })).status).toBe(429)
  expect((await app.request('/v1/receipts/rcpt_1', { headers: a.headers })).status).toBe(200)
})

test('without a list of keys none is needed; from the first one on it is', async () => {
  const a = make({ name: 'a' })
  let keys: ApiKey[] | undefined
  const app = gatewayOf(hello(), { keys: () => keys, health: () => ({ device: 'ready' }) })
  expect(app.needsKey).toBe(false)
  expect((await post(app, bodyOf())).status).toBe(200)
  expect((await post(app, bodyOf(), { host: 'evil.example' })).status).toBe(403)
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok', device: 'ready' })
  keys = [a.key]
  expect((await post(app, bodyOf())).status).toBe(401)
  expect((await post(app, bodyOf(), a.headers)).status).toBe(200)
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok' })
})
