import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import type { DeviceFacts } from '../device/device-model.ts'
import { finish, type ScriptedModel, type Step, scripted, text } from '../testing/models.ts'
import { type PromptModel, promptApi } from './prompt-api.ts'

/** A model that answers each call with the next of these. */
function answering(...answers: (readonly Step[])[]): PromptModel & { calls: LanguageModelV4CallOptions[] } {
  const calls: LanguageModelV4CallOptions[] = []
  const models: ScriptedModel[] = answers.map((steps) => scripted({ steps }))
  return {
    ...scripted({ steps: [] }),
    calls,
    async doStream(options) {
      calls.push(options)
      return models[calls.length - 1]!.doStream(options)
    },
  }
}

const says = (answer: string, input = 10, output = 4): Step[] => [...text(answer), finish({ input, output })]

const wordsOf = (part: object): string => ('text' in part ? String(part.text) : '')

/** Counts a token a character of text. */
const counting = (model: PromptModel, contextLength: number): PromptModel => ({
  ...model,
  facts: {
    contextLength,
    countTokens: (_, { prompt }) =>
      prompt
        .map(({ content }) => (typeof content === 'string' ? content : content.map(wordsOf).join('')).length)
        .reduce((sum, length) => sum + length, 0),
    lacks: () => [],
  } satisfies DeviceFacts,
})

async function read(stream: ReadableStream<string>): Promise<string[]> {
  const pieces: string[] = []
  for await (const piece of stream) pieces.push(piece)
  return pieces
}

const user = (text: string) => ({ role: 'user', content: [{ type: 'text', text }] })
const assistant = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }] })

test('a conversation: what was said is sent with each prompt', async () => {
  const model = answering(says('hello'), [...text('a', 'b', ''), finish()], says('bye'))
  const session = await promptApi(model).create({
    initialPrompts: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: [{ type: 'text', value: 'second' }] },
    ],
    samplingMode: 'most-predictable',
  })
  expect(await session.prompt('third')).toBe('hello')
  expect(session.contextUsage).toBe(14)
  expect(await read(session.promptStreaming('fifth'))).toEqual(['a', 'b'])
  const copy = await session.clone()
  await copy.append([{ role: 'user', content: 'known' }])
  expect(await copy.prompt('seventh', { responseConstraint: { type: 'object' } })).toBe('bye')
  const before = [{ role: 'system', content: 'be brief' }, user('first'), assistant('second')]
  const talk = [...before, user('third'), assistant('hello'), user('fifth'), assistant('ab')]
  expect(model.calls.map(({ prompt }) => prompt)).toEqual([
    talk.slice(0, 4),
    talk.slice(0, 6),
    [...talk, user('known'), user('seventh')],
  ])
  expect(model.calls[0]).toMatchObject({ temperature: 0 })
  expect(model.calls[2]).toMatchObject({ responseFormat: { type: 'json', schema: { type: 'object' } } })
})

test('prompts of a session run one after the other', async () => {
  const model = answering([{ wait: 30 }, ...says('one')], says('two'))
  const session = await promptApi(model).create()
  expect(await Promise.all([session.prompt('a'), session.prompt('b')])).toEqual(['one', 'two'])
  expect(model.calls[1]!.prompt).toEqual([user('a'), assistant('one'), user('b')])
})

