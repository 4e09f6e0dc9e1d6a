import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { promptApi } from '../../prompt-api/prompt-api.ts'
import { finish, prompt, scripted, text } from '../../testing/models.ts'
import { type PromptApiDevice, promptApiDevice } from './prompt-api-device.ts'
import { type FakePromptApi, fakePromptApi, type PromptApiScript } from './testing/fake-prompt-api.ts'

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('hello'),
  ...options,
})

async function open(script: PromptApiScript = {}): Promise<{ api: FakePromptApi; device: PromptApiDevice }> {
  const api = fakePromptApi(script)
  return { api, device: await promptApiDevice({ languageModel: api }) }
}

async function partsOf(device: PromptApiDevice, options: Partial<LanguageModelV4CallOptions> = {}) {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of (await device.doStream(call(options))).stream) parts.push(part)
  return parts
}

const tools = [{ type: 'function' as const, name: 'add', inputSchema: { type: 'object' as const } }]

describe('an answer', () => {
  test('streams from a session that begins with what was said before', async () => {
    const { api, device } = await open({ answer: ['good', ' day'] })
    const parts = await partsOf(device, {
      prompt: [
        { role: 'system', content: 'be brief' },
        ...prompt('one'),
        { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
        ...prompt('three'),
      ],
    })
    expect(parts).toEqual([
      { type: 'stream-start', warnings: [] },
      { type: 'text-start', id: '0' },
      { type: 'text-delta', id: '0', delta: 'good' },
      { type: 'text-delta', id: '0', delta: ' day' },
      { type: 'text-end', id: '0' },
      {
        type: 'finish',
        finishReason: { unified: 'stop', raw: undefined },
        usage: {
          inputTokens: { total: 19, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
          outputTokens: { total: 8, text: undefined, reasoning: undefined },
        },
      },
    ])
    const english = [{ type: 'text', languages: ['en'] }]
    expect(api.created[1]).toEqual({
      expectedInputs: english,
      expectedOutputs: english,
      initialPrompts: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'one' },
        { role: 'assistant', content: 'two' },
      ],
    })
    expect(api.prompted[0]!.input).toEqual([{ role: 'user', content: 'three' }])
    expect(device.facts).toMatchObject({ contextLength: 1000, givesLogprobs: false })
    expect(api.open()).toBe(1)
    device[Symbol.dispose]()
    expect(api.open()).toBe(0)
  })

  test('is JSON of a schema by responseConstraint', async () => {
    const { api, device } = await open()
    const schema = { type: 'object' as const, properties: { a: { type: 'string' as const } } }
    await device.doGenerate(call({ responseFormat: { type: 'json', schema } }))
    await device.doGenerate(call({ responseFormat: { type: 'json' } }))
    await device.doGenerate(call())
    expect(api.prompted.map(({ options }) => options.responseConstraint)).toEqual([
      schema,
      { type: 'object' },
      undefined,
    ])
  })

  test('calls tools: the browser’s call is stopped and told, results come back in words', async () => {
    const { api, device } = await open({
      answer: [
        'let me',
        [
          ['add', { a: 1 }],
          ['add', { a: 2 }],
        ],
      ],
    })
    const parts = await partsOf(device, { tools })
    const calls = parts.filter((part) => part.type === 'tool-call')
    expect(calls).toMatchObject([{ toolName: 'add', input: '{"a":1}' }, { input: '{"a":2}' }])
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'tool-calls' } })
    expect(api.open()).toBe(1)
    const output = { type: 'text' as const, value: '3' }
    const named = { toolCallId: calls[0]!.toolCallId, toolName: 'add' }
    await device.doGenerate(
      call({
        tools,
        prompt: [
          ...prompt('sum'),
          { role: 'assistant', content: [{ type: 'tool-call', ...named, input: { a: 1 } }] },
          { role: 'tool', content: [{ type: 'tool-result', ...named, output }] },
        ],
      }),
    )
    expect(api.created[2]!.initialPrompts).toEqual([
      { role: 'user', content: 'sum' },
      { role: 'assistant', content: 'Called add: {"a":1}' },
    ])
    expect(api.prompted[1]!.input).toEqual([{ role: 'user', content: 'Result of add:\n3' }])
  })
})

test('what the model ignores is named; a temperature becomes a mode where the browser has modes', async () => {
  const settings = call({
    temperature: 0,
    maxOutputTokens: 5,
    seed: 1,
    stopSequences: ['.'],
    reasoning: 'high',
    tools,
  })
  const modern = await open()
  const warnings = async (device: PromptApiDevice) => (await device.doGenerate(settings)).warnings
  const ignored = ['maxOutputTokens', 'seed', 'stopSequences', 'reasoning']
  const unsupported = (feature: string) => ({ type: 'unsupported', feature })
  expect(await warnings(modern.device)).toEqual([
    ...ignored.map(unsupported),
    { type: 'compatibility', feature: 'temperature', details: expect.stringContaining('most-predictable') },
  ])
  expect(modern.api.created[1]).toMatchObject({ samplingMode: 'most-predictable', tools: [{ name: 'add' }] })
  expect(modern.device.facts.lacks('', settings)).toEqual([])

  const older = await open({ ignores: ['tools', 'samplingMode'] })
  expect(await warnings(older.device)).toEqual(['tools', ...ignored, 'temperature'].map(unsupported))
  expect(older.device.facts.lacks('', settings)).toEqual(['tools'])
})

