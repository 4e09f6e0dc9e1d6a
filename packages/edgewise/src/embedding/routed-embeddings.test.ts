/** Embeddings of the device and of a real cloud: who makes them, what the receipt says, what may not leave. */
import { memoryLedger } from '@edgewise/evidence'
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { embedMany } from 'ai'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { EdgewiseOptions } from '../host.ts'
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
  cloud: {
    baseURL,
    model: 'm',
    price: { inputPerMTok: 1, outputPerMTok: 1 },
    embedding: { model: 'embed-large', inputPerMTok: 2 },
  },
  tasks: {
    secret: { place: 'device-only' },
    paid: { place: 'prefer-cloud', budget: { perDayUsd: 0.00003 } },
    quick: { place: 'prefer-cloud', deadlineMs: { total: 50 } },
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

  const by = (task: string, values = ['a']) => ({ values, providerOptions: { edgewise: { task } } })

  test('are not asked of a cloud that is not there, and the receipt says why', async () => {
    await using server = await cloudServer(vectors)
    const ledger = memoryLedger()
    const open = (options: Partial<EdgewiseOptions>) =>
      edgewise({ policy: policyOf(server.baseURL), device, ledger, ...options }).embeddingModel('embed-large')
    await expect(open({ online: () => false }).doEmbed({ values: ['a'] })).rejects.toMatchObject({
      code: 'offline',
    })
    await expect(open({ cloud: null }).doEmbed({ values: ['a'] })).rejects.toMatchObject({
      code: 'cloud_unavailable',
    })
    expect(server.connections()).toBe(0)
    expect(await ledger.recent(2)).toMatchObject([
      { error: 'cloud_unavailable', attempts: [] },
      { error: 'offline', attempts: [], why: expect.stringContaining('offline') },
    ])
  })

  test('cost of their budget: as many as fit together, then none', async () => {
    await using server = await cloudServer(vectors)
    const ledger = memoryLedger()
    const model = edgewise({ policy: policyOf(server.baseURL), device, ledger }).embeddingModel('embed-large')
    // Each is expected to cost $0.000024 and costs $0.000016.
    const calls = Array.from({ length: 3 }, () => model.doEmbed(by('paid', ['a'.repeat(48)])))
    const codes = (await Promise.allSettled(calls)).map((result) =>
      result.status === 'rejected' ? result.reason.code : 'ok',
    )
    expect(codes.toSorted()).toEqual(['budget_exceeded', 'budget_exceeded', 'ok'])
    expect(server.bodies).toHaveLength(1)
    expect((await ledger.recent(3)).filter(({ error }) => error === 'budget_exceeded')).toHaveLength(2)
  })

  test('end at the deadline, also of a model that is deaf to its signal', async () => {
    await using server = await cloudServer(() => {})
    const ledger = memoryLedger()
    const deaf: DeviceModel = { ...device, embed: () => new Promise(() => {}) }
    const ew = edgewise({ policy: policyOf(server.baseURL), device: deaf, ledger })
    for (const id of ['embed-large', 'device']) {
      const asking = Promise.resolve(ew.embeddingModel(id).doEmbed(by('quick')))
      const error = await asking.catch((error: unknown) => error)
      expect(error).toMatchObject({ code: 'deadline_exceeded', receiptId: (await ledger.recent(1))[0]!.id })
    }
    const [onDevice, inCloud] = await ledger.recent(2)
    expect(onDevice).toMatchObject({ error: 'deadline_exceeded', costUsd: 0 })
    // It was sent, and is billed.
    expect(inCloud).toMatchObject({
      error: 'deadline_exceeded',
      costUsd: (Math.ceil(inCloud!.bytesOut / 4) * 2) / 1e6,
      attempts: [{ outcome: 'failed', estimated: true }],
    })
  })

  test('of a caller who leaves end with its reason', async () => {
    const ledger = memoryLedger()
    const deaf: DeviceModel = { ...device, embed: () => new Promise(() => {}) }
    const model = edgewise({
      policy: policyOf('http://127.0.0.1:9/v1'),
      device: deaf,
      ledger,
    }).embeddingModel('device')
    const gone = new Error('gone')
    const abort = new AbortController()
    const remove = vi.spyOn(abort.signal, 'removeEventListener')
    const asking = model.doEmbed({ values: ['a'], abortSignal: abort.signal })
    setTimeout(() => abort.abort(gone), 5)
    await expect(asking).rejects.toBe(gone)
    expect(remove).toHaveBeenCalled()
    await expect(model.doEmbed({ values: ['a'], abortSignal: abort.signal })).rejects.toBe(gone)
    expect(await ledger.recent(2)).toMatchObject([
      { error: 'aborted', attempts: [] },
      { error: 'aborted', attempts: [{ outcome: 'cancelled', code: null }] },
    ])
  })

  test('of a device on another machine leave, so a task whose texts stay does not ask it', async () => {
    const asked: string[] = []
    const remote: DeviceModel = {
      ...device,
      facts: { contextLength: 9, leavesDevice: true, countTokens: () => 1, lacks: () => [] },
      embed: async (texts) => {
        asked.push(...texts)
        return texts.map(() => Float32Array.of(1))
      },
    }
    const ledger = memoryLedger()
    const model = edgewise({
      policy: policyOf('http://127.0.0.1:9/v1'),
      device: remote,
      ledger,
    }).embeddingModel('device')
    await expect(model.doEmbed(by('secret', ['private']))).rejects.toMatchObject({
      code: 'device_unavailable',
    })
    expect(asked).toEqual([])
    await model.doEmbed({ values: ['né'] })
    expect(await ledger.recent(1)).toMatchObject([{ place: 'device', bytesOut: 3, costUsd: 0 }])
  })

  test('have spans', async () => {
    const exporter = new InMemorySpanExporter()
    const spanProcessors = [new SimpleSpanProcessor(exporter)]
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }))
    onTestFinished(() => trace.disable())
    await edgewise({ policy: policyOf('http://127.0.0.1:9/v1'), device })
      .embeddingModel('device')
      .doEmbed({ values: ['the secret text'] })
    const spans = exporter.getFinishedSpans()
    expect(spans.map(({ name }) => name)).toEqual(['embeddings tiny', 'embeddings tiny'])
    expect(spans[1]!.attributes).toMatchObject({ 'gen_ai.operation.name': 'embeddings' })
    expect(JSON.stringify(spans.map(({ attributes }) => attributes))).not.toContain('secret')
  })

  test('under a budget need a price', () => {
    const policy = policyOf('http://127.0.0.1:9/v1')
    const unpriced = { ...policy, cloud: { ...policy.cloud!, embedding: { model: 'embed-large' } } }
    expect(() => edgewise({ policy: unpriced, device })).toThrow(
      /^policy tasks\.paid\.budget: what embeddings cost is not known/,
    )
  })
})
