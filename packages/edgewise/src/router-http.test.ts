import { connect } from 'node:net'
import { memoryLedger, type Receipt } from '@edgewise/evidence'
import { generateText, Output, streamText } from 'ai'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { DeviceModel } from './device/device-model.ts'
import type { CloudSettings, Rule } from './policy.ts'
import { createEdgewise, type Edgewise } from './router.ts'
import {
  answers,
  breaksAfter,
  type CloudServer,
  closedPort,
  cloudServer,
  endStream,
  type Handler,
  startStream,
  writeText,
} from './testing/cloud-server.ts'
import { deviceAnswer, finish, prompt, scripted, text } from './testing/models.ts'

let server: CloudServer | null = null
afterEach(async () => {
  await server?.[Symbol.asyncDispose]()
  server = null
})

interface Setting {
  rule: Rule
  device?: DeviceModel
  cloud?: Partial<CloudSettings>
}

async function setup(handler: Handler, { rule, device = deviceAnswer(-0.1, 'from device'), cloud }: Setting) {
  server = await cloudServer(handler)
  const ledger = memoryLedger()
  const model = createEdgewise({
    policy: {
      version: 1,
      cloud: {
        baseURL: server.baseURL,
        model: 'cloud-model',
        price: { inputPerMTok: 1, outputPerMTok: 10 },
        ...cloud,
      },
      tasks: { job: rule },
      default: { place: 'device-only' },
    },
    device,
    ledger,
    env: { KEY: 'sk-test' },
  })
  return { model, ledger, server }
}

/** What the cloud is sent for `call`. */
const requestBody = JSON.stringify({
  model: 'cloud-model',
  messages: [{ role: 'user', content: 'the secret prompt' }],
  stream: true,
  stream_options: { include_usage: true },
})

const call = { prompt: prompt('the secret prompt'), providerOptions: { edgewise: { task: 'job' } } }

/** Short enough for a test that waits for it; the others keep the default limits, however busy the machine is. */
const impatient: Partial<CloudSettings> = { firstTokenMs: 150, idleMs: 150 }
const limitsFor = (note: RegExp): Partial<CloudSettings> =>
  note.source.includes('no output') ? impatient : {}

async function textOf(model: Edgewise): Promise<string> {
  const { content } = await model.doGenerate(call)
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('')
}

async function onlyReceipt(ledger: ReturnType<typeof memoryLedger>): Promise<Receipt> {
  const receipts = await ledger.recent(10)
  expect(receipts).toHaveLength(1)
  return receipts[0]!
}

