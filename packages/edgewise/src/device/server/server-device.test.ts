import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { prompt } from '../../testing/models.ts'
import { type Quirks, serverKinds } from './quirks.ts'
import { type ServerDevice, type ServerDeviceOptions, serverDevice } from './server-device.ts'
import { type Answer, begin, scriptedServer, sse, stopChunk, textChunk } from './testing/scripted-server.ts'

type Part = LanguageModelV4StreamPart

/** A row that needs no call to open. */
const row: Quirks = { ...serverKinds.vllm, readyPath: '/v1/models' }

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('hello'),
  ...options,
})

async function partsOf(
  device: ServerDevice,
  options: Partial<LanguageModelV4CallOptions> = {},
): Promise<Part[]> {
  const parts: Part[] = []
  for await (const part of (await device.doStream(call(options))).stream) parts.push(part)
  return parts
}

async function serve(chat: Answer, options: Partial<ServerDeviceOptions> = {}) {
  const server = await scriptedServer({ chat })
  const device = await serverDevice({ baseURL: server.baseURL, kind: row, ...options })
  return { server, device, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

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

describe('faults', () => {
  const faults: Record<string, { chat: Answer; error: object; options?: Partial<ServerDeviceOptions> }> = {
    'a status': {
      chat: (response) =>
        response.writeHead(429).end('{"error":{"message":"the secret","type":"slow_down"}}'),
      error: { code: 'server_refused', status: 429, detail: 'the secret' },
    },
    'a status with a page': {
      chat: (response) => response.writeHead(500).end('<h1>no</h1>'),
      error: { code: 'server_refused', status: 500, detail: '<h1>no</h1>' },
    },
    'an error that is a text': {
      chat: (response) => response.writeHead(404).end('{"error":"no such model"}'),
      error: { code: 'server_refused', status: 404, detail: 'no such model' },
    },
    'a prompt that is too long': {
      chat: (response) =>
        response.writeHead(400).end('{"error":{"type":"exceed_context_size_error","message":"512 tokens"}}'),
      error: { code: 'context_length_exceeded', detail: '512 tokens' },
    },
    'a prompt that is too long, said in the stream': {
      chat: (response) =>
        begin(response, 'event: response.error\n', {
          error: 'INVALID_ARGUMENT: Input token ids are too long. 1528 >= 512',
        }),
      error: { code: 'context_length_exceeded' },
    },
    'a redirect': {
      chat: (response) => response.writeHead(307, { location: 'http://192.0.2.1/v1' }).end(),
      error: { code: 'server_refused', status: 307 },
    },
    'an error in the stream': {
      chat: (response) =>
        begin(response, textChunk('a'), { error: { message: 'lost', code: 'worker_lost' } }),
      error: { code: 'server_refused', status: null, detail: 'lost' },
    },
    'a frame that is no JSON': {
      chat: (response) => begin(response, textChunk('a'), 'data: {"choi\n\n'),
      error: { code: 'server_malformed' },
    },
    'a frame of another shape': {
      chat: (response) => sse(response, { choices: 'many' }),
      error: { code: 'server_malformed' },
    },
    'a page in place of an answer': {
      chat: (response) => response.end('<h1>router</h1>'),
      error: { code: 'server_malformed' },
    },
    'an end before the end': {
      chat: (response) => {
        begin(response, textChunk('a'))
        response.end()
      },
      error: { code: 'incomplete_answer' },
    },
    'a connection that breaks': {
      chat: (response) => {
        begin(response, textChunk('a'))
        setTimeout(() => response.destroy(), 20)
      },
      error: { code: 'incomplete_answer' },
    },
    'no headers': {
      chat: () => {},
      options: { idleMs: 80 },
      error: { code: 'stalled' },
    },
    silence: {
      chat: (response) => begin(response, textChunk('a')),
      options: { idleMs: 80 },
      error: { code: 'stalled' },
    },
    'a line without end': {
      chat: (response) => {
        begin(response)
        const write = () => {
          if (response.destroyed) return
          response.write('x'.repeat(2 ** 20))
          setImmediate(write)
        }
        write()
      },
      error: { code: 'server_too_large' },
    },
  }

  test.each(Object.entries(faults))('%s', async (_, { chat, error, options = {} }) => {
    await using place = await serve(chat, options)
    const failed = await partsOf(place.device).catch((failure: unknown) => failure)
    expect(failed).toBeInstanceOf(Error)
    expect(failed).toMatchObject(error)
    expect((failed as Error).message).not.toContain('secret')
    expect(place.server.bodies).toHaveLength(1)
  })

  test('nothing listens', async () => {
    const server = await scriptedServer({})
    const device = await serverDevice({ baseURL: server.baseURL, kind: row })
    await server[Symbol.asyncDispose]()
    await expect(partsOf(device)).rejects.toMatchObject({ code: 'server_unreachable' })
    await expect(serverDevice({ baseURL: server.baseURL })).rejects.toMatchObject({
      code: 'server_unreachable',
    })
  })

  test('keepalive comments alone keep a line alive', async () => {
    await using place = await serve(
      (response) => {
        begin(response)
        let left = 8
        const timer = setInterval(() => {
          if (left-- > 0) return void response.write(': keepalive\n\n')
          clearInterval(timer)
          sse(response, textChunk('late'), stopChunk())
        }, 100)
      },
      { idleMs: 600 },
    )
    expect((await place.device.doGenerate(call())).content).toEqual([{ type: 'text', text: 'late' }])
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

describe('where it is', () => {
  const elsewhere = ['http://192.0.2.1/v1', 'http://example.com/v1', 'http://0.0.0.0:1/v1', 'http://[::2]/v1']
  const tricks = [
    'http://127.0.0.1.example.com/',
    'http://localhost.example.com/',
    'http://localhost./',
    'http://a.localhost/',
  ]
  test.each([...elsewhere, ...tricks])('%s is another machine', async (baseURL) => {
    let asked = 0
    const fetch = async () => {
      asked++
      return new Response()
    }
    await expect(serverDevice({ baseURL, fetch })).rejects.toMatchObject({ code: 'not_loopback' })
    expect(asked).toBe(0)
  })

  test.each(['ftp://127.0.0.1/', 'no url', 'http://me:pw@127.0.0.1/', 'http://127.0.0.1/?a=b'])(
    '%s is no address',
    async (baseURL) => {
      await expect(serverDevice({ baseURL, remote: true })).rejects.toMatchObject({ code: 'bad_option' })
    },
  )

  test.each(['http://127.1:8080/v1', 'http://2130706433/v1', 'http://LOCALHOST/v1', 'http://[0:0::1]/v1'])(
    '%s is this one',
    async (baseURL) => {
      const fetch = async () => Response.json({ data: [{ id: 'm' }] })
      const device = await serverDevice({ baseURL, fetch, kind: row })
      expect(device.facts.leavesDevice).toBeUndefined()
    },
  )

  test('this one is not asked where the process would go through a proxy', async () => {
    const code = `import { serverDevice } from ${JSON.stringify(new URL('./server-device.ts', import.meta.url).href)}
      await serverDevice({ baseURL: 'http://127.0.0.1:9/v1' }).catch(({ code }) => console.log(code))`
    const run = async (NO_PROXY: string) => {
      const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY }
      const flags = ['--conditions=edgewise-source', '--input-type=module', '-e', code]
      return (await promisify(execFile)(process.execPath, flags, { env })).stdout.trim()
    }
    expect(await run('')).toBe('loopback_proxied')
    expect(await run('127.0.0.1')).toBe('server_unreachable')
  })

  test('a model that the server sends on is on another machine, too', async () => {
    const data = [{ id: 'large:cloud', owned_by: 'library' }]
    await using server = await scriptedServer({ get: { '/v1/models': { data } } })
    const { baseURL } = server
    await expect(serverDevice({ baseURL })).rejects.toMatchObject({
      code: 'model_sent_on',
      model: 'large:cloud',
    })
    expect(server.bodies).toEqual([])
    expect((await serverDevice({ baseURL, remote: true })).facts.leavesDevice).toBe(true)
    expect((await serverDevice({ baseURL, model: 'small:1b' })).facts.leavesDevice).toBeUndefined()
  })

  test('another machine has to be asked for; what leaves is told', async () => {
    const sent: unknown[] = []
    const fetch = async (_: unknown, init?: RequestInit) => {
      if (!init?.body) return Response.json({ data: [{ id: 'm' }] })
      sent.push(init.body)
      return Response.json({ choices: [{ message: { content: 'ok' }, finish_reason: 'stop' }] })
    }
    const device = await serverDevice({ baseURL: 'http://192.0.2.1/v1', remote: true, fetch, kind: row })
    expect(device.facts.leavesDevice).toBe(true)
    const { request, stream } = await device.doStream(call())
    for await (const _ of stream);
    expect(sent).toEqual([request?.body])
  })
})
