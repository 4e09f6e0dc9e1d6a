import { getEventListeners } from 'node:events'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import { describe, expect, test } from 'vitest'
import type { DeviceModel } from './device/device-model.ts'
import type { Policy, Rule } from './policy.ts'
import { createEdgewise, type EdgewiseOptions } from './router.ts'
import {
  deviceAnswer,
  finish,
  prompt,
  type Script,
  type ScriptedModel,
  scripted,
  text,
} from './testing/models.ts'

const price = { inputPerMTok: 1, outputPerMTok: 10 }

const policyOf = (rule: Rule, extra: Partial<Policy> = {}): Policy => ({
  version: 1,
  cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'configured', firstTokenMs: 60, idleMs: 60, price },
  tasks: { job: rule },
  default: { place: 'prefer-cloud' },
  ...extra,
})

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('the secret prompt'),
  providerOptions: { edgewise: { task: 'job' } },
  ...options,
})

interface Setting {
  rule: Rule
  device?: DeviceModel | null
  cloud?: ScriptedModel | null
  options?: Partial<EdgewiseOptions>
}

function setup({
  rule,
  device = deviceAnswer(-0.1, 'from ', 'device'),
  cloud = cloudAnswer(),
  options,
}: Setting) {
  const receipts: Receipt[] = []
  const ledger: Ledger = {
    put: (receipt) => void receipts.push(receipt),
    get: () => undefined,
    recent: () => [],
  }
  const model = createEdgewise({ policy: policyOf(rule), device, cloud, ledger, ...options })
  return { model, receipts, device, cloud }
}

const cloudAnswer = (): ScriptedModel =>
  scripted({
    modelId: 'cloudy',
    steps: [...text('from ', 'cloud'), finish({ input: 100, output: 20, meta: { cloud: { id: 1 } } })],
  })

const textOf = (parts: readonly LanguageModelV4StreamPart[]): string =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')