/** A cloud that fails before its first output, and what the receipt says of it. */
const faults: [name: string, handler: Handler, note: RegExp, costUsd: number | null][] = [
  [
    '500 with an error body',
    (response) =>
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":{"message":"the secret prompt","code":"server_error"}}'),
    /^HTTP 500 \(server_error\)$/,
    0,
  ],
  [
    '503 with HTML',
    (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>the secret prompt</h1>'),
    /^HTTP 503$/,
    0,
  ],
  [
    '401',
    (response) =>
      response.writeHead(401).end('{"error":{"message":"bad key sk-test","code":"invalid_api_key"}}'),
    /^HTTP 401 \(invalid_api_key\)$/,
    0,
  ],
  [
    'HTML with 200',
    (response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>the secret prompt, log in</html>'),
    /^what it sent is not an answer \(AI_InvalidResponseDataError\)$/,
    null,
  ],
  [
    'garbage frames',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"the secret prompt\n\ndata: [DONE]\n\n'),
    /^what it sent is not an answer \(AI_JSONParseError\)$/,
    null,
  ],
  [
    'frames of another protocol',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"answer":"the secret prompt"}\n\n'),
    /^what it sent is not an answer \(AI_TypeValidationError\)$/,
    null,
  ],
  [
    'bytes that are no text',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197) & 255))),
    /./,
    null,
  ],
  [
    'an empty body',
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(),
    /AI_InvalidResponseDataError/,
    null,
  ],
  ['204', (response) => response.writeHead(204).end(), /./, null],
  [
    'an error frame',
    (response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end('data: {"error":{"message":"the secret prompt","code":"overloaded"}}\n\n'),
    /^it reported overloaded$/,
    null,
  ],
  [
    'only the role, then the end',
    (response) => {
      startStream(response)
      response.end()
    },
    /AI_InvalidResponseDataError/,
    null,
  ],
  ['only the role, then nothing', (response) => startStream(response), /^no output within 150 ms$/, null],
  ['nothing at all', () => {}, /^no output within 150 ms$/, null],
  [
    'headers, then nothing',
    (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders(),
    /^no output within 150 ms$/,
    null,
  ],
  [
    'comments for ever',
    (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const timer = setInterval(() => response.write(': still here\n\n'), 10)
      response.on('close', () => clearInterval(timer))
    },
    /^no output within 150 ms$/,
    null,
  ],
  [
    'a reset before the headers',
    (_, __, request) => void request.socket.resetAndDestroy(),
    /^the connection failed \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    null,
  ],
  [
    'a reset after the headers',
    (response) => {
      startStream(response)
      setTimeout(() => response.socket!.resetAndDestroy(), 10)
    },
    /^the connection failed \((ECONNRESET|UND_ERR_SOCKET)\)$/,
    null,
  ],
  [
    'a redirect',
    (response) => response.writeHead(307, { location: 'http://127.0.0.1:1/elsewhere' }).end(),
    /redirects to another/,
    null,
  ],
]

describe('a cloud that fails before its first output', () => {
  test.each(faults)('%s: the device answers and the receipt says so', async (_, handler, note, costUsd) => {
    const { model, ledger } = await setup(handler, {
      rule: { place: 'prefer-cloud' },
      cloud: limitsFor(note),
    })
    expect(await textOf(model)).toBe('from device')
    const receipt = await onlyReceipt(ledger)
    expect(receipt).toMatchObject({
      place: 'device',
      error: null,
      attempts: [
        {
          place: 'cloud',
          model: 'cloud-model',
          outcome: 'failed',
          note: expect.stringMatching(note),
          costUsd,
        },
        { place: 'device', outcome: 'answered' },
      ],
    })
    // What was sent was sent, even when nothing came back.
    expect(receipt.bytesOut).toBe(Buffer.byteLength(requestBody))
    expect(JSON.stringify(receipt)).not.toMatch(/secret|sk-test/)
  })

  test.each(faults)('%s: a cloud-only task fails with one receipt', async (_, handler, note) => {
    const { model, ledger } = await setup(handler, { rule: { place: 'cloud-only' }, cloud: limitsFor(note) })
    await expect(model.doStream(call)).rejects.toMatchObject({ code: 'cloud_failed' })
    expect(await onlyReceipt(ledger)).toMatchObject({ place: null, error: 'cloud_failed' })
  })

  test.each(faults)("%s: after an escalation the device's answer stands", async (_, handler, note) => {
    const rule: Rule = { place: 'prefer-device', escalate: { minMeanLogprob: -0.5 } }
    const { model, ledger } = await setup(handler, {
      rule,
      device: deviceAnswer(-2, 'doubtful'),
      cloud: limitsFor(note),
    })
    expect(await textOf(model)).toBe('doubtful')
    expect(await onlyReceipt(ledger)).toMatchObject({ place: 'device', error: null })
  })

  test('a port where nobody listens: nothing left the device, and nothing was paid', async () => {
    const baseURL = await closedPort()
    const { model, ledger } = await setup(answers('x'), {
      rule: { place: 'prefer-cloud' },
      cloud: { baseURL },
    })
    expect(await textOf(model)).toBe('from device')
    expect(await onlyReceipt(ledger)).toMatchObject({
      place: 'device',
      costUsd: 0,
      bytesOut: 0,
      attempts: [{ note: 'the connection failed (ECONNREFUSED)', bytesOut: 0 }, {}],
    })
  })
})

test('a port that fetch never opens', async () => {
  const cloud = { baseURL: 'http://127.0.0.1:9/v1' }
  const { model, ledger } = await setup(answers('x'), { rule: { place: 'prefer-cloud' }, cloud })
  expect(await textOf(model)).toBe('from device')
  expect(await onlyReceipt(ledger)).toMatchObject({
    bytesOut: 0,
    attempts: [{ note: 'its port is one that fetch never opens: correct "baseURL"' }, {}],
  })
})

describe('a cloud that breaks in the middle', () => {
  const broken: [string, Handler][] = [
    ['resets', breaksAfter('half', (response) => response.socket!.resetAndDestroy())],
    ['ends', breaksAfter('half', (response) => response.end())],
    ['sends garbage', breaksAfter('half', (response) => response.end('data: {{{\n\n'))],
    [
      'sends an error frame',
      breaksAfter('half', (response) => response.end('data: {"error":{"message":"x"}}\n\n')),
    ],
    ['stalls', breaksAfter('half', () => {})],
  ]
  test.each(broken)('%s: what was seen stays, an error follows, no second text', async (name, handler) => {
    const { model, ledger } = await setup(handler, {
      rule: { place: 'prefer-cloud' },
      cloud: name === 'stalls' ? { idleMs: 150 } : {},
    })
    let seen = ''
    let error: unknown
    for await (const part of (await model.doStream(call)).stream) {
      if (part.type === 'text-delta') seen += part.delta
      if (part.type === 'error') error = part.error
    }
    expect(seen).toBe('half')
    expect(error).toMatchObject({ code: 'cloud_broken' })
    expect(await onlyReceipt(ledger)).toMatchObject({ place: 'cloud', error: 'cloud_broken', costUsd: null })
  })
})

describe('a device-only task', () => {
  const devices: [string, DeviceModel][] = [
    ['answers', deviceAnswer(-9, 'from device')],
    ['fails to open', scripted({ opening: [{ fail: new Error('x') }], steps: [] })],
    ['fails in the stream', scripted({ steps: [{ fail: new Error('x') }] })],
    ['breaks off', scripted({ steps: [...text('half').slice(0, 2), { fail: new Error('x') }] })],
    ['ends without a finish', scripted({ steps: text('half') })],
    ['is silent', scripted({ steps: [finish({ reason: 'error' })] })],
    [
      'has no room',
      {
        ...scripted({
          opening: [{ fail: Object.assign(new Error('x'), { code: 'context_length_exceeded' }) }],
          steps: [],
        }),
        facts: { contextLength: 1, countTokens: () => 9, lacks: () => ['tools'] },
      },
    ],
  ]
  test.each(devices)('opens no connection when the device %s', async (_, device) => {
    const { model, ledger, server } = await setup(answers('from cloud'), {
      rule: { place: 'device-only' },
      device,
    })
    await Promise.allSettled([model.doGenerate(call)])
    const results = await Promise.allSettled([
      model.doStream(call),
      model.doStream({ ...call, providerOptions: {} }),
    ])
    for (const result of results) {
      if (result.status === 'fulfilled') for await (const _ of result.value.stream);
    }
    // Longer than a connection to this machine takes.
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.connections()).toBe(0)
    const receipts = await ledger.recent(10)
    expect(receipts).toHaveLength(3)
    for (const receipt of receipts) expect(receipt).toMatchObject({ bytesOut: 0, costUsd: 0 })
  })

  test('the counter counts', async () => {
    const { server } = await setup(answers('x'), { rule: { place: 'device-only' } })
    const { port } = new URL(server.baseURL)
    const socket = connect(Number(port), '127.0.0.1')
    await new Promise((resolve) => socket.on('connect', resolve))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(server.connections()).toBe(1)
    socket.destroy()
  })
})

