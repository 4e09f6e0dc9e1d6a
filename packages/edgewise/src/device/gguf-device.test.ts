/** A model of random weights speaks noise, so what it says right, it says because it can say nothing else. */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { embed, generate, openModel, type PrefixStore } from '@edgewise/engine'
import { describe, expect, test } from 'vitest'
import { randomModel } from '../../../engine/src/testing/random-model.ts'
import { edgewise } from '../edgewise.ts'
import { chatPolicy } from '../policy/index.ts'
import { finish, prompt, scripted, text } from '../testing/models.ts'
import { type GgufDevice, type GgufDeviceOptions, ggufDevice } from './gguf-device.ts'

const template = `{% for m in messages %}{% if m.role == 'system' and not loop.first %}{{ raise_exception('late') }}{% endif %}\
<|im_start|>{{ m.role }}
{{ m.content }}<|im_end|>
{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
{% endif %}`

const model = await openModel(
  randomModel({
    seed: 3,
    contextLength: 1500,
    metadata: new Map([['tokenizer.chat_template', { type: 'string', value: template }]]),
  }),
)
const open = (options: GgufDeviceOptions = {}) => ggufDevice(model, options)

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('hello'),
  maxOutputTokens: 12,
  ...options,
})

async function partsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

const textOf = (parts: readonly LanguageModelV4StreamPart[]): string =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')

test('the answer to the template’s prompt, token by token', async () => {
  const device = await open({ modelId: 'noise' })
  const tokens = model.tokenizer.encode('<|im_start|>user\nhello<|im_end|>\n<|im_start|>assistant\n', {
    special: true,
  })
  const asked = { maxTokens: 12, topLogprobs: 2 }
  let text = ''
  const logprobs: number[] = []
  const facts: object[] = []
  for await (const { text: piece, logprob, margin, top } of generate(model, tokens, asked)) {
    text += piece
    logprobs.push(logprob)
    const topLogprobs = top!.map((one) => ({
      token: one.text,
      logprob: one.logprob,
      bytes: Array.from(one.bytes),
    }))
    facts.push({ logprob, margin, topLogprobs })
  }
  const parts = await partsOf((await device.doStream(call())).stream)
  expect(device.modelId).toBe('noise')
  expect(parts[0]).toEqual({ type: 'stream-start', warnings: [] })
  expect(textOf(parts)).toBe(text)
  const deltas = parts.filter((part) => part.type === 'text-delta')
  expect(deltas.map((part) => part.providerMetadata?.edgewise)).toEqual(
    facts.map((fact) => ({ ...fact, topLogprobs: undefined })),
  )
  const withTop = call({ providerOptions: { edgewise: { topLogprobs: 2 } } })
  const told = (await partsOf((await device.doStream(withTop)).stream)).filter(
    (part) => part.type === 'text-delta',
  )
  expect(told.map((part) => part.providerMetadata?.edgewise)).toEqual(facts)
  expect(parts.at(-1)).toEqual({
    type: 'finish',
    finishReason: { unified: 'length', raw: 'length' },
    usage: {
      inputTokens: { total: tokens.length, noCache: tokens.length, cacheRead: 0, cacheWrite: undefined },
      outputTokens: { total: 12, text: 12, reasoning: undefined },
    },
    providerMetadata: { edgewise: { meanLogprob: logprobs.reduce((a, b) => a + b) / 12 } },
  })
})