async function readAll(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

const escalating: Rule = { place: 'prefer-device', escalate: { minMeanLogprob: -0.5 } }
const boom = { fail: new Error('boom') }
const failing = (): ScriptedModel => scripted({ modelId: 'broken', steps: [boom] })

describe('an answer from the device', () => {
  test('stream parts and receipt', async () => {
    const { model, receipts, cloud } = setup({ rule: { place: 'prefer-device' } })
    const parts = await readAll((await model.doStream(call())).stream)
    const [receipt] = receipts
    expect(receipts).toHaveLength(1)
    expect(receipt!.id).toMatch(/^rcp_[A-Za-z0-9_-]{24}$/)
    expect(receipt).toMatchObject({
      task: 'job',
      place: 'device',
      model: 'tiny',
      why: 'the policy prefers the device',
      attempts: [{ place: 'device', model: 'tiny', outcome: 'answered', costUsd: 0, bytesOut: 0 }],
      signal: { name: 'meanLogprob', value: -0.1, threshold: null },
      inputTokens: 10,
      outputTokens: 4,
      costUsd: 0,
      avoidedUsd: (10 * 1 + 4 * 10) / 1e6,
      bytesOut: 0,
      error: null,
    })
    expect(parts[0]).toEqual({ type: 'stream-start', warnings: [] })
    expect(parts[1]).toMatchObject({ type: 'response-metadata', id: receipt!.id, modelId: 'tiny' })
    expect(parts[2]).toMatchObject({
      type: 'text-start',
      providerMetadata: { edgewise: { place: 'device', task: 'job', why: receipt!.why } },
    })
    expect(textOf(parts)).toBe('from device')
    expect(parts.at(-1)).toMatchObject({ type: 'finish', providerMetadata: { edgewise: receipt } })
    expect(cloud!.calls).toHaveLength(0)
  })

  test('structured data comes beside the receipt, not in the ledger', async () => {
    const device = scripted({
      steps: [...text('x'), finish({ meta: { edgewise: { meanLogprob: 0, data: [{ start: 0 }] } } })],
    })
    const { model, receipts } = setup({ rule: { place: 'device-only' }, device })
    const result = await model.doGenerate(call())
    expect(result.providerMetadata!.edgewise).toMatchObject({ place: 'device', data: [{ start: 0 }] })
    expect(receipts[0]).not.toHaveProperty('data')
  })

  test('the device gets the task and no headers', async () => {
    const { model, device } = setup({ rule: { place: 'device-only', deviceTask: 'fix' } })
    await model.doGenerate(
      call({
        headers: { authorization: 'x' },
        temperature: 0.3,
        providerOptions: { edgewise: { task: 'job' }, other: { a: 1 } },
      }),
    )
    const [seen] = (device as ScriptedModel).calls
    expect(seen!.headers).toBeUndefined()
    expect(seen!.temperature).toBe(0.3)
    expect(seen!.providerOptions).toEqual({ edgewise: { task: 'fix' }, other: { a: 1 } })
  })
})

describe('an answer from the cloud', () => {
  test('its receipt has its cost, and what was sent', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' } })
    const result = await model.doGenerate(call())
    expect(result.content).toEqual([{ type: 'text', text: 'from cloud' }])
    expect(result.response).toMatchObject({ id: receipts[0]!.id, modelId: 'cloudy' })
    expect(result.providerMetadata).toMatchObject({ cloud: { id: 1 }, edgewise: { place: 'cloud' } })
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        model: 'cloudy',
        costUsd: (100 + 200) / 1e6,
        avoidedUsd: 0,
        signal: null,
        error: null,
      },
    ])
    expect(receipts[0]!.bytesOut).toBeGreaterThan('the secret prompt'.length)
  })

  test('without a price its cost is unknown, not nothing', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud' },
      options: {
        policy: { version: 1, tasks: { job: { place: 'prefer-cloud' } }, default: { place: 'prefer-cloud' } },
      },
    })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', costUsd: null, avoidedUsd: null }])
  })

  test('it gets nothing of this package, and the instructions when the caller has none', async () => {
    const { model, cloud } = setup({ rule: { place: 'cloud-only', instructions: 'be brief' } })
    await model.doGenerate(
      call({ headers: { h: '1' }, providerOptions: { edgewise: { task: 'job' }, cloud: { a: 1 } } }),
    )
    await model.doGenerate(call({ prompt: [{ role: 'system', content: 'mine' }, ...prompt('x')] }))
    const [first, second] = cloud!.calls
    expect(first!.providerOptions).toEqual({ cloud: { a: 1 } })
    expect(first!.headers).toEqual({ h: '1' })
    expect(first!.prompt[0]).toEqual({ role: 'system', content: 'be brief' })
    expect(second!.prompt.filter(({ role }) => role === 'system')).toEqual([
      { role: 'system', content: 'mine' },
    ])
  })
})

