/** Embeddings of the device and of a real cloud: who makes them, what the receipt says, what may not leave. */
import { memoryLedger } from '@edgewise/evidence'
import { embedMany } from 'ai'
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { Policy } from '../policy/index.ts'
import { cloudServer, type Handler } from '../testing/cloud-server.ts'
import { deviceAnswer } from '../testing/models.ts'

const device: DeviceModel = {
  ...deviceAnswer(0, 'x'),
  embed: async (texts) => texts.map((text) => Float32Array.of(text.length, 0)),
}

const vectors: Handler = (response, body) => {
  const { input } = JSON.parse(body)
  const data = input.map((_: string, index: number) => ({
    object: 'embedding',
    index,
    embedding: [0.5, index],
  }))
  const usage = { prompt_tokens: 8, total_tokens: 8 }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ object: 'list', model: 'embed-large', data, usage }))
}

const policyOf = (baseURL: string): Policy => ({
  version: 1,
  cloud: { baseURL, model: 'm', embedding: { model: 'embed-large', inputPerMTok: 2 } },
  tasks: {
    secret: { place: 'device-only' },
    hidden: { place: 'prefer-cloud', privacy: 'redacted' },
  },
  default: { place: 'prefer-cloud' },
})

describe('embeddings', () => {
  test('of the device, with a receipt', async () => {
    await using server = await cloudServer(vectors)
    const ledger = memoryLedger()
    const ew = edgewise({ policy: policyOf(server.baseURL), device, ledger })
    for (const id of ['device', device.modelId]) {
      const { embeddings, providerMetadata } = await embedMany({
        model: ew.embeddingModel(id),
        values: ['four', 'a'],
      })
      expect(embeddings).toEqual([
        [4, 0],
        [1, 0],
      ])
      expect(providerMetadata!.edgewise).toMatchObject({ place: 'device', bytesOut: 0, recorded: true })
    }
    expect(server.connections()).toBe(0)
    expect(await ledger.recent(9)).toHaveLength(2)
  })

  test('of the cloud, where the policy names a model: cost, bytes and digest are on the receipt', async () => {
    await using server = await cloudServer(vectors)
    const ew = edgewise({ policy: policyOf(server.baseURL), device })
    const model = ew.embeddingModel('embed-large')
    const { embeddings, providerMetadata } = await embedMany({ model, values: ['a', 'b'] })
    expect(embeddings).toEqual([
      [0.5, 0],
      [0.5, 1],
    ])
    expect(providerMetadata!.edgewise).toMatchObject({
      place: 'cloud',
      model: 'embed-large',
      inputTokens: 8,
      costUsd: (8 * 2) / 1e6,
      bytesOut: Buffer.byteLength(server.bodies[0]!),
      sentDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
  })

  test.each(['secret', 'hidden'])(
    'of a task whose texts stay (%s) are not made in the cloud',
    async (task) => {
      await using server = await cloudServer(vectors)
      const ledger = memoryLedger()
      const model = edgewise({ policy: policyOf(server.baseURL), device, ledger }).embeddingModel(
        'embed-large',
      )
      const call = { values: ['a'], providerOptions: { edgewise: { task } } }
      await expect(model.doEmbed(call)).rejects.toMatchObject({ code: 'privacy_forbids' })
      expect(server.connections()).toBe(0)
      expect(await ledger.recent(1)).toMatchObject([{ task, error: 'privacy_forbids', attempts: [] }])
    },
  )

  test('a task the policy lacks is refused', async () => {
    const ledger = memoryLedger()
    const model = edgewise({ policy: policyOf('http://127.0.0.1:9/v1'), device, ledger }).embeddingModel(
      'device',
    )
    const call = { values: ['a'], providerOptions: { edgewise: { task: 'sceret', user: 'anna' } } }
    await expect(model.doEmbed(call)).rejects.toMatchObject({ code: 'unknown_task' })
    expect(await ledger.recent(1)).toMatchObject([
      { error: 'unknown_task', user: expect.stringMatching(/^[0-9a-f]{16}$/) },
    ])
  })

  test('a cloud that fails is an error with a receipt; a model that nobody has is none', async () => {
    await using server = await cloudServer((response) => response.writeHead(400).end('{}'))
    const ledger = memoryLedger()
    const ew = edgewise({ policy: policyOf(server.baseURL), device, ledger })
    await expect(ew.embeddingModel('embed-large').doEmbed({ values: ['a'] })).rejects.toThrow()
    expect(await ledger.recent(1)).toMatchObject([
      { error: 'cloud_failed', costUsd: 0, attempts: [{ outcome: 'failed', note: 'HTTP 400' }] },
    ])
    expect(() => ew.embeddingModel('nowhere')).toThrow(
      expect.objectContaining({ modelType: 'embeddingModel' }),
    )
    const bare = edgewise({ policy: policyOf(server.baseURL), device: deviceAnswer(0, 'x') })
    expect(() => bare.embeddingModel('device')).toThrow()
  })
})
