/** The embedded model's header, tokenizer and template, with a llama.cpp that follows a script. The real one is started in runtimes/. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { readGguf, Tokenizer } from '@edgewise/engine'
import { describe, expect, test } from 'vitest'
import { prompt } from '../../testing/models.ts'
import { type LlamaCppDeviceOptions, llamaCppDevice } from './llama-cpp-device.ts'
import { FakeMemoryError, type FakeScript, fakeLibrary } from './testing/fake-library.ts'

const file = fileURLToPath(new URL('../../../../../models/mini/edgewise-mini.gguf', import.meta.url))
const tokenizer = await Tokenizer.open(readGguf(readFileSync(file)).metadata)

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'system', content: 'complete' }, ...prompt('Copy a file to')],
  ...options,
})

/** The tokens of a text, each with this probability and half of it for the second. */
const says = (text: string, p: number) => tokenizer.encode(text).map((id) => [id, p, p / 2] as const)

async function open(script: FakeScript, options: Partial<LlamaCppDeviceOptions> = {}) {
  const library = fakeLibrary(script)
  return { library, device: await llamaCppDevice({ file, library, ...options }) }
}

async function partsOf(stream: ReadableStream<LanguageModelV4StreamPart>) {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

test('the template’s prompt goes in, tokens with their log-probabilities come out', async () => {
  const { device, library } = await open({ answer: says('the name of', 0.5) })
  await using _ = device
  expect(device).toMatchObject({ modelId: 'edgewise-mini.gguf', facts: { contextLength: 512 } })
  const parts = await partsOf((await device.doStream(call())).stream)
  const text = '<|im_start|>user\n<|complete|> Copy a file to<|im_end|>\n<|im_start|>assistant\n'
  const tokens = tokenizer.encode(text, { special: true })
  expect(library.runs).toEqual([{ tokens, options: { temperature: 0 } }])
  const deltas = parts.filter((part) => part.type === 'text-delta')
  expect(deltas.map(({ delta }) => delta).join('')).toBe('the name of')
  for (const { providerMetadata } of deltas) {
    expect(providerMetadata).toEqual({ edgewise: { logprob: Math.log(0.5) } })
  }
  expect(parts.at(-1)).toEqual({
    type: 'finish',
    finishReason: { unified: 'stop', raw: 'stop' },
    usage: {
      inputTokens: { total: tokens.length, noCache: tokens.length, cacheRead: 0, cacheWrite: undefined },
      outputTokens: { total: 3, text: 3, reasoning: undefined },
    },
    providerMetadata: { edgewise: { meanLogprob: Math.log(0.5) } },
  })
  const again = await device.doGenerate(call())
  expect(again.usage.inputTokens.cacheRead).toBe(tokens.length - 1)
})

test('drawn tokens have no log-probability, and the settings go to llama.cpp', async () => {
  const { device, library } = await open({ answer: says('a b', 0.5) })
  const settings = { temperature: 0.7, topK: 4, topP: 0.9, seed: 3 }
  const { providerMetadata } = await device.doGenerate(call(settings))
  expect(providerMetadata).toEqual({ edgewise: {} })
  expect(library.runs[0]!.options).toEqual(settings)
})

test('an answer ends at its limit, at a stop text, and where the context is full', async () => {
  const { device } = await open({ answer: says('one two three four', 0.5) })
  const answer = async (options: Partial<LanguageModelV4CallOptions>) => {
    const { content, finishReason, usage } = await device.doGenerate(call(options))
    const [text] = content
    return [text?.type === 'text' ? text.text : '', finishReason.unified, usage.outputTokens.total]
  }
  const count = tokenizer.encode('one two three four').length
  expect(await answer({})).toEqual(['one two three four', 'stop', count])
  expect((await answer({ maxOutputTokens: 1 })).slice(1)).toEqual(['length', 1])
  expect((await answer({ stopSequences: ['o thr'] })).slice(0, 2)).toEqual(['one tw', 'stop'])

  const length = device.facts.countTokens('', call())!
  const narrow = await open({ answer: says('one two three four', 0.5), contextSize: length + 2 })
  expect((await narrow.device.doGenerate(call())).finishReason.unified).toBe('length')
  const full = await open({ contextSize: length })
  await expect(full.device.doGenerate(call())).rejects.toMatchObject({ code: 'context_length_exceeded' })
})

describe('JSON', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object' as const,
    properties: { a: { anyOf: [{ type: 'string' as const }, { type: 'null' as const }] } },
    additionalProperties: false,
  }

  test('by a grammar of the schema, and it ends with its last bracket', async () => {
    const { device, library } = await open({ answer: says('{"a": "}"}\n\n\n\n\n', 0.25) })
    const json = call({ responseFormat: { type: 'json', schema } })
    const { content, providerMetadata } = await device.doGenerate(json)
    expect(content).toEqual([{ type: 'text', text: '{"a": "}"}' }])
    expect(providerMetadata?.edgewise?.meanLogprob).toBeCloseTo(Math.log(0.25))
    expect(library.schemas).toEqual([
      {
        type: 'object',
        properties: { a: { oneOf: [{ type: 'string' }, { type: 'null' }] } },
        additionalProperties: false,
      },
    ])
    await device.doGenerate(json)
    expect(library.schemas).toHaveLength(1)
  })

  test('tokens that the grammar forced are no choice of the model', async () => {
    const { device } = await open({ answer: [...says('{"a":', 1), ...says('null', 0.5), ...says('}', 1)] })
    const { providerMetadata } = await device.doGenerate(call({ responseFormat: { type: 'json', schema } }))
    expect(providerMetadata?.edgewise?.meanLogprob).toBeCloseTo(Math.log(0.5))
  })

  test('a schema that the grammar would not hold is refused, before the call too', async () => {
    const { device, library } = await open({})
    const bad = call({
      responseFormat: {
        type: 'json',
        schema: { type: 'object', properties: { a: { type: 'string', pattern: 'x+' } } },
      },
    })
    expect(device.facts.lacks('', bad)).toEqual(['this JSON schema'])
    await expect(device.doStream(bad)).rejects.toMatchObject({
      code: 'unsupported_constraint',
      pointer: '/properties/a/pattern',
    })
    expect(library.runs).toEqual([])
  })

  test('any object, where no schema was given', async () => {
    const { device, library } = await open({ answer: says('{}', 0.5) })
    await device.doGenerate(call({ responseFormat: { type: 'json' } }))
    expect(library.schemas).toEqual([{ type: 'object', additionalProperties: true }])
  })
})