describe('a cloud that answers', () => {
  test('the request, the receipt', async () => {
    const { model, ledger, server } = await setup(answers('from ', 'cloud'), {
      rule: { place: 'cloud-only', instructions: 'be brief' },
      cloud: { apiKeyEnv: 'KEY' },
    })
    expect(await textOf(model)).toBe('from cloud')
    const body = JSON.parse(server.bodies[0]!)
    expect(body).toEqual({
      model: 'cloud-model',
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'the secret prompt' },
      ],
      stream: true,
      stream_options: { include_usage: true },
    })
    expect(server.headers[0]!.authorization).toBe('Bearer sk-test')
    const receipt = await onlyReceipt(ledger)
    expect(receipt).toMatchObject({
      place: 'cloud',
      model: 'cloud-model',
      inputTokens: 100,
      outputTokens: 20,
      costUsd: (100 * 1 + 20 * 10) / 1e6,
      avoidedUsd: 0,
      bytesOut: Buffer.byteLength(server.bodies[0]!),
    })
    expect(JSON.stringify(receipt)).not.toContain('sk-test')
  })

  test('without usage its tokens and cost are unknown', async () => {
    const handler: Handler = (response) => {
      startStream(response)
      writeText(response, 'x')
      endStream(response, null)
    }
    const { model, ledger } = await setup(handler, { rule: { place: 'cloud-only' } })
    await model.doGenerate(call)
    expect(await onlyReceipt(ledger)).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      tokensPerSecond: null,
    })
  })

  test('slowly: longer than each limit, but within both', async () => {
    const handler: Handler = async (response) => {
      startStream(response)
      for (const piece of 'abcdefghijkl') {
        await new Promise((resolve) => setTimeout(resolve, 100))
        writeText(response, piece)
      }
      endStream(response, { input: 1, output: 12 })
    }
    const { model, ledger } = await setup(handler, {
      rule: { place: 'prefer-cloud' },
      cloud: { firstTokenMs: 1000, idleMs: 1000 },
    })
    expect(await textOf(model)).toBe('abcdefghijkl')
    const receipt = await onlyReceipt(ledger)
    expect(receipt.place).toBe('cloud')
    expect(receipt.firstTokenMs!).toBeGreaterThan(80)
    expect(receipt.totalMs).toBeGreaterThan(1100)
    expect(receipt.tokensPerSecond!).toBeGreaterThan(1)
    expect(receipt.tokensPerSecond!).toBeLessThan(11)
  })

  test('a slow reader is no stall', async () => {
    const { model, ledger } = await setup(answers('a', 'b', 'c'), {
      rule: { place: 'prefer-cloud' },
      cloud: { idleMs: 300 },
    })
    let seen = ''
    for await (const part of (await model.doStream(call)).stream) {
      if (part.type !== 'text-delta') continue
      seen += part.delta
      await new Promise((resolve) => setTimeout(resolve, 350))
    }
    expect(seen).toBe('abc')
    expect((await onlyReceipt(ledger)).error).toBeNull()
  })

  test('calls side by side have their own receipts, texts and bytes', async () => {
    const echo: Handler = (response, body) => {
      const { messages } = JSON.parse(body)
      startStream(response)
      setTimeout(() => {
        writeText(response, messages[0].content)
        endStream(response, { input: 1, output: 1 })
      }, 20)
    }
    const { model, ledger, server } = await setup(echo, { rule: { place: 'cloud-only' } })
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        model.doGenerate({ ...call, prompt: prompt('x'.repeat(index + 1)) }),
      ),
    )
    results.forEach(({ content, response }, index) => {
      expect(content).toEqual([{ type: 'text', text: 'x'.repeat(index + 1) }])
      const receipt = ledger.get(response!.id!) as Receipt
      const body = server.bodies.find((body) => body.includes(`"${'x'.repeat(index + 1)}"`))!
      expect(receipt.bytesOut).toBe(Buffer.byteLength(body))
    })
  })
})

