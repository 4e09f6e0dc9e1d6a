/** The Responses API around its conversion: the exact shape, the frames, what is kept and for whom. */
import { expect, test } from 'vitest'
import { createKey } from './keys/api-key.ts'
import { hello, sayingModel, textParts, thinkingParts } from './testing/models.ts'
import { errorOf } from './testing/responses.ts'
import { gatewayOf, MODEL, post } from './testing/server.ts'

const bodyOf = (changes: object = {}): object => ({ model: MODEL, input: 'hi', ...changes })
const ask = (
  app: ReturnType<typeof gatewayOf>,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> | Response => post(app, body, headers, '/v1/responses')

test('a response has the exact shape, every field of Open Responses, and the receipt in its headers', async () => {
  const response = await ask(gatewayOf(hello()), bodyOf())
  expect(response.status).toBe(200)
  expect(response.headers.get('x-edgewise-receipt')).toBe('rcpt_1')
  expect(await response.json()).toEqual({
    id: 'resp_rcpt_1',
    object: 'response',
    created_at: expect.any(Number),
    completed_at: expect.any(Number),
    status: 'completed',
    incomplete_details: null,
    error: null,
    model: 'edgewise-mini',
    instructions: null,
    previous_response_id: null,
    output: [
      {
        type: 'message',
        id: 'msg_rcpt_1_0',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello!', annotations: [], logprobs: [] }],
      },
    ],
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    max_tool_calls: null,
    text: { format: { type: 'text' } },
    temperature: 1,
    top_p: 1,
    presence_penalty: 0,
    frequency_penalty: 0,
    top_logprobs: 0,
    max_output_tokens: null,
    reasoning: null,
    truncation: 'disabled',
    store: false,
    background: false,
    service_tier: 'default',
    metadata: {},
    user: null,
    safety_identifier: null,
    prompt_cache_key: null,
    usage: {
      input_tokens: 7,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens: 3,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 10,
    },
    edgewise: { receipt: 'rcpt_1' },
  })
})

test('what was asked is said back, and reaches the model', async () => {
  const model = hello()
  const schema = { type: 'object', properties: { a: { type: 'string' } } }
  const asked = {
    instructions: 'be brief',
    tools: [
      { type: 'function', name: 'f', parameters: { type: 'object' } },
      { type: 'function', name: 'g' },
    ],
    tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
    text: { format: { type: 'json_schema', name: 'x', schema, strict: true } },
    max_output_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    reasoning: { effort: 'low' },
    metadata: { a: 'b' },
    safety_identifier: 'me',
  }
  const body = (await (await ask(gatewayOf(model), bodyOf(asked))).json()) as object
  expect(body).toMatchObject({
    instructions: 'be brief',
    tool_choice: asked.tool_choice,
    text: { format: { type: 'json_schema', name: 'x', strict: true } },
    max_output_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    reasoning: { effort: 'low', summary: null },
    metadata: { a: 'b' },
    safety_identifier: 'me',
  })
  const { abortSignal: _, ...options } = model.calls[0]!
  expect(options).toEqual({
    prompt: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    ],
    tools: [{ type: 'function', name: 'f', inputSchema: { type: 'object' } }],
    toolChoice: { type: 'auto' },
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.5,
    reasoning: 'low',
    responseFormat: { type: 'json', name: 'x', schema },
    providerOptions: { edgewise: { user: 'me' } },
  })
})

