/** The gateway in front of the real router: what the one writes is what the other reads. */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { memoryLedger } from '@edgewise/evidence'
import { edgewise } from 'edgewise'
import { expect, test } from 'vitest'
import type { Gateway } from './gateway.ts'
import { createKey } from './keys/api-key.ts'
import { asMetadata, failingModel, finishPart, sayingModel, textParts } from './testing/models.ts'
import { bodyOf, gatewayOf, post, until } from './testing/server.ts'

/** A device that says hello with a log-probability a token, and reports data. */
const device = (): LanguageModelV4 =>
  sayingModel([
    ...textParts(['Hel', 'lo']).slice(0, -1),
    finishPart({ providerMetadata: asMetadata({ meanLogprob: -0.1, data: { label: 'greeting' } }) }),
  ])

function routed(model: LanguageModelV4): Gateway {
  const ledger = memoryLedger()
  const policy = {
    version: 1 as const,
    tasks: { greet: { place: 'device-only' as const } },
    default: { place: 'cloud-only' as const },
  }
  return gatewayOf(edgewise({ policy, device: model, cloud: null, ledger })(), { ledger })
}

async function receiptOf(app: Gateway, response: Response): Promise<unknown> {
  const id = response.headers.get('x-edgewise-receipt')
  expect(id).not.toBeNull()
  return (await app.request(`/v1/receipts/${id}`)).json()
}

test.each([false, true])(
  'a call on the device has its place, task, data and receipt (stream: %s)',
  async (stream) => {
    const app = routed(device())
    const response = await post(app, bodyOf({ stream, logprobs: true }), { 'x-edgewise-task': 'greet' })
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-edgewise-place': 'device',
      'x-edgewise-task': 'greet',
      'x-edgewise-model': 'edgewise',
      'x-edgewise-why': expect.any(String),
    })
    const text = await response.text()
    expect(text).toContain('"label":"greeting"')
    expect(text).toContain('"logprob":-0.2')
    expect(await receiptOf(app, response)).toMatchObject({
      task: 'greet',
      place: 'device',
      bytesOut: 0,
      error: null,
    })
  },
)

test('a response is routed as a completion is, and a call is its user’s', async () => {
  const app = routed(device())
  const body = { model: 'edgewise/greet', input: 'hi', user: 'anna' }
  const response = await post(app, body, {}, '/v1/responses')
  expect(await response.json()).toMatchObject({
    output: [{ content: [{ text: 'Hello' }] }],
    status: 'completed',
  })
  expect(await receiptOf(app, response)).toMatchObject({
    task: 'greet',
    taskFrom: 'caller',
    user: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  const metrics = await (await app.request('/metrics')).text()
  expect(metrics).toContain('edgewise_calls_total{task="greet",place="device",outcome="ok"} 1')
})

test('a plain call has the sums of its receipt in its headers', async () => {
  const response = await post(routed(device()), bodyOf(), { 'x-edgewise-task': 'greet' })
  expect(response.headers.get('x-edgewise-bytes-out')).toBe('0')
  expect(Number(response.headers.get('x-edgewise-ms'))).toBeGreaterThanOrEqual(0)
})

test.each([false, true])(
  'what the router refuses keeps its code and its receipt (stream: %s)',
  async (stream) => {
    const app = routed(failingModel(Object.assign(new Error('full'), { code: 'out_of_memory' })))
    for (const [task, status, code] of [
      ['nobody', 404, 'unknown_task'],
      // A caller who meant to name a task must not end up under the default rule.
      ['', 404, 'unknown_task'],
      ['   ', 404, 'unknown_task'],
      [null, 503, 'cloud_unavailable'],
      ['greet', 503, 'out_of_memory'],
    ] as const) {
      const response = await post(app, bodyOf({ stream }), task === null ? {} : { 'x-edgewise-task': task })
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ error: { code } })
      expect(await receiptOf(app, response)).toMatchObject({ error: code, place: null })
    }
  },
)

test('an answer that breaks off ends with the error of its place', async () => {
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: new Error('secret') }]
  const app = routed(sayingModel(parts))
  const response = await post(app, bodyOf({ stream: true }), { 'x-edgewise-task': 'greet' })
  const text = await response.text()
  expect(text).toContain('"code":"device_broken"')
  expect(text).not.toMatch(/DONE|secret/)
  expect(await receiptOf(app, response)).toMatchObject({ error: 'device_broken' })
})

test.each([
  ['whole', '/v1/chat/completions', bodyOf()],
  ['a stream', '/v1/chat/completions', bodyOf({ stream: true })],
  ['embeddings', '/v1/embeddings', { model: 'edgewise', input: 'hi' }],
])('%s, left before its first output, is counted, and its key has its receipt', async (_, path, body) => {
  let asked = false
  const silence = (): Promise<never> => {
    asked = true
    return new Promise(() => {})
  }
  const silent = { ...device(), doStream: silence, embed: silence }
  const ledger = memoryLedger()
  const policy = { version: 1 as const, tasks: {}, default: { place: 'device-only' as const } }
  const router = edgewise({ policy, device: silent, cloud: null, ledger })
  const { secret, key } = createKey({ name: 'a' })
  const embeddings = [router.embeddingModel(silent.modelId)]
  const app = gatewayOf(router(), { ledger, keys: () => [key], embeddings })
  const headers = { authorization: `Bearer ${secret}` }
  const client = new AbortController()
  const left = Promise.resolve(
    app.request(path, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: client.signal,
    }),
  )
  await until(() => asked)
  client.abort()
  await left
  const metrics = async (): Promise<string> => (await app.request('/metrics', { headers })).text()
  await expect
    .poll(metrics, { timeout: 4000 })
    .toMatch(/^edgewise_calls_total\{task="\w+",place="none",outcome="aborted"\} 1$/m)
  expect(await metrics()).not.toContain('task="unknown"')
  const list = await (await app.request('/v1/receipts', { headers })).json()
  expect(list).toMatchObject({ data: [{ error: 'aborted' }] })
})
