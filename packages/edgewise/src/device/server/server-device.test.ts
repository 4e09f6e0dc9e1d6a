import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { serverKinds } from './quirks.ts'
import { serverDevice } from './server-device.ts'
import { type Answer, begin, scriptedServer, sse, stopChunk, textChunk } from './testing/scripted-server.ts'
import { call, partsOf, row, serve } from './testing/serve.ts'

type Part = LanguageModelV4StreamPart

const delta = (delta: string, told?: { logprob: number; margin?: number }): Part => ({
  type: 'text-delta',
  id: '0',
  delta,
  ...(told === undefined ? {} : { providerMetadata: { edgewise: told } }),
})

describe('an answer', () => {
  test('streams with the log-probability and the margin of each token', async () => {
    const usage = { prompt_tokens: 9, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 4 } }
    await using place = await serve((response) =>
      sse(
        response,
        { choices: [{ delta: { role: 'assistant', content: null } }] },
        textChunk('good', [-0.5, -2, -0.5]),
        ': keepalive 1/2\n\n',
        textChunk(' day', [-1.5]),
        stopChunk(),
        { choices: [], usage },
      ),
    )
    expect(await partsOf(place.device)).toEqual([
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '0' },
      delta('good', { logprob: -0.5, margin: 1.5 }),
      delta(' day', { logprob: -1.5 }),
      { type: 'text-end', id: '0' },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: 'stop' },
        usage: {
          inputTokens: { total: 9, noCache: 5, cacheRead: 4, cacheWrite: undefined },
          outputTokens: { total: 2, text: undefined, reasoning: undefined },
        },
        providerMetadata: { edgewise: { meanLogprob: -1 } },
      },
    ])
    expect(place.server.bodies).toEqual([
      {
        model: 'tiny',
        messages: [{ role: 'user', content: 'hello' }],
        stream: true,
        stream_options: { include_usage: true },
        logprobs: true,
        top_logprobs: 2,
      },
    ])
  })

  test('keeps the figures of tokens that came in one piece of text, and of no figure it makes one', async () => {
    await using place = await serve((response) =>
      sse(response, textChunk('a b', [-1], [-3, -3, -4]), textChunk('c'), stopChunk()),
    )
    const parts = await partsOf(place.device)
    expect(parts.slice(2, 5)).toEqual([
      delta('', { logprob: -1 }),
      delta('a b', { logprob: -3, margin: 1 }),
      delta('c'),
    ])
    expect(parts.at(-1)).toMatchObject({ providerMetadata: { edgewise: { meanLogprob: -2 } } })
  })

  test('tells the most probable tokens, where the call asks for them', async () => {
    const top = [
      { token: 'b', bytes: [98], logprob: -2 },
      { token: 'é', logprob: -1 },
    ]
    const entry = { token: 'b', logprob: -2, top_logprobs: top }
    await using place = await serve((response) =>
      sse(response, { choices: [{ delta: { content: 'b' }, logprobs: { content: [entry] } }] }, stopChunk()),
    )
    const parts = await partsOf(place.device, { providerOptions: { edgewise: { topLogprobs: 3 } } })
    expect(place.server.bodies[0]).toMatchObject({ top_logprobs: 3 })
    expect(parts.find((part) => part.type === 'text-delta')?.providerMetadata?.edgewise).toEqual({
      logprob: -2,
      margin: 1,
      topLogprobs: [
        { token: 'é', logprob: -1, bytes: [195, 169] },
        { token: 'b', logprob: -2, bytes: [98] },
      ],
    })
  })

  test('may come whole, from a server that does not stream', async () => {
    const whole = { choices: [{ message: { content: 'all of it' }, finish_reason: 'length' }] }
    await using place = await serve((response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(whole)),
    )
    expect(await place.device.doGenerate(call())).toMatchObject({
      content: [{ type: 'text', text: 'all of it' }],
      finishReason: { unified: 'length' },
      providerMetadata: { edgewise: {} },
    })
  })

  test('has thoughts apart from its text, and calls with their arguments as they grow', async () => {
    const piece = (fields: object) => ({ choices: [{ delta: fields }] })
    const grows = (args: string) => piece({ tool_calls: [{ index: 0, function: { arguments: args } }] })
    await using place = await serve((response) =>
      sse(
        response,
        piece({ reasoning_content: 'hm' }),
        piece({ content: 'let me look' }),
        piece({
          tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'look', arguments: '' } }],
        }),
        grows('{"at"'),
        grows(':1}'),
        piece({ tool_calls: [{ index: 1, id: 'b', function: { name: 'wait' } }] }),
        stopChunk(undefined, 'tool_calls'),
      ),
    )
    const tools = [{ type: 'function' as const, name: 'look', inputSchema: { type: 'object' as const } }]
    const parts = await partsOf(place.device, { tools, toolChoice: { type: 'required' } })
    expect(parts.map(({ type }) => type)).toEqual([
      ...['stream-start', 'reasoning-start', 'reasoning-delta', 'reasoning-end'],
      ...['text-start', 'text-delta', 'text-end'],
      ...['tool-input-start', 'tool-input-delta', 'tool-input-delta', 'tool-input-start'],
      ...['tool-input-end', 'tool-call', 'tool-input-end', 'tool-call', 'finish'],
    ])
    expect(parts.filter((part) => part.type === 'tool-call')).toEqual([
      { type: 'tool-call', toolCallId: 'a', toolName: 'look', input: '{"at":1}' },
      { type: 'tool-call', toolCallId: 'b', toolName: 'wait', input: '{}' },
    ])
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls' } })
    expect(place.server.bodies[0]).toMatchObject({
      tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }],
      tool_choice: 'required',
    })
  })

  test('that was cut at the limit says so, also where the server says `stop`', async () => {
    const answer: Answer = (response) => sse(response, textChunk('x'), stopChunk({ completion_tokens: 3 }))
    await using place = await serve(answer, { kind: { ...row, hidesLength: true } })
    const reason = async (maxOutputTokens?: number) =>
      (await place.device.doGenerate(call(maxOutputTokens === undefined ? {} : { maxOutputTokens })))
        .finishReason.unified
    expect(await reason(3)).toBe('length')
    expect(await reason(4)).toBe('stop')
    expect(await reason()).toBe('stop')
  })
})