describe('giving up', () => {
  const endless: Handler = (response) => {
    startStream(response)
    const timer = setInterval(() => writeText(response, 'more '), 5)
    response.on('close', () => clearInterval(timer))
  }
  const closed = async (server: CloudServer) => {
    for (let round = 0; round < 100 && server.abandoned() === 0; round++)
      await new Promise((resolve) => setTimeout(resolve, 10))
    expect(server.abandoned()).toBe(1)
  }

  test('an abort closes the connection', async () => {
    const { model, ledger, server } = await setup(endless, { rule: { place: 'prefer-cloud' } })
    const stop = new AbortController()
    const { stream } = await model.doStream({ ...call, abortSignal: stop.signal })
    const reader = stream.getReader()
    while ((await reader.read()).value?.type !== 'text-delta');
    stop.abort('enough')
    await expect(reader.read()).rejects.toBe('enough')
    await closed(server)
    expect(await onlyReceipt(ledger)).toMatchObject({
      place: 'cloud',
      error: 'aborted',
      bytesOut: Buffer.byteLength(server.bodies[0]!),
    })
  })

  test('a reader that cancels closes the connection', async () => {
    const { model, ledger, server } = await setup(endless, { rule: { place: 'prefer-cloud' } })
    for await (const part of (await model.doStream(call)).stream) if (part.type === 'text-delta') break
    await closed(server)
    expect(await onlyReceipt(ledger)).toMatchObject({ place: 'cloud', error: 'aborted' })
  })

  test('so does a cloud that took too long', async () => {
    const { model, server } = await setup(() => {}, {
      rule: { place: 'prefer-cloud' },
      cloud: { firstTokenMs: 600 },
    })
    await textOf(model)
    await closed(server)
  })
})