describe('the check', () => {
  test('a good answer is released after it passed', async () => {
    const { model, receipts, cloud } = setup({ rule: escalating })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([{ type: 'text', text: 'from device' }])
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toMatchObject([
      {
        why: 'the policy prefers the device; its answer passed the check (mean logprob -0.10, the bar is -0.50)',
        signal: { value: -0.1, threshold: -0.5 },
      },
    ])
  })

  test('a doubtful answer goes to the cloud, and none of it is seen', async () => {
    const { model, receipts } = setup({ rule: escalating, device: deviceAnswer(-0.9, 'doubt', 'ful') })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from cloud')
    expect(receipts).toMatchObject([
      {
        place: 'cloud',
        why: 'the policy prefers the device; its answer did not pass the check (mean logprob -0.90, the bar is -0.50), so the cloud was asked',
        signal: { value: -0.9, threshold: -0.5 },
        attempts: [
          { place: 'device', outcome: 'rejected', inputTokens: 10, outputTokens: 4 },
          { place: 'cloud', outcome: 'answered' },
        ],
      },
    ])
  })

  test('an answer without a signal does not pass', async () => {
    const device = scripted({ steps: [...text('x'), finish()] })
    const { model, receipts } = setup({ rule: escalating, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', signal: null }])
  })

  test("when the cloud fails, the device's answer stands", async () => {
    const { model, receipts } = setup({
      rule: escalating,
      device: deviceAnswer(-0.9, 'doubtful'),
      cloud: failing(),
    })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('doubtful')
    expect(receipts).toMatchObject([
      {
        place: 'device',
        model: 'tiny',
        error: null,
        attempts: [
          { place: 'device', outcome: 'answered', note: 'mean logprob -0.90, the bar is -0.50' },
          { place: 'cloud', outcome: 'failed', note: 'it ended with Error' },
        ],
      },
    ])
    expect(receipts[0]!.why).toMatch(
      /so the cloud was asked; the cloud failed \(.*\), so the device's answer stands$/,
    )
  })

  test('without a cloud nothing is held back, and the signal is recorded with the bar it missed', async () => {
    const { promise: gate, resolve } = Promise.withResolvers<void>()
    const device = scripted({
      steps: [...text('first'), finish({ meta: { edgewise: { meanLogprob: -3 } } })],
    })
    const slow: DeviceModel = {
      ...device,
      async doStream(options) {
        const { stream } = await device.doStream(options)
        const held = new TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart>({
          async transform(part, controller) {
            if (part.type === 'finish') await gate
            controller.enqueue(part)
          },
        })
        return { stream: stream.pipeThrough(held) }
      },
    }
    const { model, receipts } = setup({ rule: escalating, device: slow, cloud: null })
    const { stream } = await model.doStream(call())
    const reader = stream.getReader()
    const seen: string[] = []
    while (!seen.includes('text-delta')) seen.push((await reader.read()).value!.type)
    resolve()
    while (!(await reader.read()).done);
    expect(receipts).toMatchObject([
      {
        place: 'device',
        why: 'the policy prefers the device, and no cloud is configured',
        signal: { value: -3, threshold: -0.5 },
      },
    ])
  })
})

describe('falling back', () => {
  const deviceFaults: [string, ScriptedModel][] = [
    ['rejects', scripted({ opening: [boom], steps: [] })],
    ['throws in the stream', failing()],
    ['sends an error part', scripted({ steps: [{ type: 'error', error: new Error('x') }, finish()] })],
    ['ends without a finish', scripted({ steps: [...text()] })],
    ['is quite empty', scripted({ steps: [] })],
    ['finishes with an error', scripted({ steps: [finish({ reason: 'error' })] })],
  ]
  test.each(deviceFaults)('the device %s: the cloud answers', async (_, device) => {
    for (const rule of [{ place: 'prefer-device' } as const, escalating]) {
      const { model, receipts } = setup({ rule, device })
      const parts = await readAll((await model.doStream(call())).stream)
      expect(textOf(parts)).toBe('from cloud')
      expect(receipts).toMatchObject([
        {
          place: 'cloud',
          attempts: [
            { place: 'device', outcome: 'failed' },
            { place: 'cloud', outcome: 'answered' },
          ],
        },
      ])
    }
  })

  test.each(deviceFaults)('the device %s: a device-only task fails and asks nobody', async (_, device) => {
    const { model, receipts, cloud } = setup({ rule: { place: 'device-only' }, device })
    await expect(model.doGenerate(call())).rejects.toMatchObject({
      receiptId: expect.stringMatching(/^rcp_/),
    })
    await expect(model.doStream(call())).rejects.toBeInstanceOf(Error)
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toHaveLength(2)
    expect(receipts[0]).toMatchObject({ place: null, bytesOut: 0, avoidedUsd: null })
  })

  const cloudFaults: [string, ScriptedModel][] = [
    ...deviceFaults,
    ['never opens', scripted({ opening: ['hang'], steps: [] })],
    ['never opens and does not listen', scripted({ opening: ['deaf hang'], steps: [] })],
    ['never speaks', scripted({ steps: [{ type: 'stream-start', warnings: [] }, 'deaf hang'] })],
    [
      'sends empty deltas and then nothing',
      scripted({
        steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: '' }, 'hang'],
      }),
    ],
    [
      'trickles pings before it speaks',
      scripted({
        steps: [
          ...Array.from({ length: 40 }, (_, i) => (i % 2 ? { wait: 10 } : { type: 'ping' as const })),
          ...text('too late'),
          finish(),
        ],
      }),
    ],
  ]
  test.each(cloudFaults)('the cloud %s: the device answers', async (_, cloud) => {
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('from device')
    expect(receipts).toMatchObject([
      {
        place: 'device',
        attempts: [
          { place: 'cloud', outcome: 'failed' },
          { place: 'device', outcome: 'answered' },
        ],
      },
    ])
    expect(receipts[0]!.why).toMatch(
      /^the policy prefers the cloud; the cloud failed \(.+\), so the device was asked$/,
    )
    expect(cloud.running()).toBe(0)
  })

  test('an empty but finished answer is an answer', async () => {
    const { model, receipts, device } = setup({
      rule: { place: 'prefer-cloud' },
      cloud: scripted({ steps: [finish({ output: 0 })] }),
    })
    const { content } = await model.doGenerate(call())
    expect(content).toEqual([])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(receipts).toMatchObject([{ place: 'cloud', firstTokenMs: null, tokensPerSecond: null }])
  })

  test('both fail', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-cloud' },
      cloud: failing(),
      device: failing(),
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({
      code: 'no_answer',
      causes: [boom.fail, boom.fail],
    })
    expect(receipts).toMatchObject([{ place: null, error: 'no_answer', costUsd: null }])
  })

  test("the device's own code is kept", async () => {
    const cause = Object.assign(new Error('900 tokens do not fit'), { code: 'context_length_exceeded' })
    const { model, receipts } = setup({
      rule: { place: 'device-only' },
      device: scripted({ opening: [{ fail: cause }], steps: [] }),
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'context_length_exceeded', cause })
    expect(receipts).toMatchObject([
      { error: 'context_length_exceeded', attempts: [{ note: '900 tokens do not fit' }] },
    ])
  })
})

