import { createHash } from 'node:crypto'
import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { collect, partsOf } from '../call/collect.ts'
import { CloudConfigError } from '../errors.ts'
import { answers, cloudServer } from '../testing/cloud-server.ts'
import { finish, prompt, scripted, text } from '../testing/models.ts'
import { type CloudModel, countingModel, createCloud } from './cloud.ts'
import { digestHex } from './digest.ts'
import { Outbox } from './outbox.ts'

const settings = { baseURL: 'http://127.0.0.1:9/v1', model: 'm' }

async function bytesOf(cloud: CloudModel, call: LanguageModelV4CallOptions): Promise<number> {
  const outbox = new Outbox()
  await Promise.allSettled([cloud.counting(outbox).doStream(call)])
  return outbox.bytes
}

describe('the key', () => {
  test('is read from the variable the policy names', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = createCloud(
      { ...settings, baseURL: server.baseURL, apiKeyEnv: 'A_KEY' },
      { env: { A_KEY: 'sk-1' } },
    )
    expect((await cloud.doStream({ prompt: prompt('x') })).stream).toBeDefined()
    expect(server.headers[0]!.authorization).toBe('Bearer sk-1')
  })

  test('is not sent when the policy names none', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = createCloud({ ...settings, baseURL: server.baseURL }, { env: { OPENAI_API_KEY: 'sk-1' } })
    expect(
      (await collect(partsOf((await cloud.doStream({ prompt: prompt('x') })).stream))).content,
    ).toHaveLength(1)
    expect(server.headers[0]!.authorization).toBeUndefined()
  })

  test('that is missing or empty is an error with the name of the variable', () => {
    for (const env of [{}, { A_KEY: '' }]) {
      expect(() => createCloud({ ...settings, apiKeyEnv: 'A_KEY' }, { env })).toThrow(CloudConfigError)
      expect(() => createCloud({ ...settings, apiKeyEnv: 'A_KEY' }, { env })).toThrow(
        /^A_KEY is not set: put the key/,
      )
    }
  })

  test('does not follow a redirect', async () => {
    await using elsewhere = await cloudServer(answers('stolen'))
    await using server = await cloudServer((response) =>
      response.writeHead(308, { location: `${elsewhere.baseURL}/chat/completions` }).end(),
    )
    const cloud = createCloud(
      { ...settings, baseURL: server.baseURL, apiKeyEnv: 'A_KEY' },
      { env: { A_KEY: 'sk-1' } },
    )
    await expect(cloud.doStream({ prompt: prompt('x') })).rejects.toMatchObject({ code: 'redirected' })
    expect(elsewhere.connections()).toBe(0)
  })
})

test('options of this package do not get into the request, those for the cloud do', async () => {
  await using server = await cloudServer(answers('x'))
  const cloud = createCloud({ ...settings, baseURL: server.baseURL })
  const providerOptions = { edgewise: { task: 'redact' }, cloud: { service_tier: 'flex' } }
  await cloud.doStream({ prompt: prompt('x'), providerOptions })
  expect(server.bodies[0]).toContain('flex')
  expect(server.bodies[0]).not.toContain('redact')
})

describe('bytes', () => {
  test('are those of the request body on the wire, in UTF-8', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = createCloud({ ...settings, baseURL: server.baseURL })
    const bytes = await bytesOf(cloud, { prompt: prompt('naïve 🦊 text') })
    expect(bytes).toBe(Buffer.byteLength(server.bodies[0]!))
    expect(bytes).toBeGreaterThan(server.bodies[0]!.length)
  })

  test.each([
    ['ECONNREFUSED', 0],
    ['ENOTFOUND', 0],
    ['ECONNRESET', 1],
    ['UND_ERR_HEADERS_TIMEOUT', 1],
  ])('after %s', async (code, sent) => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }))
    expect(Math.sign(await bytesOf(createCloud(settings, { fetch }), { prompt: prompt('x') }))).toBe(sent)
  })

  test('their digest is what anybody can compute from what came in', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = createCloud({ ...settings, baseURL: server.baseURL })
    const outbox = new Outbox()
    await cloud.counting(outbox).doStream({ prompt: prompt('naïve') })
    expect(await digestHex(outbox.bodies)).toBe(createHash('sha256').update(server.bodies[0]!).digest('hex'))
  })
})

describe('any other model as the cloud', () => {
  const data = { type: 'data', data: new Uint8Array(3000) } as const
  const withFile: LanguageModelV4Prompt = [
    { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] },
  ]
  const steps = [...text('x'), finish()]

  test('its bytes are estimated from the call', async () => {
    const outbox = new Outbox()
    const model = countingModel(scripted({ steps }), outbox)
    expect(outbox.bytes).toBe(0)
    await model.doStream({ prompt: withFile, abortSignal: new AbortController().signal })
    expect(outbox.bytes).toBeGreaterThan(4000)
    expect(outbox.bytes).toBeLessThan(4200)
    expect(outbox.bodies).toEqual([])
  })

  test('or read from the request it reports', async () => {
    const inner = scripted({ steps })
    const outbox = new Outbox()
    const model = countingModel(
      {
        ...inner,
        doStream: async (call) => ({ ...(await inner.doStream(call)), request: { body: '{"é":1}' } }),
      },
      outbox,
    )
    await model.doStream({ prompt: prompt('x'), abortSignal: new AbortController().signal })
    expect(outbox.bytes).toBe(8)
  })
})