test('a stream is named events and [DONE], an error in its middle is an event, a failed response and no [DONE]', async () => {
  const whole = await (await ask(gatewayOf(hello()), bodyOf({ stream: true }))).text()
  expect(whole).toMatch(/^event: response\.created\ndata: \{"type":"response\.created",/)
  expect(whole).toMatch(/\n\nevent: response\.completed\ndata: [^\n]+\n\ndata: \[DONE\]\n\n$/)
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  const cut = await (await ask(gatewayOf(sayingModel(parts)), bodyOf({ stream: true }))).text()
  expect(cut).toMatch(/\nevent: error\ndata: [^\n]+\n\nevent: response\.failed\ndata: [^\n]+\n\n$/)
  expect(cut).not.toContain('[DONE]')
})

test('an error before the first output has a status', async () => {
  const broken = Object.assign(new Error('x'), { code: 'cloud_broken' })
  const parts = [...textParts([]).slice(0, 2), { type: 'error' as const, error: broken }]
  expect(await errorOf(await ask(gatewayOf(sayingModel(parts)), bodyOf({ stream: true })))).toMatchObject({
    status: 502,
    code: 'cloud_broken',
  })
})

test('whole and streamed answers are the same response', async () => {
  for (const parts of [
    thinkingParts(),
    textParts(['a', 'b'], { finishReason: { unified: 'length', raw: undefined } }),
  ]) {
    const app = gatewayOf(sayingModel(parts))
    const whole = (await (await ask(app, bodyOf())).json()) as object
    const stream = await (await ask(app, bodyOf({ stream: true }))).text()
    const last = stream
      .split('\n\n')
      .at(-3)!
      .replace(/^event: [^\n]+\ndata: /, '')
    expect(JSON.parse(last).response).toEqual({
      ...whole,
      created_at: expect.any(Number),
      ...('completed_at' in whole && whole.completed_at !== null ? { completed_at: expect.any(Number) } : {}),
    })
  }
})

test('nothing is kept unless it is asked for: then a conversation goes on, and can be forgotten', async () => {
  const model = hello()
  const app = gatewayOf(model)
  const first = (await (await ask(app, bodyOf())).json()) as { id: string; store: boolean }
  expect(first.store).toBe(false)
  const refused = await errorOf(await ask(app, bodyOf({ previous_response_id: first.id })))
  expect(refused).toMatchObject({ status: 404, code: 'response_not_found', param: 'previous_response_id' })
  expect(refused.message).toContain('store: true')

  const kept = (await (await ask(app, bodyOf({ store: true }))).json()) as { id: string; store: boolean }
  expect(kept.store).toBe(true)
  await ask(app, bodyOf({ input: 'and?', previous_response_id: kept.id, instructions: 'be brief' }))
  expect(model.calls.at(-1)!.prompt).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'Hello!' }] },
    { role: 'user', content: [{ type: 'text', text: 'and?' }] },
  ])
  const path = `/v1/responses/${kept.id}`
  expect(await (await app.request(path)).json()).toMatchObject({ id: kept.id, status: 'completed' })
  expect(await (await app.request(path, { method: 'DELETE' })).json()).toEqual({
    id: kept.id,
    object: 'response',
    deleted: true,
  })
  expect((await app.request(path)).status).toBe(404)
})

test('a kept response is seen by the key that made it alone', async () => {
  const [a, b] = [createKey({ name: 'a' }), createKey({ name: 'b' })]
  const app = gatewayOf(hello(), { keys: () => [a.key, b.key] })
  const as = ({ secret }: { secret: string }): Record<string, string> => ({
    authorization: `Bearer ${secret}`,
  })
  const kept = (await (await ask(app, bodyOf({ store: true, stream: false }), as(a))).json()) as {
    id: string
  }
  const path = `/v1/responses/${kept.id}`
  expect((await app.request(path, { headers: as(a) })).status).toBe(200)
  expect((await app.request(path, { headers: as(b) })).status).toBe(404)
  const other = await ask(app, bodyOf({ previous_response_id: kept.id }), as(b))
  expect((await errorOf(other)).code).toBe('response_not_found')
})

test('an item by its id of a response that was not kept: told what a client has to set', async () => {
  const model = hello()
  const app = gatewayOf(model)
  const first = (await (await ask(app, bodyOf())).json()) as { output: { id: string }[] }
  // As @ai-sdk/openai 4 has it in the second step of a loop, where `store` was left out.
  const input = [
    { role: 'user', content: 'hi' },
    { type: 'item_reference', id: first.output[0]!.id },
  ]
  const error = await errorOf(await ask(app, bodyOf({ input })))
  expect(error).toMatchObject({ status: 404, code: 'response_not_found', param: 'input[1].id' })
  expect(error.message).toContain('providerOptions: { openai: { store: false } }')
  const kept = (await (await ask(app, bodyOf({ store: true }))).json()) as { output: { id: string }[] }
  input[1] = { type: 'item_reference', id: kept.output[0]!.id }
  expect((await ask(app, bodyOf({ input }))).status).toBe(200)
})
