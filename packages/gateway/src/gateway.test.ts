import { APICallError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import type { ErrorBody } from './http/to-http-error.ts'
import { failingModel, finishPart, receipt, sayingModel, textParts, toolParts } from './testing/models.ts'
import { bodyOf, gatewayOf, MODEL, post } from './testing/server.ts'

const hello = (): ReturnType<typeof sayingModel> => sayingModel(textParts(['Hel', 'lo', '!']))

async function errorOf(response: Response): Promise<ErrorBody['error'] & { status: number }> {
  const { error } = (await response.json()) as ErrorBody
  return { ...error, status: response.status }
}

/** The JSON of each frame; `[DONE]` as a string. */
async function framesOf(response: Response): Promise<unknown[]> {
  const text = await response.text()
  const data = text.split('\n\n').filter((frame) => frame !== '')
  return data.map((frame) => {
    expect(frame).toMatch(/^data: /)
    return frame === 'data: [DONE]' ? '[DONE]' : JSON.parse(frame.slice(6))
  })
}

test('a completion has the exact shape and the receipt in its headers', async () => {
  const response = await post(gatewayOf(hello()), bodyOf())
  expect(response.status).toBe(200)
  expect(await response.json()).toEqual({
    id: 'chatcmpl-rcpt_1',
    object: 'chat.completion',
    created: expect.any(Number),
    model: 'edgewise-mini',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'Hello!', refusal: null },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: 7,
      completion_tokens: 3,
      total_tokens: 10,
      prompt_tokens_details: { cached_tokens: 4 },
    },
    edgewise: { receipt: 'rcpt_1' },
  })
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'x-request-id': expect.stringMatching(/^req_[0-9a-f]{32}$/),
    'x-edgewise-receipt': 'rcpt_1',
    'x-edgewise-place': 'device',
    'x-edgewise-task': 'summary',
    'x-edgewise-model': 'edgewise-mini',
    'x-edgewise-why': 'the task may stay \\u2013 the \\u201cdevice\\u201d is ready',
    'x-edgewise-cost-usd': '0',
    'x-edgewise-avoided-usd': '0.00012',
    'x-edgewise-bytes-out': '0',
    'x-edgewise-ms': '12.3',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
})

test('what nobody knows is absent: no header, no usage', async () => {
  const unknown = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined }
  const usage = { inputTokens: unknown, outputTokens: { total: 1, text: 1, reasoning: undefined } }
  const bare = { ...receipt, costUsd: null, avoidedUsd: null }
  const parts = textParts(['x'], {
    usage,
    providerMetadata: { edgewise: JSON.parse(JSON.stringify(bare)) },
  })
  const response = await post(gatewayOf(sayingModel(parts)), bodyOf())
  expect(response.headers.has('x-edgewise-cost-usd')).toBe(false)
  expect(response.headers.has('x-edgewise-avoided-usd')).toBe(false)
  expect(await response.json()).not.toHaveProperty('usage')
})

test('a model that says nothing of edgewise still answers', async () => {
  const response = await post(
    gatewayOf(sayingModel([finishPart({ providerMetadata: {} })])),
    bodyOf({ stream: false }),
  )
  expect(response.status).toBe(200)
  const body = (await response.json()) as { id: string; model: string; edgewise: object }
  expect(body.id).toBe(`chatcmpl-${response.headers.get('x-request-id')}`)
  expect(body.model).toBe(MODEL)
  expect(body.edgewise).toEqual({})
})

test('the data of the task is in the body', async () => {
  const metadata = { edgewise: { ...JSON.parse(JSON.stringify(receipt)), data: { label: 'spam' } } }
  const app = gatewayOf(sayingModel(textParts(['spam'], { providerMetadata: metadata })))
  const whole = (await (await post(app, bodyOf())).json()) as { edgewise: object }
  expect(whole.edgewise).toEqual({ receipt: 'rcpt_1', data: { label: 'spam' } })
  const frames = (await framesOf(await post(app, bodyOf({ stream: true })))) as { edgewise?: object }[]
  expect(frames.filter((frame) => frame.edgewise)).toEqual([
    expect.objectContaining({ edgewise: { receipt: 'rcpt_1', data: { label: 'spam' } } }),
  ])
})

