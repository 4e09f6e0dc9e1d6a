/** What goes wrong with a request, the model or the ledger: its status, its code, and no prompt in it. */
import { getEventListeners } from 'node:events'
import { APICallError } from '@ai-sdk/provider'
import { LedgerError } from '@edgewise/evidence'
import { PolicyError } from 'edgewise'
import { expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import { failingModel, hello, sayingModel, textParts } from './testing/models.ts'
import { errorOf, framesOf } from './testing/responses.ts'
import { bodyOf, gatewayOf, MODEL, post } from './testing/server.ts'

test('a name that is too long is refused, in the body and in a header', async () => {
  const app = gatewayOf(hello())
  const long = 'x'.repeat(513)
  for (const [body, headers, param] of [
    [bodyOf({ user: long }), {}, 'user'],
    [bodyOf(), { 'x-edgewise-user': long }, 'x-edgewise-user'],
    [bodyOf(), { 'x-edgewise-conversation': long }, 'x-edgewise-conversation'],
  ] as const)
    expect(await errorOf(await post(app, body, headers))).toMatchObject({ code: 'invalid_request', param })
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
  const app = gatewayOf(hello(), { maxBodyBytes: 1000 })
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
  const long = bodyOf({ messages: [{ role: 'user', content: 'x'.repeat(1000) }] })
  expect(await errorOf(await post(app, long))).toMatchObject({ status: 413, code: 'body_too_large' })
  expect(await errorOf(await post(app, ''))).toMatchObject({ status: 400, code: 'invalid_request' })
})

test.each([
  ['unknown_task', 404, 'false'],
  ['context_length_exceeded', 400, 'false'],
  ['bad_option', 400, 'false'],
  ['cannot_redact', 400, 'false'],
  ['free_text_stays', 403, 'false'],
  ['redaction_failed', 502, 'false'],
  ['budget_exceeded', 429, 'false'],
  ['offline', 503, null],
  ['deadline_exceeded', 504, null],
  ['stalled', 504, null],
  ['no_answer', 502, null],
  ['cloud_failed', 502, null],
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
    const type = status === 429 ? 'rate_limit_error' : status < 500 ? 'invalid_request_error' : 'server_error'
    const message = 'what happened: what to do'
    expect(await errorOf(response)).toEqual({ status, code, type, message, param: null })
  }
})

test('a busy cloud is 429 with the time it asks for, a cloud that says no is not worth a retry', async () => {
  const failed = (fields: object): Promise<Response> | Response =>
    post(
      gatewayOf(failingModel(Object.assign(new Error('x'), { code: 'cloud_failed', ...fields }))),
      bodyOf(),
    )
  const busy = await failed({ status: 429, retryAfterMs: 1200 })
  expect(busy.status).toBe(429)
  expect(busy.headers.get('retry-after')).toBe('2')
  expect(busy.headers.get('x-should-retry')).toBeNull()
  const refused = await failed({ status: 401, retryAfterMs: 1200 })
  expect(refused.status).toBe(502)
  expect(refused.headers.get('retry-after')).toBeNull()
  expect(refused.headers.get('x-should-retry')).toBe('false')
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

test('a ledger that fails is an internal error, not a crash', async () => {
  const ledger = {
    get: () => Promise.reject(new Error('disk')),
    recent: () => Promise.reject(new Error('disk')),
    judge: () => {},
  }
  const app = gatewayOf(hello(), { ledger })
  expect(await errorOf(await app.request('/v1/receipts'))).toMatchObject({
    status: 500,
    code: 'internal_error',
  })
})

test('whatever becomes of a call, the server’s own signal keeps no listener of it', async () => {
  const closing = new AbortController()
  const headers = { 'content-type': 'application/json' }
  const app = gatewayOf(hello())
  const choice = { tool_choice: 'required' }
  for (const body of [
    bodyOf(),
    bodyOf({ stream: true }),
    bodyOf({ logprobs: true }),
    bodyOf(choice),
    bodyOf({ n: 2 }),
  ]) {
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    await (await app.request('/v1/chat/completions', init, { closing: closing.signal })).text()
  }
  expect(getEventListeners(closing.signal, 'abort')).toEqual([])
})

test('what is wrong with the server’s own files is told to whoever runs it, not to callers', async () => {
  const path = '/home/anna/edgewise'
  const broken = {
    get: () => Promise.reject(new LedgerError('ledger_corrupt', `${path}/ledger.db is damaged`)),
    recent: () => Promise.reject(new LedgerError('ledger_locked', `${path}/ledger.db is held`)),
    judge: () => {},
  }
  const problems: string[] = []
  const problem = (line: string): void => void problems.push(line)
  const { secret, key } = createKey({ name: 'a', policy: 'anna.json' })
  const issue = { path: 'tasks.internal', line: 3, column: 1, message: 'this is no task' }
  const strict = gatewayOf(hello(), {
    keys: () => [key],
    problem,
    forKey: () => {
      throw new PolicyError(`${path}/anna.json`, [issue])
    },
  })
  const headers = { authorization: `Bearer ${secret}` }
  const app = gatewayOf(hello(), { ledger: broken, problem })
  for (const [response, code] of [
    [await app.request('/v1/receipts'), 'ledger_locked'],
    [await app.request('/v1/receipts/rcpt_1'), 'ledger_corrupt'],
    [await strict.request('/v1/models', { headers }), 'bad_policy'],
    [await post(strict, bodyOf(), headers), 'bad_policy'],
  ] as const) {
    const id = response.headers.get('x-request-id')!
    const error = await errorOf(response)
    expect(error).toMatchObject({ status: 500, code, type: 'server_error' })
    expect(error.message).toContain(id)
    expect(JSON.stringify(error)).not.toMatch(/anna|internal|damaged|held/)
    expect(problems.filter((line) => line.startsWith(`${id} ${code} ${path}`))).toHaveLength(1)
  }
})

test('an error with a code nobody knows, of no call, is not told: its message may be about anything', async () => {
  const problems: string[] = []
  const error = Object.assign(new Error('secret'), { code: 'of_a_plugin' })
  const app = gatewayOf(failingModel(error), { problem: (line) => problems.push(line) })
  const answer = await errorOf(await post(app, bodyOf()))
  expect(answer).toMatchObject({ status: 500, code: 'of_a_plugin' })
  expect(JSON.stringify([answer, problems])).not.toContain('secret')
  expect(problems).toHaveLength(1)
})