describe('giving up', () => {
  test('ends the browser’s work and lets the session go', async () => {
    const { api, device } = await open({ answer: ['so', 'HANG'] })
    const stop = new AbortController()
    const { stream } = await device.doStream(call({ abortSignal: stop.signal }))
    const reader = stream.getReader()
    while ((await reader.read()).value?.type !== 'text-delta');
    stop.abort(new Error('enough'))
    await expect(reader.read()).rejects.toThrow('enough')
    await expect.poll(() => api.open()).toBe(1)
    const opening = new AbortController()
    opening.abort(new Error('left'))
    await expect(promptApiDevice({ languageModel: api, signal: opening.signal })).rejects.toThrow('left')
  })
})

describe('faults', () => {
  const named = (name: string, facts: object = {}) => Object.assign(new DOMException('secret', name), facts)

  test('a prompt that would push old turns out, or that the browser finds too long', async () => {
    const small = await open({ contextWindow: 4 })
    await expect(small.device.doGenerate(call())).rejects.toMatchObject({ code: 'context_length_exceeded' })
    expect(small.api.prompted).toEqual([])
    const late = await open({ answer: ['so', named('QuotaExceededError', { requested: 7 })] })
    await expect(late.device.doGenerate(call())).rejects.toMatchObject({
      code: 'context_length_exceeded',
      message: expect.stringContaining('7'),
    })
    expect([small.api.open(), late.api.open()]).toEqual([1, 1])
  })

  test.each(['NotReadableError', 'UnknownError', 'InvalidStateError'])('%s in an answer', async (name) => {
    const { api, device } = await open({ answer: ['so', named(name)] })
    const failed = await Promise.resolve(device.doGenerate(call())).catch((error: unknown) => error)
    expect(failed).toMatchObject({ code: 'prompt_api_failed', exception: name })
    expect((failed as Error).message).not.toContain('secret')
    expect(api.open()).toBe(1)
  })

  test('no click before the download, and no API at all', async () => {
    const languageModel = fakePromptApi({ onCreate: () => named('NotAllowedError') })
    await expect(promptApiDevice({ languageModel })).rejects.toMatchObject({
      code: 'prompt_api_failed',
      message: expect.stringContaining('click'),
    })
    await expect(promptApiDevice()).rejects.toMatchObject({
      code: 'prompt_api_unavailable',
      availability: null,
    })
    const none = fakePromptApi({ availability: 'unavailable' })
    await expect(promptApiDevice({ languageModel: none })).rejects.toMatchObject({
      code: 'prompt_api_unavailable',
      availability: 'unavailable',
    })
    expect(none.created).toEqual([])
  })
})

test('a download is told', async () => {
  const told: number[] = []
  const languageModel = fakePromptApi({ availability: 'downloadable' })
  await promptApiDevice({ languageModel, onDownload: (loaded) => told.push(loaded) })
  expect(told).toEqual([0, 0.5, 1])
})

describe('there and back: a model in the browser’s shape as a device again', () => {
  test('text, history and settings arrive', async () => {
    const model = scripted({ steps: [...text('good', ' day'), finish({ input: 5, output: 2 })] })
    const device = await promptApiDevice({ languageModel: promptApi(model) })
    const asked: LanguageModelV4CallOptions['prompt'] = [
      { role: 'system', content: 'be brief' },
      ...prompt('one'),
      { role: 'assistant', content: [{ type: 'text', text: 'two' }] },
      ...prompt('three'),
    ]
    const schema = { type: 'object' as const }
    const { content, finishReason } = await device.doGenerate(
      call({ prompt: asked, temperature: 0, responseFormat: { type: 'json', schema } }),
    )
    expect(content).toEqual([{ type: 'text', text: 'good day' }])
    expect(finishReason.unified).toBe('stop')
    expect(model.calls).toMatchObject([
      { prompt: asked, temperature: 0, responseFormat: { type: 'json', schema: { type: 'object' } } },
    ])
    device[Symbol.dispose]()
  })

  test('calls of tools come out as calls', async () => {
    const model = scripted({
      steps: [
        { type: 'tool-call', toolCallId: 'x', toolName: 'add', input: '{"a":1}' },
        finish({ reason: 'tool-calls' }),
      ],
    })
    const device = await promptApiDevice({ languageModel: promptApi(model) })
    expect((await device.doGenerate(call({ tools }))).content).toMatchObject([
      { type: 'tool-call', toolName: 'add', input: '{"a":1}' },
    ])
  })

  test('errors and giving up come through', async () => {
    const full = Object.assign(new Error('full'), { code: 'context_length_exceeded' })
    const failing = await promptApiDevice({ languageModel: promptApi(scripted({ steps: [{ fail: full }] })) })
    await expect(failing.doGenerate(call())).rejects.toMatchObject({ code: 'context_length_exceeded' })
    const hanging = scripted({ steps: ['hang'] })
    const device = await promptApiDevice({ languageModel: promptApi(hanging) })
    const stop = new AbortController()
    const running = device.doGenerate(call({ abortSignal: stop.signal }))
    await expect.poll(() => hanging.running()).toBe(1)
    stop.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    await expect.poll(() => hanging.running()).toBe(0)
  })
})
