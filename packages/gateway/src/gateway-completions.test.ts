/** A completion that goes well, whole and as a stream: the exact shapes, the headers and the receipt. */
import { expect, test } from 'vitest'
import {
  asMetadata,
  finishPart,
  hello,
  receipt,
  sayingModel,
  textParts,
  thinkingParts,
  toolParts,
} from './testing/models.ts'
import { framesOf } from './testing/responses.ts'
import { bodyOf, gatewayOf, MODEL, post } from './testing/server.ts'

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

test('the most probable tokens are told where they were asked for and the model tells them', async () => {
  const topLogprobs = [
    { token: 'ja', logprob: -0.1 },
    { token: 'né', logprob: -2.5 },
  ]
  const parts = textParts(['ja']).map((part) =>
    part.type === 'text-delta'
      ? { ...part, providerMetadata: asMetadata({ logprob: -0.1, margin: 2.4, topLogprobs }) }
      : part,
  )
  const model = sayingModel(parts)
  const body = bodyOf({ logprobs: true, top_logprobs: 2 })
  const whole = (await (await post(gatewayOf(model), body)).json()) as {
    choices: [{ logprobs: { content: [{ top_logprobs: object[] }] } }]
  }
  expect(whole.choices[0].logprobs.content[0].top_logprobs).toEqual([
    { token: 'ja', logprob: -0.1, bytes: [106, 97] },
    { token: 'né', logprob: -2.5, bytes: [110, 195, 169] },
  ])
  expect(model.calls[0]!.providerOptions).toEqual({ edgewise: { topLogprobs: 2 } })
})

test('thoughts come as reasoning_content, whole and streamed', async () => {
  const app = gatewayOf(sayingModel(thinkingParts()))
  const whole = (await (await post(app, bodyOf({ logprobs: true }))).json()) as {
    choices: [{ message: object }]
  }
  const plain = (await (await post(app, bodyOf())).json()) as { choices: [{ message: object }] }
  const message = { role: 'assistant', content: '42', refusal: null, reasoning_content: 'six times seven' }
  expect([whole.choices[0].message, plain.choices[0].message]).toEqual([message, message])
  const frames = (await framesOf(await post(app, bodyOf({ stream: true })))) as {
    choices?: [{ delta: { content?: string; reasoning_content?: string } }]
  }[]
  const deltas = frames.flatMap((frame) => frame.choices?.[0]?.delta ?? [])
  expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('six times seven')
  expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('42')
})

test('pictures and files go to the model as parts; nothing fetches them', async () => {
  const model = hello()
  const content = [
    { type: 'text', text: 'what is this?' },
    { type: 'image_url', image_url: { url: 'http://127.0.0.1:9/x.png', detail: 'low' } },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0=' } },
    { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
    { type: 'file', file: { filename: 'x.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
  ]
  expect((await post(gatewayOf(model), bodyOf({ messages: [{ role: 'user', content }] }))).status).toBe(200)
  const data = (value: string): object => ({ type: 'data', data: value })
  expect(model.calls[0]!.prompt[0]!.content).toEqual([
    { type: 'text', text: 'what is this?' },
    { type: 'file', mediaType: 'image', data: { type: 'url', url: new URL('http://127.0.0.1:9/x.png') } },
    { type: 'file', mediaType: 'image/png', data: data('iVBORw0=') },
    { type: 'file', mediaType: 'audio/mpeg', data: data('AAAA') },
    { type: 'file', mediaType: 'application/pdf', data: data('AAAA'), filename: 'x.pdf' },
  ])
})

test('what the place does not do is told, not dropped in silence', async () => {
  const warnings = [
    { type: 'unsupported' as const, feature: 'image' },
    { type: 'unsupported' as const, feature: 'seed', details: 'greedy' },
    { type: 'other' as const, message: 'x' },
  ]
  const [, ...rest] = textParts(['x'])
  const app = gatewayOf(sayingModel([{ type: 'stream-start', warnings }, ...rest]))
  for (const [path, body] of [
    ['/v1/chat/completions', bodyOf()],
    ['/v1/chat/completions', bodyOf({ stream: true })],
    ['/v1/responses', { model: MODEL, input: 'hi' }],
    ['/v1/responses', { model: MODEL, input: 'hi', stream: true }],
  ] as const) {
    const response = await post(app, body, {}, path)
    expect(response.headers.get('x-edgewise-ignored')).toBe('image, seed')
    expect(await response.text()).toContain('"ignored":["image","seed"]')
  }
})

test('the name of the model may name the task, in one place alone', async () => {
  const model = hello()
  const app = gatewayOf(model)
  await post(app, bodyOf({ model: `${MODEL}/fix` }))
  await post(app, bodyOf({ model: `${MODEL}/fix` }), { 'x-edgewise-task': 'fix' })
  expect(model.calls.map((call) => call.providerOptions)).toEqual([
    { edgewise: { task: 'fix' } },
    { edgewise: { task: 'fix' } },
  ])
  const both = await post(app, bodyOf({ model: `${MODEL}/fix` }), { 'x-edgewise-task': 'json' })
  expect(await both.json()).toMatchObject({ error: { code: 'invalid_request', param: 'model' } })
  for (const name of [`${MODEL}/`, `${MODEL}:fix`, 'other/fix'])
    expect((await post(app, bodyOf({ model: name }))).status).toBe(404)
  expect(model.calls).toHaveLength(2)
})

test('the task does not come from the body', async () => {
  const model = hello()
  const app = gatewayOf(model)
  await post(app, bodyOf({ task: 'body', metadata: { task: 'meta' } }), { 'x-edgewise-task': 'summary' })
  await post(app, bodyOf({ task: 'body' }))
  expect(model.calls.map((call) => call.providerOptions)).toEqual([
    { edgewise: { task: 'summary' } },
    undefined,
  ])
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

test('a call without arguments has empty ones in a whole answer, by either API', async () => {
  const call = { type: 'tool-call' as const, toolCallId: 'a', toolName: 'f', input: '' }
  const app = gatewayOf(sayingModel([call, finishPart()]))
  const completion = await (await post(app, bodyOf())).json()
  expect(completion).toMatchObject({
    choices: [{ message: { tool_calls: [{ function: { name: 'f', arguments: '{}' } }] } }],
  })
  const response = await post(app, { model: MODEL, input: 'hi' }, {}, '/v1/responses')
  expect(await response.json()).toMatchObject({ output: [{ name: 'f', arguments: '{}' }] })
})

test('a bias of tokens is ignored, and said so, beside what the place ignores', async () => {
  const [, ...parts] = textParts(['x'])
  const warned = [{ type: 'stream-start' as const, warnings: [unsupported('seed')] }, ...parts]
  const app = gatewayOf(sayingModel(warned))
  for (const stream of [false, true]) {
    const biased = await post(app, bodyOf({ stream, logit_bias: { 50256: -100 } }))
    expect(biased.headers.get('x-edgewise-ignored')).toBe('logit_bias, seed')
    expect(await biased.text()).toContain('"ignored":["logit_bias","seed"]')
    const none = await post(app, bodyOf({ stream, logit_bias: {} }))
    expect(none.headers.get('x-edgewise-ignored')).toBe('seed')
  }
})

function unsupported(feature: string): { type: 'unsupported'; feature: string } {
  return { type: 'unsupported', feature }
}