test('a call that is given up ends with its reason, and the next one is answered', async () => {
  const { device, library } = await open({ answer: ['hang', ...says('x', 0.5)] })
  const stop = new AbortController()
  const given = device.doGenerate(call({ abortSignal: stop.signal }))
  await expect.poll(() => library.runs.length).toBe(1)
  stop.abort(new Error('enough'))
  library.wake()
  await expect(given).rejects.toThrow('enough')
  const next = device.doGenerate(call())
  await expect.poll(() => library.runs.length).toBe(2)
  library.wake()
  expect((await next).content).toEqual([{ type: 'text', text: 'x' }])
})

test('disposing ends what runs, then gives everything back, once', async () => {
  const { device, library } = await open({ answer: ['hang', ...says('x', 0.5)] })
  const running = device.doGenerate(call())
  await expect.poll(() => library.runs.length).toBe(1)
  const disposed = device[Symbol.asyncDispose]()
  library.wake()
  await expect(running).rejects.toMatchObject({ code: 'disposed' })
  await disposed
  await device[Symbol.asyncDispose]()
  expect(library.disposed).toEqual(['context', 'model', 'llama'])
  await expect(device.doStream(call())).rejects.toMatchObject({ code: 'disposed' })
})

describe('opening', () => {
  test.each([
    [
      'no memory for the context',
      { createContext: new FakeMemoryError('no room') },
      'out_of_memory',
      ['model', 'llama'],
    ],
    ['no memory for the weights', { loadModel: new FakeMemoryError('no room') }, 'out_of_memory', ['llama']],
    ['a file it cannot read', { loadModel: new Error('bad magic') }, 'llama_cpp_failed', ['llama']],
    ['no binary for this machine', { getLlama: new Error('no binary') }, 'llama_cpp_failed', []],
  ])('%s', async (_, failAt, code, disposed) => {
    const library = fakeLibrary({ failAt })
    await expect(llamaCppDevice({ file, library })).rejects.toMatchObject({ code })
    expect(library.disposed).toEqual(disposed)
  })

  test('without the package, or a file, it says what to do', async () => {
    await expect(llamaCppDevice({ file: '/nowhere.gguf', library: fakeLibrary({}) })).rejects.toMatchObject({
      code: 'llama_cpp_failed',
      message: expect.stringContaining('/nowhere.gguf'),
    })
    await expect(llamaCppDevice({ file })).rejects.toMatchObject({
      code: 'llama_cpp_missing',
      message: expect.stringContaining('npm install node-llama-cpp'),
    })
  })
})

test('most probable tokens, where the call asks for them', async () => {
  const { device } = await open({ answer: says('x', 0.5) })
  const asked = call({ providerOptions: { edgewise: { topLogprobs: 1 } } })
  const parts = await partsOf((await device.doStream(asked)).stream)
  expect(parts.find((part) => part.type === 'text-delta')?.providerMetadata?.edgewise).toMatchObject({
    topLogprobs: [{ token: 'x', logprob: Math.log(0.5), bytes: [120] }],
  })
})

test('margins, where they are asked for', async () => {
  const { device } = await open({ answer: says('x', 0.5) }, { margins: true })
  const parts = await partsOf((await device.doStream(call())).stream)
  expect(parts.find((part) => part.type === 'text-delta')?.providerMetadata).toEqual({
    edgewise: { logprob: Math.log(0.5), margin: Math.log(2) },
  })
})