describe('what a prompt begins with and an earlier one had is not run again', () => {
  const system = 'Answer as a pirate would, and never say more than a few words about the sea. '.repeat(3)
  const conversation = (...texts: string[]): LanguageModelV4CallOptions =>
    call({
      prompt: [
        { role: 'system', content: system },
        ...texts.flatMap((text, i): LanguageModelV4CallOptions['prompt'] =>
          i % 2 === 0 ? prompt(text) : [{ role: 'assistant', content: [{ type: 'text', text }] }],
        ),
      ],
    })
  const cachedOf = async (device: GgufDevice, options: LanguageModelV4CallOptions): Promise<number> => {
    const { inputTokens } = (await device.doGenerate(options)).usage
    expect(inputTokens.noCache! + inputTokens.cacheRead!).toBe(inputTokens.total!)
    return inputTokens.cacheRead!
  }
  /** Tokens of the system message; a user's differ from the first word on. */
  const head = model.tokenizer.encode(`<|im_start|>system\n${system}<|im_end|>\n<|im_start|>user\n`, {
    special: true,
  }).length

  test('the same prompt: all but its last token', async () => {
    const device = await open()
    const first = await device.doGenerate(call())
    const again = await device.doGenerate(call())
    expect(again.content).toEqual(first.content)
    expect(again.usage.inputTokens).toMatchObject({
      cacheRead: first.usage.inputTokens.total! - 1,
      noCache: 1,
    })
  })

  test('a system text, in any conversation, after others', async () => {
    const device = await open()
    expect(await cachedOf(device, conversation('hello'))).toBe(0)
    expect(await cachedOf(device, conversation('world'))).toBe(head)
    expect(await cachedOf(device, call())).toBeLessThan(5)
    // Goes on with the first.
    const whole = device.facts.countTokens('chat', conversation('hello'))!
    expect(await cachedOf(device, conversation('hello', 'x', 'and'))).toBeGreaterThanOrEqual(whole - 1)
  })

  test('a call that was given up leaves the next one what it ran', async () => {
    const device = await open()
    const { stream } = await device.doStream(conversation('hello'))
    const reader = stream.getReader()
    while ((await reader.read()).value?.type !== 'text-delta');
    await reader.cancel('gone')
    expect(await cachedOf(device, conversation('world'))).toBe(head)
  })

  test('nothing, where nothing is to be kept', async () => {
    const device = await open({ prefixCacheBytes: 0 })
    expect(await cachedOf(device, call())).toBe(0)
    expect(await cachedOf(device, call())).toBe(0)
  })

  test('in a store, for the next process: the system text, and nothing of the user', async () => {
    const files = new Map<string, Uint8Array<ArrayBuffer>>()
    const written = Promise.withResolvers<void>()
    const store: PrefixStore = {
      list: async () => [...files].map(([name, bytes]) => ({ name, bytes: bytes.length, writtenAt: 0 })),
      read: async (name) => files.get(name),
      write: async (name, bytes) => {
        files.set(name, bytes)
        written.resolve()
      },
      remove: async (name) => void files.delete(name),
    }
    await cachedOf(await open({ prefixStore: store }), conversation('hello'))
    await written.promise
    expect(files.size).toBe(1)
    const tokens = new DataView([...files.values()][0]!.buffer).getUint32(12, true)
    expect(tokens).toBe(head)
    const later = await open({ prefixStore: store })
    expect(await cachedOf(later, conversation('world'))).toBe(head)
    // A prompt without a system text begins with a few tokens: not worth a file.
    await later.doGenerate(call())
    expect(files.size).toBe(1)
  })

  test('a store that fails costs no answer', async () => {
    const fail = () => Promise.reject(new Error('disk full'))
    const store: PrefixStore = { list: async () => [], read: fail, write: fail, remove: fail }
    const device = await open({ prefixStore: store })
    expect(await cachedOf(device, conversation('hello'))).toBe(0)
    expect(await cachedOf(device, conversation('world'))).toBe(head)
    await expect(open({ prefixStore: { ...store, list: fail } })).rejects.toThrow('disk full')
  })
})

test('what was counted before serves the call, unless the caller has added to the list meanwhile', async () => {
  const device = await open()
  const list = prompt('a')
  const counted = device.facts.countTokens('chat', call({ prompt: list }))!
  expect((await device.doGenerate(call({ prompt: list }))).usage.inputTokens.total).toBe(counted)
  device.facts.countTokens('chat', call({ prompt: list }))
  list.push({ role: 'assistant', content: [{ type: 'text', text: 'b' }] }, ...prompt('c'))
  expect((await device.doGenerate(call({ prompt: list }))).usage.inputTokens.total).toBeGreaterThan(counted)
})

test('sampling: seeds repeat, a nucleus of nothing is the best token', async () => {
  const device = await open()
  const draw = async (options: Partial<LanguageModelV4CallOptions>) =>
    (await device.doGenerate(call(options))).content
  expect(await draw({ temperature: 2, seed: 1 })).toEqual(await draw({ temperature: 2, seed: 1 }))
  expect(await draw({ temperature: 2, seed: 1 })).not.toEqual(await draw({ temperature: 2, seed: 2 }))
  expect(await draw({ temperature: 2, topP: 0 })).toEqual(await draw({}))
})