test('tools are run between, their results told, and only the answer comes out', async () => {
  const calls = (id: string, input: string): LanguageModelV4StreamPart => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: 'add',
    input,
  })
  const model = answering(
    [calls('1', '[1,2]'), calls('2', '[3,4]'), finish({ reason: 'tool-calls' })],
    says('10'),
  )
  const asked: unknown[] = []
  const add = {
    name: 'add',
    description: 'adds',
    inputSchema: { type: 'array' },
    execute: async (numbers: number[]) => {
      asked.push(numbers)
      return String(numbers[0]! + numbers[1]!)
    },
  }
  const session = await promptApi(model).create({ tools: [add] })
  expect(await session.prompt('add all')).toBe('10')
  expect(asked).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(model.calls[1]!.prompt.slice(1)).toMatchObject([
    {
      role: 'assistant',
      content: [{ type: 'tool-call', toolCallId: '1', input: [1, 2] }, { toolCallId: '2' }],
    },
    { role: 'tool', content: [{ output: { type: 'text', value: '3' } }, { output: { value: '7' } }] },
  ])
  expect(model.calls[0]!.tools).toEqual([
    { type: 'function', name: 'add', description: 'adds', inputSchema: { type: 'array' } },
  ])
  const failing = { ...add, execute: () => Promise.reject(new TypeError('no network')) }
  const second = await promptApi(answering([calls('1', '[]'), finish()])).create({ tools: [failing] })
  await expect(second.prompt('x')).rejects.toThrow('no network')
  const unknown = await promptApi(answering([calls('1', '{'), finish()])).create({ tools: [add] })
  await expect(unknown.prompt('x')).rejects.toMatchObject({ name: 'UnknownError' })
})

test('a prefix is what the answer goes on from, whether the model says it again or not', async () => {
  const model = answering([...text('[1', ', 2', ', 3]'), finish()], says('3]'), says('[1'))
  const prefix = [
    { role: 'user' as const, content: 'count' },
    { role: 'assistant' as const, content: '[1, 2, ', prefix: true },
  ]
  const session = await promptApi(model).create()
  expect(await session.prompt(prefix)).toBe('3]')
  expect(model.calls[0]!.prompt).toEqual([user('count'), assistant('[1, 2, ')])
  expect(await session.prompt(prefix)).toBe('3]')
  expect(model.calls[1]!.prompt[1]).toEqual(assistant('[1, 2, 3]'))
  expect(await session.prompt(prefix)).toBe('[1')
  await expect(session.prompt([...prefix].reverse())).rejects.toMatchObject({ name: 'SyntaxError' })
})