test('a stream has role, text, finish_reason and [DONE], and the place in its headers', async () => {
  const response = await post(gatewayOf(hello()), bodyOf({ stream: true }))
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'x-edgewise-receipt': 'rcpt_1',
    'x-edgewise-place': 'device',
    'x-edgewise-task': 'summary',
    'x-edgewise-model': 'edgewise-mini',
    'x-edgewise-why': expect.stringContaining('the task may stay'),
  })
  const envelope = {
    id: 'chatcmpl-rcpt_1',
    object: 'chat.completion.chunk',
    created: expect.any(Number),
    model: 'edgewise-mini',
  }
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    ...envelope,
    choices: [{ index: 0, delta, finish_reason, logprobs: null }],
  })
  expect(await framesOf(response)).toEqual([
    chunk({ role: 'assistant', content: 'Hel' }),
    chunk({ content: 'lo' }),
    chunk({ content: '!' }),
    { ...chunk({}, 'stop'), edgewise: { receipt: 'rcpt_1' } },
    '[DONE]',
  ])
})

test('usage is a last chunk without choices, only when asked for', async () => {
  const body = bodyOf({ stream: true, stream_options: { include_usage: true } })
  const frames = (await framesOf(await post(gatewayOf(hello()), body))) as { choices: []; usage: object }[]
  const last = frames.at(-2)!
  expect(last.choices).toEqual([])
  expect(last.usage).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 })
  expect(frames.slice(0, -2).map((frame) => frame.usage)).toEqual([null, null, null, null])
})

test('logprobs come with each token, in both modes, and null where the place has none', async () => {
  const token = (text: string, logprob: number): object => ({
    token: text,
    logprob,
    bytes: [...new TextEncoder().encode(text)],
    top_logprobs: [],
  })
  const app = gatewayOf(sayingModel(textParts(['Zaż', 'ółć'])))
  const whole = await post(app, bodyOf({ logprobs: true }))
  const body = (await whole.json()) as { choices: [{ logprobs: object; message: { content: string } }] }
  expect(body.choices[0].message.content).toBe('Zażółć')
  expect(body.choices[0].logprobs).toEqual({
    content: [token('Zaż', -0.1), token('ółć', -0.2)],
    refusal: null,
  })
  expect(whole.headers.get('x-edgewise-ms')).toBe('12.3')
  const frames = (await framesOf(await post(app, bodyOf({ logprobs: true, stream: true })))) as {
    choices: [{ logprobs: object }]
  }[]
  expect(frames.slice(0, 3).map((frame) => frame.choices[0].logprobs)).toEqual([
    { content: [token('Zaż', -0.1)], refusal: null },
    { content: [token('ółć', -0.2)], refusal: null },
    null,
  ])
  const silent = gatewayOf(sayingModel([{ type: 'text-delta', id: 't', delta: 'x' }, finishPart()]))
  const none = (await (await post(silent, bodyOf({ logprobs: true }))).json()) as typeof body
  expect(none.choices[0].logprobs).toBeNull()
})

test('the task comes from its header alone', async () => {
  const model = hello()
  const app = gatewayOf(model)
  await post(app, bodyOf({ task: 'body', metadata: { task: 'meta' } }), { 'x-edgewise-task': 'summary' })
  await post(app, bodyOf({ task: 'body' }))
  expect(model.calls.map((call) => call.providerOptions)).toEqual([
    { edgewise: { task: 'summary' } },
    undefined,
  ])
})

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

test('health is ok and what the host adds', async () => {
  const app = gatewayOf(hello(), { health: () => ({ device: 'ready' }) })
  expect(await (await app.request('/healthz')).json()).toEqual({ status: 'ok', device: 'ready' })
})

test('an unknown model is told which there are', async () => {
  const app = gatewayOf(hello())
  for (const response of [
    await post(app, bodyOf({ model: 'gpt-9' })),
    await app.request('/v1/models/gpt-9'),
  ]) {
    const error = await errorOf(response)
    expect(error).toMatchObject({ status: 404, code: 'model_not_found', type: 'invalid_request_error' })
    expect(error.message).toContain(MODEL)
  }
})

