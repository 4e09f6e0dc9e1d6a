/** Everything for real: the embedded model, the router, the gateway on a socket, and the clients people use. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { Receipt } from '@edgewise/evidence'
import type { Serving } from '@edgewise/gateway'
import { generateText, streamText } from 'ai'
import { defaultPolicy, type Policy, parsePolicy } from 'edgewise'
import OpenAI from 'openai'
import { afterEach, expect, test } from 'vitest'
import { openGateway } from './serve.ts'
import { openSystem, type System } from './system.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Host {
  readonly system: System
  readonly serving: Serving
  readonly openai: OpenAI
  receipt(id: string | null | undefined): Promise<Receipt>
}

async function host(policy: Policy = defaultPolicy): Promise<Host> {
  const system = await openSystem({ policy })
  const serving = await openGateway(system, { host: '127.0.0.1', port: 0 })
  cleanups.push(
    () => system[Symbol.dispose](),
    () => serving.close(),
  )
  return {
    system,
    serving,
    openai: new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: 'none', maxRetries: 0 }),
    receipt: async (id) => (await fetch(`${serving.url}/v1/receipts/${id}`)).json() as Promise<Receipt>,
  }
}

const user = (content: string) => ({
  model: 'edgewise',
  messages: [{ role: 'user' as const, content }],
})
const as = (task: string) => ({ headers: { 'x-edgewise-task': task } })
const text = 'please add the song to my focus playlist'

test('openai: a whole answer, its headers and its receipt', async () => {
  const { openai, receipt } = await host()
  const { data, response } = await openai.chat.completions.create(user(text), as('json')).withResponse()
  expect(JSON.parse(data.choices[0]!.message.content!)).toHaveProperty('intent')
  expect(response.headers.get('x-edgewise-place')).toBe('device')
  const found = await receipt(response.headers.get('x-edgewise-receipt'))
  expect(found).toMatchObject({
    task: 'json',
    place: 'device',
    model: 'edgewise-mini',
    bytesOut: 0,
    costUsd: 0,
  })
  expect(found.why).toContain('no cloud is configured')
})

test('openai: the raw stream and the stream helper give the same text', async () => {
  const { openai } = await host()
  const call = { ...user('The report was sent to'), max_tokens: 12, temperature: 0 }
  const chunks = await openai.chat.completions.create({ ...call, stream: true }, as('complete'))
  let streamed = ''
  for await (const chunk of chunks) streamed += chunk.choices[0]?.delta.content ?? ''
  const helper = openai.chat.completions.stream(call, as('complete'))
  expect(await helper.finalContent()).toBe(streamed)
  expect(streamed.length).toBeGreaterThan(0)
})

test('ai: generateText and streamText through an openai-compatible provider', async () => {
  const { serving } = await host()
  const provider = createOpenAICompatible({
    name: 'edgewise',
    baseURL: `${serving.url}/v1`,
    includeUsage: true,
  })
  const model = provider('edgewise')
  const generated = await generateText({ model, prompt: text, ...as('intent'), maxRetries: 0 })
  expect(generated.text).toMatch(/^[a-z_]+$/)
  const streamed = streamText({ model, prompt: text, ...as('intent'), maxRetries: 0 })
  expect(await streamed.text).toBe(generated.text)
  expect((await streamed.usage).inputTokens).toBeGreaterThan(0)
})

test('the embedded model’s completions begin with what earlier ones ran, and say so', async () => {
  const { openai } = await host()
  const usageOf = async (content: string): Promise<{ prompt: number; cached: number }> => {
    const { usage } = await openai.chat.completions.create(
      { ...user(content), max_tokens: 3 },
      as('complete'),
    )
    return { prompt: usage!.prompt_tokens, cached: usage!.prompt_tokens_details!.cached_tokens! }
  }
  const first = await usageOf('Please call Anna Kowalski about the invoice')
  const again = await usageOf('Please call Anna Kowalski about the invoice')
  expect(first.cached).toBeLessThan(first.prompt - 1)
  expect(again.cached).toBeGreaterThanOrEqual(again.prompt - 1)
})

test('ai: the router is itself a model, its receipt in the provider metadata', async () => {
  using system = await openSystem({ policy: defaultPolicy })
  const { text: label, providerMetadata } = await generateText({
    model: system.model,
    prompt: text,
    providerOptions: { edgewise: { task: 'intent' } },
  })
  expect(label).toMatch(/^[a-z_]+$/)
  expect(providerMetadata?.edgewise).toMatchObject({ task: 'intent', place: 'device', bytesOut: 0 })
})

test('a client that goes away stops the decoding, and the receipt says so', async () => {
  const { openai, system } = await host()
  const chunks = await openai.chat.completions.create(
    { ...user('Copy a file to'), max_tokens: 400, temperature: 0, stream: true },
    as('complete'),
  )
  for await (const chunk of chunks) if (chunk.choices[0]?.delta.content) break
  await expect.poll(async () => (await system.ledger.recent(1))[0]?.error).toBe('aborted')
  const [last] = await system.ledger.recent(1)
  expect(last?.outputTokens ?? 0).toBeLessThan(400)
})

test.each([
  [
    'a prompt longer than the context',
    { ...user('word '.repeat(3000)) },
    'redact',
    400,
    'context_length_exceeded',
  ],
  ['a task the policy lacks', user('hello'), 'redakt', 404, 'unknown_task'],
  ['an unknown model', { ...user('hello'), model: 'gpt-4o' }, 'fix', 404, 'model_not_found'],
])('%s is a clear error', async (_, body, task, status, code) => {
  const { openai } = await host()
  await expect(openai.chat.completions.create(body, as(task))).rejects.toMatchObject({ status, code })
})

async function cloudServer(listener: RequestListener): Promise<{ baseURL: string; connections(): number }> {
  let connections = 0
  const server = createServer(listener)
  server.on('connection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    connections: () => connections,
  }
}

const withCloud = (baseURL: string): Policy => ({
  ...defaultPolicy,
  cloud: { baseURL, model: 'large', firstTokenMs: 300, idleMs: 300 },
})

test.each<[string, RequestListener]>([
  ['500', (_, response) => response.writeHead(500).end('{"error":{"message":"overloaded"}}')],
  [
    'garbage',
    (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {"cho'),
  ],
  ['a page', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>')],
  ['nothing', () => {}],
])('a cloud that answers %s: the device answers, the receipt says why', async (_, listener) => {
  const cloud = await cloudServer(listener)
  const { openai, receipt } = await host(withCloud(cloud.baseURL))
  const { data, response } = await openai.chat.completions.create(user('The report was'), {}).withResponse()
  expect(data.choices[0]!.message.content).not.toBe('')
  const found = await receipt(response.headers.get('x-edgewise-receipt'))
  expect(found.place).toBe('device')
  expect(found.attempts.map(({ place, outcome }) => [place, outcome])).toEqual([
    ['cloud', 'failed'],
    ['device', 'answered'],
  ])
  expect(found.bytesOut).toBeGreaterThan(0)
})

test('a device-only task opens no connection, whatever fails', async () => {
  const cloud = await cloudServer((_, response) => response.end('{}'))
  const { openai } = await host(withCloud(cloud.baseURL))
  await openai.chat.completions.create(user('My name is Anna, mail anna@example.com'), as('redact'))
  await expect(openai.chat.completions.create(user('word '.repeat(3000)), as('redact'))).rejects.toThrow()
  expect(cloud.connections()).toBe(0)
})

test('the default policy survives the round trip through a file', () => {
  expect(parsePolicy(JSON.stringify(defaultPolicy))).toEqual(defaultPolicy)
})