describe('an answer that breaks off after it was seen', () => {
  const faults: [string, Script['steps']][] = [
    ['throws', [boom]],
    ['sends an error part', [{ type: 'error', error: new Error('x') }]],
    ['ends without a finish', []],
    ['stalls', ['deaf hang']],
  ]
  test.each(faults)('the cloud %s: an error, never a second text', async (_, end) => {
    const cloud = scripted({
      steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'half' }, ...end],
    })
    const { model, receipts, device } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const parts = await readAll((await model.doStream(call())).stream)
    expect(textOf(parts)).toBe('half')
    expect(parts.slice(-3)).toMatchObject([
      { type: 'text-end', id: '0' },
      { type: 'error', error: { code: 'cloud_broken', receiptId: receipts[0]!.id } },
      {
        type: 'finish',
        finishReason: { unified: 'error', raw: 'cloud_broken' },
        providerMetadata: { edgewise: { error: 'cloud_broken' } },
      },
    ])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(receipts).toMatchObject([
      { place: 'cloud', error: 'cloud_broken', costUsd: null, avoidedUsd: null },
    ])
    expect(cloud.running()).toBe(0)
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'cloud_broken' })
    expect(receipts).toHaveLength(2)
  })

  test('the device breaks off', async () => {
    const device = scripted({
      steps: [{ type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'half' }, boom],
    })
    const { model, receipts, cloud } = setup({ rule: { place: 'prefer-device' }, device })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'device_broken' })
    expect(cloud!.calls).toHaveLength(0)
    expect(receipts).toHaveLength(1)
  })
})

describe('nowhere to go', () => {
  test.each<[Rule, string]>([
    [{ place: 'cloud-only' }, 'cloud_unavailable'],
    [{ place: 'device-only' }, 'device_unavailable'],
    [{ place: 'prefer-device' }, 'device_unavailable'],
    [{ place: 'prefer-cloud' }, 'device_unavailable'],
  ])('%j', async (rule, code) => {
    const { model, receipts } = setup({ rule, device: null, cloud: null })
    await expect(model.doStream(call())).rejects.toMatchObject({ code, receiptId: expect.any(String) })
    expect(receipts).toMatchObject([{ place: null, attempts: [], error: code }])
  })

  test('a device that is loaded later is found', async () => {
    let device: DeviceModel | null = null
    const model = createEdgewise({
      policy: policyOf({ place: 'device-only' }),
      cloud: null,
      get device() {
        return device
      },
    })
    await expect(model.doGenerate(call())).rejects.toMatchObject({ code: 'device_unavailable' })
    device = deviceAnswer(0, 'here')
    expect((await model.doGenerate(call())).content).toEqual([{ type: 'text', text: 'here' }])
  })
})