describe('with the AI SDK', () => {
  const providerOptions = { edgewise: { task: 'job' } }

  test('generateText on the device', async () => {
    const { model, ledger } = await setup(answers('x'), { rule: { place: 'prefer-device' } })
    const result = await generateText({ model, prompt: 'hi', providerOptions })
    expect(result.text).toBe('from device')
    expect(result.providerMetadata!.edgewise).toMatchObject({ place: 'device', id: result.response.id })
    expect(result.usage.inputTokens).toBe(10)
    await onlyReceipt(ledger)
  })

  test('streamText through the cloud', async () => {
    const { model, ledger } = await setup(answers('from ', 'cloud'), { rule: { place: 'prefer-cloud' } })
    const result = streamText({ model, prompt: 'hi', providerOptions })
    const pieces: string[] = []
    for await (const piece of result.textStream) pieces.push(piece)
    expect(pieces).toEqual(['from ', 'cloud'])
    expect((await result.providerMetadata)!.edgewise).toMatchObject({ place: 'cloud' })
    expect((await result.response).modelId).toBe('cloud-model')
    await onlyReceipt(ledger)
  })

  test('a failure is not retried: one call, one receipt', async () => {
    const { model, ledger, server } = await setup((response) => response.writeHead(500).end(), {
      rule: { place: 'cloud-only' },
    })
    await expect(generateText({ model, prompt: 'hi', providerOptions })).rejects.toMatchObject({
      code: 'cloud_failed',
      status: 500,
    })
    expect(server.bodies).toHaveLength(1)
    await onlyReceipt(ledger)
  })

  test('an answer that breaks off is an error in the stream', async () => {
    const { model, ledger } = await setup(
      breaksAfter('half', (response) => response.socket!.resetAndDestroy()),
      { rule: { place: 'prefer-cloud' } },
    )
    const errors: unknown[] = []
    const result = streamText({
      model,
      prompt: 'hi',
      providerOptions,
      onError: ({ error }) => void errors.push(error),
    })
    let seen = ''
    for await (const part of result.fullStream) if (part.type === 'text-delta') seen += part.text
    expect(seen).toBe('half')
    expect(errors).toMatchObject([{ code: 'cloud_broken' }])
    expect(await result.finishReason).toBe('error')
    await onlyReceipt(ledger)
  })

  test('a tool call of the cloud goes through', async () => {
    const handler: Handler = (response) => {
      startStream(response)
      const delta = {
        tool_calls: [
          { index: 0, id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
        ],
      }
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`)
      response.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] })}\n\n`,
      )
      response.end('data: [DONE]\n\n')
    }
    const { model, server } = await setup(handler, { rule: { place: 'prefer-cloud' } })
    const tools = { add: { inputSchema: z.object({ a: z.number() }) } }
    const { toolCalls } = await generateText({ model, prompt: 'hi', providerOptions, tools })
    expect(toolCalls).toMatchObject([{ toolName: 'add', input: { a: 1 } }])
    expect(JSON.parse(server.bodies[0]!).tools).toHaveLength(1)
  })

  test('an object with a schema', async () => {
    const { model, server } = await setup(answers('{"a":', '1}'), { rule: { place: 'prefer-cloud' } })
    const { output } = await generateText({
      model,
      prompt: 'hi',
      providerOptions,
      output: Output.object({ schema: z.object({ a: z.number() }) }),
    })
    expect(output).toEqual({ a: 1 })
    expect(JSON.parse(server.bodies[0]!).response_format.type).toBe('json_schema')
  })

  test('a file at an address is not downloaded for a device-only task', async () => {
    const { model, server } = await setup(answers('x'), { rule: { place: 'device-only' } })
    const file = { type: 'file' as const, mediaType: 'image/png', data: new URL(`${server.baseURL}/a.png`) }
    const content = [{ type: 'text' as const, text: 'hi' }, file]
    const { text } = await generateText({ model, messages: [{ role: 'user', content }], providerOptions })
    expect(text).toBe('from device')
    expect(server.connections()).toBe(0)
  })

  test('an abort ends the stream', async () => {
    const { model, ledger } = await setup((response) => startStream(response), {
      rule: { place: 'prefer-cloud' },
    })
    const stop = new AbortController()
    const result = streamText({
      model,
      prompt: 'hi',
      providerOptions,
      abortSignal: stop.signal,
      onError: () => {},
    })
    setTimeout(() => stop.abort(), 30)
    const types: string[] = []
    for await (const part of result.fullStream) types.push(part.type)
    expect(types).toContain('abort')
    expect(await onlyReceipt(ledger)).toMatchObject({ error: 'aborted' })
  })
})

describe('nothing is left behind', () => {
  const before = { count: 0 }
  beforeEach(() => {
    before.count = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  })
  test('no timer after any kind of end', async () => {
    const rule: Rule = { place: 'prefer-cloud' }
    for (const handler of [answers('x'), faults[0]![1], breaksAfter('half', (response) => response.end())]) {
      const { model } = await setup(handler, { rule, cloud: { firstTokenMs: 60_000, idleMs: 60_000 } })
      await Promise.allSettled([model.doGenerate(call)])
      await server![Symbol.asyncDispose]()
    }
    const long = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    expect(long).toBeLessThanOrEqual(before.count + 1)
  })
})
