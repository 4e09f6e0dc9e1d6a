import type { LanguageModelV4CallOptions, LanguageModelV4Prompt } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { type CloudModel, createCloud, meter } from './cloud.ts'
import { collect, partsOf } from './collect.ts'
import { CloudConfigError } from './errors.ts'
import { answers, cloudServer } from './testing/cloud-server.ts'
import { finish, prompt, scripted, text } from './testing/models.ts'

const settings = { baseURL: 'http://127.0.0.1:9/v1', model: 'm' }

async function bytesOf(cloud: CloudModel, call: LanguageModelV4CallOptions): Promise<number> {
  const { model, bytesOut } = cloud.metered()
  await Promise.allSettled([model.doStream(call)])
  return bytesOut()
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
    await expect(cloud.doStream({ prompt: prompt('x') })).rejects.toThrow('unexpected redirect')
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

  test('each call has its own count', async () => {
    await using server = await cloudServer(answers('x'))
    const cloud = createCloud({ ...settings, baseURL: server.baseURL })
    const first = cloud.metered()
    await first.model.doStream({ prompt: prompt('x') })
    expect(cloud.metered().bytesOut()).toBe(0)
    expect(first.bytesOut()).toBeGreaterThan(0)
  })
})

describe('any other model as the cloud', () => {
  const data = { type: 'data', data: new Uint8Array(3000) } as const
  const withFile: LanguageModelV4Prompt = [
    { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data }] },
  ]
  const steps = [...text('x'), finish()]

  test('its bytes are estimated from the call', async () => {
    const { model, bytesOut } = meter(scripted({ steps }))
    expect(bytesOut()).toBe(0)
    await model.doStream({ prompt: withFile, abortSignal: new AbortController().signal })
    expect(bytesOut()).toBeGreaterThan(4000)
    expect(bytesOut()).toBeLessThan(4200)
  })

  test('or read from the request it reports', async () => {
    const inner = scripted({ steps })
    const { model, bytesOut } = meter({
      ...inner,
      doStream: async (call) => ({ ...(await inner.doStream(call)), request: { body: '{"é":1}' } }),
    })
    await model.doStream({ prompt: prompt('x'), abortSignal: new AbortController().signal })
    expect(bytesOut()).toBe(8)
  })
})