describe('the task', () => {
  test('none: the default rule, done as complete on the device', async () => {
    const { model, receipts, device } = setup({ rule: { place: 'device-only' }, cloud: null })
    await model.doGenerate({ prompt: prompt('x') })
    expect((device as ScriptedModel).calls[0]!.providerOptions).toEqual({ edgewise: { task: 'complete' } })
    expect(receipts).toMatchObject([
      { task: 'default', why: 'the policy prefers the cloud, but no cloud is configured' },
    ])
  })

  test.each([
    [{ task: 'jbo' }, 'unknown_task', 'it has job'],
    [{ task: 'toString' }, 'unknown_task', 'it has job'],
    [{ task: 'default' }, 'unknown_task', 'it has job'],
    [{ task: 7 }, 'bad_option', 'a string'],
    [{ task: null }, 'bad_option', 'a string'],
    [{ tsak: 'job' }, 'bad_option', 'no "tsak"'],
  ])('%j is refused, and asks nobody', async (edgewise, code, message) => {
    const { model, receipts, device, cloud } = setup({ rule: { place: 'device-only' } })
    const attempt = model.doStream(call({ providerOptions: { edgewise } }))
    await expect(attempt).rejects.toMatchObject({ code, message: expect.stringContaining(message) })
    expect(receipts).toMatchObject([{ place: null, error: code }])
    expect((device as ScriptedModel).calls).toHaveLength(0)
    expect(cloud!.calls).toHaveLength(0)
  })

  test('a prompt given as a task name does not get into the ledger', async () => {
    const { model, receipts } = setup({ rule: { place: 'device-only' } })
    await expect(
      model.doGenerate(call({ providerOptions: { edgewise: { task: 'my card is 4111' } } })),
    ).rejects.toBeInstanceOf(Error)
    expect(JSON.stringify(receipts)).not.toContain('4111')
    expect(receipts[0]!.task).toBe('unknown')
  })
})

describe('what the device says of itself', () => {
  const withFacts = (facts: Partial<NonNullable<DeviceModel['facts']>>): DeviceModel => ({
    ...deviceAnswer(-0.1, 'from device'),
    facts: { contextLength: 100, countTokens: () => 10, lacks: () => [], ...facts },
  })

  test('a prompt that does not fit goes to the cloud at once', async () => {
    const { model, receipts } = setup({
      rule: { place: 'prefer-device' },
      device: withFacts({ countTokens: () => 101 }),
    })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'cloud', attempts: [{ place: 'cloud' }] }])
  })

  test('tools go to the cloud; when it fails, the device answers', async () => {
    const device = withFacts({ lacks: () => ['tools'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device, cloud: failing() })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device', attempts: [{ place: 'cloud' }, { place: 'device' }] }])
  })

  test('facts that throw change nothing', async () => {
    const device = withFacts({
      countTokens: () => {
        throw new Error('unknown task')
      },
    })
    const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device' }])
  })

  test('are not asked for a device-only task', async () => {
    const device = withFacts({ countTokens: () => 101, lacks: () => ['tools'] })
    const { model, receipts } = setup({ rule: { place: 'device-only' }, device })
    await model.doGenerate(call())
    expect(receipts).toMatchObject([{ place: 'device' }])
  })
})