test('a body that is not JSON, not UTF-8 or too long is refused without being quoted', async () => {
  const app = gatewayOf(hello())
  const broken = await post(app, '{"messages": "my secret prompt')
  const error = await errorOf(broken)
  expect(error).toMatchObject({ status: 400, code: 'invalid_request', param: null })
  expect(error.message).not.toContain('secret')
  expect(broken.headers.get('x-should-retry')).toBe('false')
  const bytes = await app.request('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: new Uint8Array([0x22, 0xff, 0x22]),
  })
  expect(await errorOf(bytes)).toMatchObject({ status: 400, code: 'invalid_request' })
  const long = bodyOf({ messages: [{ role: 'user', content: 'x'.repeat(4 * 1024 * 1024) }] })
  expect(await errorOf(await post(app, long))).toMatchObject({ status: 413, code: 'body_too_large' })
  expect(await errorOf(await post(app, ''))).toMatchObject({ status: 400, code: 'invalid_request' })
})

test.each([
  ['unknown_task', 400, 'false'],
  ['context_length_exceeded', 400, 'false'],
  ['bad_option', 400, 'false'],
  ['cloud_unavailable', 503, null],
  ['cloud_broken', 502, null],
  ['out_of_memory', 503, 'false'],
  ['device_unavailable', 503, 'false'],
  ['bad_gguf', 500, 'false'],
])('a model error %s is %i', async (code, status, retry) => {
  const error = Object.assign(new Error('what happened: what to do'), { code, receiptId: 'rcpt_7' })
  for (const stream of [false, true]) {
    const response = await post(gatewayOf(failingModel(error)), bodyOf({ stream }))
    expect(response.headers.get('x-should-retry')).toBe(retry)
    expect(response.headers.get('x-edgewise-receipt')).toBe('rcpt_7')
    const type = status < 500 ? 'invalid_request_error' : 'server_error'
    const message = 'what happened: what to do'
    expect(await errorOf(response)).toEqual({ status, code, type, message, param: null })
  }
})

test("a cloud's own refusal is 502 and not worth a retry, its overload is", async () => {
  for (const [statusCode, retry] of [
    [401, 'false'],
    [429, null],
  ] as const) {
    const error = new APICallError({
      message: 'wrong key sk-secret',
      url: 'http://127.0.0.1/secret',
      requestBodyValues: { prompt: 'secret' },
      statusCode,
    })
    const response = await post(gatewayOf(failingModel(error)), bodyOf())
    expect(response.headers.get('x-should-retry')).toBe(retry)
    const answer = await errorOf(response)
    expect(answer).toMatchObject({ status: 502, code: 'cloud_error', type: 'server_error' })
    expect(answer.message).toContain(String(statusCode))
    expect(answer.message).not.toContain('secret')
  }
})

test.each([
  new TypeError('my secret prompt'),
  Object.assign(new Error('my secret prompt'), { code: 'ERR_X' }),
  'my secret prompt',
  null,
])('an unexpected error (%#) names the request and neither answers nor logs a prompt', async (thrown) => {
  const lines: string[] = []
  const app = gatewayOf(failingModel(thrown), { log: (line) => lines.push(line) })
  for (const stream of [false, true]) {
    const response = await post(app, bodyOf({ stream, messages: [{ role: 'user', content: 'secret' }] }))
    const id = response.headers.get('x-request-id')!
    const error = await errorOf(response)
    expect(error).toMatchObject({ status: 500, code: 'internal_error', type: 'server_error' })
    expect(error.message).toContain(id)
    expect(JSON.stringify(error)).not.toMatch(/secret| at /)
    expect(lines.some((line) => line.startsWith(`${id} internal_error`))).toBe(true)
  }
  expect(lines.join('\n')).not.toContain('secret')
})