describe('giving up', () => {
  test('a signal ends a prompt with its reason, and the session goes on without it', async () => {
    const model = answering([...text('so').slice(0, 2), 'hang'], says('fine'))
    const session = await promptApi(model).create()
    const stop = new AbortController()
    const stream = session.promptStreaming('one', { signal: stop.signal }).getReader()
    expect(await stream.read()).toEqual({ done: false, value: 'so' })
    stop.abort(new Error('enough'))
    await expect(stream.read()).rejects.toThrow('enough')
    expect(await session.prompt('two')).toBe('fine')
    expect(model.calls[1]!.prompt).toEqual([user('two')])
  })

  test('cancelling the stream ends the model’s work', async () => {
    const model = scripted({ steps: [...text('so').slice(0, 2), 'hang'] })
    const session = await promptApi(model).create()
    const stream = session.promptStreaming('one').getReader()
    await stream.read()
    await stream.cancel()
    expect(model.calls[0]!.abortSignal!.aborted).toBe(true)
    await expect.poll(() => model.running()).toBe(0)
  })

  test('a destroyed session ends what runs and takes nothing more', async () => {
    const session = await promptApi(answering(['hang'])).create()
    const running = session.prompt('one')
    await Promise.resolve()
    session.destroy()
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
    for (const late of [
      session.prompt('x'),
      session.append('x'),
      session.clone(),
      session.measureContextUsage('x'),
    ]) {
      await expect(late).rejects.toMatchObject({ name: 'InvalidStateError' })
    }
    const stop = new AbortController()
    const owned = await promptApi(answering()).create({ signal: stop.signal })
    stop.abort()
    await expect(owned.prompt('x')).rejects.toMatchObject({ name: 'InvalidStateError' })
    await expect(promptApi(answering()).create({ signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    })
  })
})

describe('a full context', () => {
  test('the oldest turns are forgotten, never the system message, and it is told', async () => {
    const model = answering(says('aaaa', 8, 4), says('b', 9, 1))
    const session = await promptApi(counting(model, 16)).create({
      initialPrompts: [{ role: 'system', content: 'sys' }],
    })
    let told = 0
    session.addEventListener('contextoverflow', () => told++)
    session.oncontextoverflow = () => told++
    expect([session.contextWindow, session.contextUsage]).toEqual([16, 3])
    await session.prompt('first')
    expect(session.contextUsage).toBe(12)
    expect(await session.measureContextUsage('second')).toBe(6)
    await session.prompt('second')
    expect(model.calls[1]!.prompt).toEqual([{ role: 'system', content: 'sys' }, user('second')])
    expect(told).toBe(2)
  })

  test('what can never fit is QuotaExceededError, before and from the model', async () => {
    const session = await promptApi(counting(answering(), 8)).create()
    await expect(session.prompt('far too long')).rejects.toMatchObject({
      name: 'QuotaExceededError',
      requested: 12,
      quota: 8,
    })
    const full = Object.assign(new Error('full'), { code: 'context_length_exceeded' })
    const other = await promptApi(answering([{ fail: full }])).create()
    await expect(other.prompt('x')).rejects.toMatchObject({ name: 'QuotaExceededError', cause: full })
  })
})

describe('what is not supported', () => {
  const api = promptApi(answering())
  test('other inputs than text', async () => {
    expect(await api.availability({ expectedInputs: [{ type: 'text', languages: ['de'] }] })).toBe(
      'available',
    )
    expect(await api.availability({ expectedInputs: [{ type: 'image' }] })).toBe('unavailable')
    await expect(api.create({ expectedInputs: [{ type: 'audio' }] })).rejects.toMatchObject({
      name: 'NotSupportedError',
    })
    const session = await api.create()
    const image = [{ role: 'user' as const, content: [{ type: 'image' as const, value: new Uint8Array() }] }]
    await expect(session.prompt(image)).rejects.toMatchObject({ name: 'NotSupportedError' })
  })

  test('a regular expression, a late system message, two ways of sampling', async () => {
    const session = await api.create({ initialPrompts: [{ role: 'user', content: 'a' }] })
    await expect(session.prompt('x', { responseConstraint: /a/ as never })).rejects.toMatchObject({
      name: 'NotSupportedError',
    })
    await expect(session.prompt([{ role: 'system', content: 'x' }])).rejects.toBeInstanceOf(TypeError)
    const both = { samplingMode: 'creative' as const, topK: 3 }
    await expect(api.availability(both)).rejects.toBeInstanceOf(TypeError)
    await expect(api.create({ samplingMode: 'wild' as never })).rejects.toBeInstanceOf(TypeError)
  })

  test('errors of the model are exceptions a page knows, with the model’s own as cause', async () => {
    const lacks = Object.assign(new Error('no'), { code: 'unsupported_constraint' })
    const lost = Object.assign(new Error('lost'), { code: 'device_failed' })
    const model = answering(
      [{ fail: lacks }],
      [{ type: 'error', error: lost }],
      [...text('x')],
      [...text('x'), finish({ reason: 'content-filter' })],
    )
    const session = await promptApi(model).create()
    await expect(session.prompt('a')).rejects.toMatchObject({ name: 'NotSupportedError', cause: lacks })
    await expect(session.prompt('a')).rejects.toMatchObject({ name: 'UnknownError', cause: lost })
    await expect(session.prompt('a')).rejects.toMatchObject({ name: 'UnknownError' })
    await expect(session.prompt('a')).rejects.toMatchObject({ name: 'NotReadableError' })
  })
})

test('a page that waits for the download is told its end', async () => {
  const loaded: number[] = []
  await promptApi(answering()).create({
    monitor: (monitor) =>
      monitor.addEventListener('downloadprogress', (event) => loaded.push((event as ProgressEvent).loaded)),
  })
  expect(loaded).toEqual([0, 1])
})