describe('giving up', () => {
  const half = [
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'half' },
  ] as const
  const reason = new Error('enough')

  test.each<[string, Rule, ScriptedModel, ScriptedModel]>([
    [
      'before the device opens',
      { place: 'prefer-device' },
      scripted({ opening: ['hang'], steps: [] }),
      cloudAnswer(),
    ],
    [
      'while a deaf device works',
      { place: 'prefer-device' },
      scripted({ steps: ['deaf hang'] }),
      cloudAnswer(),
    ],
    ['while an answer is held back', escalating, scripted({ steps: [...half, 'hang'] }), cloudAnswer()],
    [
      'before the cloud opens',
      { place: 'prefer-cloud' },
      deviceAnswer(0, 'x'),
      scripted({ opening: ['hang'], steps: [] }),
    ],
    ['after an escalation', escalating, deviceAnswer(-9, 'x'), scripted({ steps: ['hang'] })],
  ])('%s: the reason is rethrown, nothing falls back, one receipt', async (_, rule, device, cloud) => {
    const { model, receipts } = setup({ rule, device, cloud })
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 20)
    await expect(model.doGenerate(call({ abortSignal: stop.signal }))).rejects.toBe(reason)
    expect(receipts).toMatchObject([{ place: null, error: 'aborted' }])
    expect(device.running() + cloud.running()).toBe(0)
    expect(receipts[0]!.attempts.at(-1)).toMatchObject({ outcome: 'failed', note: 'stopped by the caller' })
  })

  test('before the call: nobody is asked', async () => {
    const { model, receipts, device, cloud } = setup({ rule: { place: 'prefer-device' } })
    await expect(model.doStream(call({ abortSignal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect((device as ScriptedModel).calls.length + cloud!.calls.length).toBe(0)
    expect(receipts).toMatchObject([{ error: 'aborted', attempts: [] }])
  })

  test('in the middle of a stream that is being read', async () => {
    const cloud = scripted({ steps: [...half, 'hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const stop = new AbortController()
    const { stream } = await model.doStream(call({ abortSignal: stop.signal }))
    setTimeout(() => stop.abort(reason), 10)
    await expect(readAll(stream)).rejects.toBe(reason)
    expect(receipts).toMatchObject([{ place: 'cloud', error: 'aborted' }])
    expect(cloud.calls[0]!.abortSignal!.aborted).toBe(true)
    expect(cloud.running()).toBe(0)
  })

  test('while nobody reads the stream', async () => {
    const cloud = scripted({ steps: [...half, 'hang'] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    const stop = new AbortController()
    const { stream } = await model.doStream(call({ abortSignal: stop.signal }))
    stop.abort(reason)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(receipts).toMatchObject([{ place: 'cloud', error: 'aborted' }])
    await expect(stream.getReader().read()).rejects.toBe(reason)
    expect(cloud.running()).toBe(0)
  })

  test('the reader cancels: the work ends and the receipt is there when cancel resolves', async () => {
    for (const read of [0, 1, 4]) {
      const device = scripted({ steps: [...half, 'hang'] })
      const { model, receipts } = setup({ rule: { place: 'prefer-device' }, device })
      const { stream } = await model.doStream(call())
      const reader = stream.getReader()
      for (let count = 0; count < read; count++) await reader.read()
      const pending = read === 4 ? reader.read() : null
      await reader.cancel()
      expect(await pending).toEqual(pending && { done: true, value: undefined })
      expect(receipts).toMatchObject([{ place: 'device', error: 'aborted' }])
      expect(device.running()).toBe(0)
      expect(device.calls[0]!.abortSignal!.aborted).toBe(true)
    }
  })

  test('a cancelled answer that already stood is not lost from the ledger twice', async () => {
    const { model, receipts } = setup({
      rule: escalating,
      device: deviceAnswer(-9, 'doubtful'),
      cloud: failing(),
    })
    const { stream } = await model.doStream(call())
    const reader = stream.getReader()
    await reader.read()
    await reader.cancel()
    expect(receipts).toMatchObject([
      {
        place: 'device',
        error: 'aborted',
        attempts: [
          { place: 'device', outcome: 'failed', note: 'stopped by the caller' },
          { place: 'cloud', outcome: 'failed', note: 'it ended with Error' },
        ],
      },
    ])
  })

  test('an abort after the end changes nothing, and no listener stays at a signal that lives on', async () => {
    const { model, receipts } = setup({ rule: { place: 'prefer-device' } })
    const stop = new AbortController()
    const alive = call({ abortSignal: stop.signal })
    await model.doGenerate(alive)
    await readAll((await model.doStream(alive)).stream)
    await (await model.doStream(alive)).stream.cancel()
    await Promise.allSettled([
      model.doStream({ ...alive, providerOptions: { edgewise: { task: 'x' } } }),
      setup({ rule: { place: 'device-only' }, device: failing() }).model.doStream(alive),
    ])
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
    stop.abort(reason)
    expect(receipts.map(({ error }) => error)).toEqual([null, null, 'aborted', 'unknown_task'])
  })

  test('a device that had finished does not hear of it', async () => {
    const device = deviceAnswer(-9, 'doubtful')
    const { model } = setup({ rule: escalating, device, cloud: scripted({ steps: ['hang'] }) })
    const stop = new AbortController()
    setTimeout(() => stop.abort(reason), 20)
    await expect(model.doGenerate(call({ abortSignal: stop.signal }))).rejects.toBe(reason)
    expect(device.calls[0]!.abortSignal!.aborted).toBe(false)
  })
})

describe('the ledger', () => {
  const ledgers: [string, Ledger['put']][] = [
    [
      'throws',
      () => {
        throw new Error('disk full')
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
    ['never answers', () => new Promise(() => {})],
  ]
  test.each(ledgers)('that %s does not fail the call', async (_, put) => {
    const ledger: Ledger = { put, get: () => undefined, recent: () => [] }
    const { model } = setup({ rule: { place: 'prefer-device' }, options: { ledger } })
    expect((await model.doGenerate(call())).content).toHaveLength(1)
    await expect(
      model.doGenerate(call({ providerOptions: { edgewise: { task: 'x' } } })),
    ).rejects.toMatchObject({ code: 'unknown_task' })
  })

  test('has the receipt before the finish part is read', async () => {
    const ledger = memoryLedger()
    const { model } = setup({ rule: { place: 'prefer-device' }, options: { ledger, now: () => 0 } })
    const result = await model.doGenerate(call())
    const receipt = ledger.get(result.response!.id!) as Receipt
    expect(receipt.at).toBe('1970-01-01T00:00:00.000Z')
    expect(result.providerMetadata!.edgewise).toEqual(receipt)
  })

  test('never holds the prompt or the answer', async () => {
    const cloud = scripted({ steps: [{ type: 'error', error: new Error('echo: the secret prompt') }] })
    const { model, receipts } = setup({ rule: { place: 'prefer-cloud' }, cloud })
    await model.doGenerate(call())
    expect(JSON.stringify(receipts)).not.toContain('secret')
    expect(JSON.stringify(receipts)).not.toContain('from device')
  })
})

describe('the cloud of the policy', () => {
  const withKey = policyOf(
    { place: 'prefer-cloud' },
    {
      cloud: { baseURL: 'http://127.0.0.1:9/v1', model: 'm', apiKeyEnv: 'EDGEWISE_TEST_KEY' },
    },
  )
  test('without its key the calls stay on the device, and the receipt names the variable', async () => {
    const ledger = memoryLedger()
    const model = createEdgewise({ policy: withKey, device: deviceAnswer(0, 'x'), env: {}, ledger })
    expect(model.cloudStatus).toEqual({
      ready: false,
      why: "the cloud's key is missing (EDGEWISE_TEST_KEY is not set)",
    })
    await model.doGenerate(call())
    expect(await ledger.recent(1)).toMatchObject([
      {
        place: 'device',
        why: "the policy prefers the cloud, but the cloud's key is missing (EDGEWISE_TEST_KEY is not set)",
      },
    ])
  })
  test('with its key it is ready; null switches it off', () => {
    const device = deviceAnswer(0, 'x')
    const env = { EDGEWISE_TEST_KEY: 'k' }
    expect(createEdgewise({ policy: withKey, device, env }).cloudStatus).toEqual({ ready: true, model: 'm' })
    expect(createEdgewise({ policy: withKey, device, env, cloud: null }).cloudStatus.ready).toBe(false)
  })
  test('a policy that is none is refused', () => {
    const policy = { ...withKey, default: { place: 'device_only' } } as unknown as Policy
    expect(() => createEdgewise({ policy, device: null })).toThrow('policy default.place')
  })
})