test('an error before the first output has a status, after it a frame and no [DONE]', async () => {
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = textParts(['Hel', 'lo'])
  const early = [...parts.slice(0, 3), { type: 'error' as const, error: broken }]
  const before = await post(gatewayOf(sayingModel(early)), bodyOf({ stream: true }))
  expect(await errorOf(before)).toMatchObject({ status: 502, code: 'cloud_broken' })

  const lines: string[] = []
  const late = [...parts.slice(0, 4), { type: 'error' as const, error: broken }]
  const app = gatewayOf(sayingModel(late), { log: (line) => lines.push(line) })
  const after = await post(app, bodyOf({ stream: true }))
  expect(after.status).toBe(200)
  const frames = await framesOf(after)
  expect(frames).toHaveLength(2)
  expect(frames[1]).toEqual({
    error: { message: 'the cloud broke off', type: 'server_error', code: 'cloud_broken', param: null },
  })
  expect(lines.some((line) => line.endsWith('stream broke: cloud_broken'))).toBe(true)
})

test('a stream without an end is an error in both modes, never a finished text', async () => {
  const cut = textParts(['Hel', 'lo']).slice(0, -1)
  const frames = await framesOf(await post(gatewayOf(sayingModel(cut)), bodyOf({ stream: true })))
  expect(frames.at(-1)).toMatchObject({ error: { code: 'incomplete_answer' } })
  const interrupted = textParts(['Hel'], { finishReason: { unified: 'interrupted', raw: undefined } })
  const whole = await post(gatewayOf(sayingModel(interrupted)), bodyOf())
  expect(await errorOf(whole)).toMatchObject({ status: 502, code: 'incomplete_answer' })
  const collected = await post(gatewayOf(sayingModel(cut)), bodyOf({ logprobs: true }))
  expect(await errorOf(collected)).toMatchObject({ status: 502, code: 'incomplete_answer' })
})

test('tool calls go both ways', async () => {
  const model = sayingModel(toolParts())
  const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }
  const call = { id: 'call_0', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } }
  const messages = [
    { role: 'user', content: 'weather?' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_0', content: 'rain' },
  ]
  const response = await post(gatewayOf(model), bodyOf({ messages, tools: [weather], tool_choice: 'auto' }))
  const body = (await response.json()) as { choices: [object] }
  expect(body.choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Kraków"}' } },
      ],
    },
  })
  expect(model.calls[0]!.tools).toEqual([
    { type: 'function', name: 'weather', inputSchema: { type: 'object' } },
  ])
  expect(model.calls[0]!.prompt.slice(1)).toEqual([
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: 'call_0', toolName: 'weather', input: { city: 'Oslo' } }],
    },
    {
      role: 'tool',
      content: [
        {
          type: 'tool-result',
          toolCallId: 'call_0',
          toolName: 'weather',
          output: { type: 'text', value: 'rain' },
        },
      ],
    },
  ])
})

test('unknown routes are 404, wrong methods 405, and the Responses API is pointed to chat completions', async () => {
  const app = gatewayOf(hello())
  for (const [method, path] of [
    ['GET', '/'],
    ['GET', '/v1/nothing'],
    ['POST', '/v1/embeddings'],
  ] as const)
    expect(await errorOf(await app.request(path, { method }))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
  const responses = await errorOf(await app.request('/v1/responses', { method: 'POST' }))
  expect(responses.status).toBe(404)
  expect(responses.message).toContain('/v1/chat/completions')
  for (const [method, path, allow] of [
    ['GET', '/v1/chat/completions', 'POST'],
    ['OPTIONS', '/v1/chat/completions', 'POST'],
    ['POST', '/v1/models', 'GET'],
    ['DELETE', `/v1/models/${MODEL}`, 'GET'],
    ['DELETE', '/v1/receipts/rcpt_1', 'GET'],
    ['PUT', '/healthz', 'GET'],
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

test('a ledger that fails is an internal error, not a crash', async () => {
  const ledger = {
    put: () => {},
    get: () => Promise.reject(new Error('disk')),
    recent: () => Promise.reject(new Error('disk')),
  }
  const app = gatewayOf(hello(), { ledger })
  expect(await errorOf(await app.request('/v1/receipts'))).toMatchObject({
    status: 500,
    code: 'internal_error',
  })
})