test('one at a time, in order; who waits may give up, who runs may stop, and the next one is answered', async () => {
  const device = await open()
  const long = { maxOutputTokens: 800 }
  const running = new AbortController()
  const waiting = new AbortController()
  const first = device.doGenerate(call({ ...long, abortSignal: running.signal }))
  const second = device.doGenerate(call({ ...long, abortSignal: waiting.signal }))
  const third = device.doGenerate(call())
  const results = Promise.allSettled([first, second])
  waiting.abort('enough')
  running.abort('stop')
  expect(await results).toEqual([
    { status: 'rejected', reason: 'stop' },
    { status: 'rejected', reason: 'enough' },
  ])
  expect((await third).finishReason.unified).toBe('length')
})

test('a reader that goes away ends its run', async () => {
  const device = await open()
  const { stream } = await device.doStream(call({ maxOutputTokens: 1000 }))
  const reader = stream.getReader()
  await reader.read()
  await reader.cancel('gone')
  expect((await device.doGenerate(call())).usage.outputTokens.total).toBe(12)
})

describe('what does not fit', () => {
  const long = call({ prompt: prompt('x '.repeat(1500)) })
  test('a prompt longer than the context is named by its code, and known before', async () => {
    const device = await open()
    await expect(device.doGenerate(long)).rejects.toMatchObject({ code: 'context_length_exceeded' })
    expect(device.facts.countTokens('chat', long)).toBeGreaterThan(device.facts.contextLength)
    const router = edgewise({ policy: chatPolicy, device, cloud: null })()
    await expect(router.doGenerate(long)).rejects.toMatchObject({ code: 'context_length_exceeded' })
  })

  test('messages the template refuses are a bad option', async () => {
    const device = await open()
    const late = call({ prompt: [...prompt('a'), { role: 'system', content: 'b' }] })
    await expect(device.doGenerate(late)).rejects.toMatchObject({ code: 'bad_option' })
    expect(() => device.facts.countTokens('chat', late)).toThrow(/refuses these messages/)
  })

  test('files, penalties and JSON beside tools are told in warnings', async () => {
    const device = await open()
    const image = {
      type: 'file',
      mediaType: 'image/png',
      data: { type: 'data', data: new Uint8Array(1) },
    } as const
    const full = call({
      prompt: [{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }],
      presencePenalty: 1,
      frequencyPenalty: 1,
      tools: [{ type: 'function', name: 'f', inputSchema: { type: 'object' } }],
      responseFormat: { type: 'json' },
    })
    const { warnings } = await device.doGenerate(full)
    expect(warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual([
      'files',
      'presencePenalty',
      'frequencyPenalty',
      'responseFormat',
    ])
    expect(device.facts.lacks('chat', full)).toEqual(['files'])
  })

  test('a schema that cannot be enforced is for another place', async () => {
    const device = await open()
    const schema = { type: 'object', properties: { a: { not: { type: 'string' } } } } as const
    const odd = call({ responseFormat: { type: 'json', schema } })
    expect(device.facts.lacks('chat', odd)).toEqual(['this JSON schema'])
    await expect(device.doGenerate(odd)).rejects.toMatchObject({ code: 'unsupported_constraint' })
    const cloud = scripted({ modelId: 'large', steps: [...text('{}'), finish()] })
    const router = edgewise({ policy: chatPolicy, device, cloud })()
    const { providerMetadata } = await router.doGenerate(odd)
    expect(providerMetadata?.edgewise).toMatchObject({
      place: 'cloud',
      why: 'the policy prefers the device, but the device model does not take this JSON schema',
    })
  })
})

describe('JSON and calls that can be nothing else', () => {
  const schema = {
    type: 'object',
    properties: { label: { enum: ['spam', 'ham'] }, score: { type: 'integer', minimum: 0, maximum: 9 } },
    required: ['label', 'score'],
    additionalProperties: false,
  } as const
  const tools: LanguageModelV4CallOptions['tools'] = [
    { type: 'function', name: 'file_it', description: 'Files a mail', inputSchema: schema },
    {
      type: 'function',
      name: 'drop_it',
      inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    },
  ]
  const seeds = [1, 2, 3, 4, 5]

  test.each(seeds)('JSON by a schema, seed %i', async (seed) => {
    const device = await open()
    const result = await device.doGenerate(
      call({ maxOutputTokens: 200, temperature: 3, seed, responseFormat: { type: 'json', schema } }),
    )
    const [part] = result.content
    expect(JSON.parse(part?.type === 'text' ? part.text : '')).toEqual({
      label: expect.stringMatching(/^(sp|h)am$/),
      score: expect.any(Number),
    })
    expect(result.finishReason.unified).toBe('stop')
  })

  test('any object where no schema is given, whole however little may be written, and no stop text cuts it', async () => {
    const device = await open()
    const result = await device.doGenerate(
      call({
        maxOutputTokens: 9,
        temperature: 3,
        seed: 2,
        responseFormat: { type: 'json' },
        stopSequences: ['}'],
      }),
    )
    const [part] = result.content
    expect(JSON.parse(part?.type === 'text' ? part.text : '')).toBeTypeOf('object')
    expect(result.warnings).toMatchObject([{ feature: 'stopSequences' }])
  })

  test('the signal is of the tokens the model chose, not of those that could be nothing else', async () => {
    const device = await open()
    const { stream } = await device.doStream(
      call({ maxOutputTokens: 200, responseFormat: { type: 'json', schema } }),
    )
    const parts = await partsOf(stream)
    const logprobs = parts
      .filter((part) => part.type === 'text-delta')
      .map((part) => part.providerMetadata?.edgewise?.logprob as number)
    const chosen = logprobs.filter((logprob) => logprob !== 0)
    expect(chosen.length).toBeLessThan(logprobs.length)
    const mean = chosen.reduce((a, b) => a + b) / chosen.length
    const last = parts.find((part) => part.type === 'finish')
    expect(last?.providerMetadata?.edgewise?.meanLogprob).toBeCloseTo(mean, 9)
  })

  test.each(seeds)('a call, seed %i', async (seed) => {
    const device = await open()
    const options = { maxOutputTokens: 200, temperature: 3, seed, tools }
    const any = await device.doGenerate(call({ ...options, toolChoice: { type: 'required' } }))
    expect(any.content).toEqual([
      {
        type: 'tool-call',
        toolCallId: expect.any(String),
        toolName: expect.stringMatching(/^(file|drop)_it$/),
        input: expect.any(String),
      },
    ])
    expect(any.finishReason.unified).toBe('tool-calls')
    const one = await device.doGenerate(
      call({ ...options, toolChoice: { type: 'tool', toolName: 'file_it' } }),
    )
    const [part] = one.content
    expect(JSON.parse(part?.type === 'tool-call' ? part.input : '')).toHaveProperty('label')
  })

  test('the parts of a call', async () => {
    const device = await open()
    const { stream } = await device.doStream(
      call({ maxOutputTokens: 100, tools, toolChoice: { type: 'tool', toolName: 'drop_it' } }),
    )
    const parts = await partsOf(stream)
    expect(parts.map(({ type }) => type)).toEqual([
      'stream-start',
      'tool-input-start',
      'tool-input-delta',
      'tool-input-end',
      'tool-call',
      'finish',
    ])
    expect(parts[4]).toMatchObject({ toolName: 'drop_it', input: '{}' })
  })

  test('a tool may be called, and is not by noise', async () => {
    const device = await open()
    const { content, finishReason } = await device.doGenerate(call({ tools }))
    expect(content.every(({ type }) => type === 'text')).toBe(true)
    expect(finishReason.unified).toBe('length')
  })
})

test('texts as the engine embeds them, one batch at a time beside an answer', async () => {
  const device = await open()
  const { stream } = await device.doStream(call({ maxOutputTokens: 40 }))
  const [one, two] = await Promise.all([device.embed(['hello', 'the world']), device.embed(['hello'])])
  expect(one).toEqual(await embed(model, ['hello', 'the world']))
  expect(two).toEqual(one.slice(0, 1))
  expect((await partsOf(stream)).at(-1)?.type).toBe('finish')
  const gone = new Error('gone')
  await expect(device.embed(['hello'], AbortSignal.abort(gone))).rejects.toBe(gone)
  await expect(device.embed(['hello '.repeat(2000)])).rejects.toMatchObject({
    code: 'context_length_exceeded',
  })
})