test('answers in one piece, for the log-probabilities that come only so', async () => {
  await using place = await serve(
    (response) =>
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          choices: [
            {
              message: { content: 'the name' },
              finish_reason: 'stop',
              logprobs: {
                content: [
                  { id: 5, logprob: -1 },
                  { id: 6, logprob: -2 },
                ],
              },
            },
          ],
        }),
      ),
    { kind: { ...row, logprobs: 'whole' }, whole: true },
  )
  expect(place.device.facts.givesLogprobs).toBeUndefined()
  const parts = await partsOf(place.device)
  expect(parts.slice(2, 4)).toEqual([delta('', { logprob: -1 }), delta('the name', { logprob: -2 })])
  expect(place.server.bodies).toEqual([
    { model: 'tiny', messages: [{ role: 'user', content: 'hello' }], stream: false, logprobs: true },
  ])
  const streaming = await serverDevice({ baseURL: place.server.baseURL, kind: { ...row, logprobs: 'whole' } })
  expect(streaming.facts.givesLogprobs).toBe(false)
})

describe('a call that is given up', () => {
  test('closes the connection and rejects with its own reason', async () => {
    await using place = await serve((response) => begin(response, textChunk('one')))
    const stop = new AbortController()
    const { stream } = await place.device.doStream(call({ abortSignal: stop.signal }))
    const reader = stream.getReader()
    for (let seen = ''; !seen.includes('"one"'); ) seen += JSON.stringify(await reader.read())
    stop.abort(new Error('enough'))
    await expect(reader.read()).rejects.toThrow('enough')
    await expect.poll(() => place.server.closed()).toBe(1)
  })

  test('closes it too where nobody reads on', async () => {
    await using place = await serve((response) => begin(response, textChunk('one')))
    const { stream } = await place.device.doStream(call())
    const reader = stream.getReader()
    for (let seen = ''; !seen.includes('"one"'); ) seen += JSON.stringify(await reader.read())
    await reader.cancel('gone')
    await expect.poll(() => place.server.closed()).toBe(1)
  })

  test('waits its turn at a server that takes one at a time, and may give up there', async () => {
    const held: (() => void)[] = []
    await using place = await serve(
      (response) => {
        begin(response, textChunk('one'))
        held.push(() => sse(response, stopChunk()))
      },
      { kind: { ...row, atOnce: 1 } },
    )
    const first = partsOf(place.device)
    await expect.poll(() => held.length).toBe(1)
    const stop = new AbortController()
    const second = partsOf(place.device, { abortSignal: stop.signal })
    stop.abort(new Error('no longer'))
    await expect(second).rejects.toThrow('no longer')
    held[0]!()
    await first
    expect(place.server.bodies).toHaveLength(1)
  })
})

describe('opening', () => {
  test('tells the kind, the model and the context from what the server says', async () => {
    await using server = await scriptedServer({
      get: {
        '/v1/models': { data: [{ id: '/home/me/m.gguf', owned_by: 'llamacpp' }] },
        '/health': { status: 'ok' },
        '/props': { default_generation_settings: { n_ctx: 512 } },
      },
    })
    const device = await serverDevice({ baseURL: `${server.baseURL}/`, apiKey: 'k' })
    expect(device).toMatchObject({ modelId: 'm.gguf', quirks: serverKinds['llama-server'] })
    expect(device.facts.contextLength).toBe(512)
    expect(device.facts.leavesDevice).toBeUndefined()
    expect(server.bodies).toEqual([])
    expect(server.headers.every(({ authorization }) => authorization === 'Bearer k')).toBe(true)
  })

  test('a server that is loading, or has no model, is not ready', async () => {
    await using loading = await scriptedServer({ get: { '/health': 503 } })
    await expect(serverDevice({ baseURL: loading.baseURL, kind: 'llama-server' })).rejects.toMatchObject({
      code: 'server_not_ready',
    })
    await using empty = await scriptedServer({ get: { '/v1/models': { data: [] } } })
    await expect(serverDevice({ baseURL: empty.baseURL })).rejects.toMatchObject({ code: 'server_not_ready' })
    const named = await serverDevice({ baseURL: empty.baseURL, model: 'mine' })
    expect(named.modelId).toBe('mine')
  })

  test('asks for one token where only a call can tell', async () => {
    await using server = await scriptedServer({ chat: (response) => response.writeHead(500).end() })
    await expect(serverDevice({ baseURL: server.baseURL, kind: 'mlx-lm' })).rejects.toMatchObject({
      code: 'server_refused',
    })
    expect(server.bodies).toMatchObject([{ model: 'default_model', max_tokens: 1 }])
  })
})
