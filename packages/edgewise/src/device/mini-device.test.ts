import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { prompt } from '../testing/models.ts'
import {
  type MiniLike,
  type MiniResult,
  type MiniRun,
  type MiniRunOptions,
  miniDevice,
} from './mini-device.ts'

interface Asked {
  task: string
  text: string
  options: MiniRunOptions
}

/** A mini that repeats the words of its text, one macrotask each, and knows how many runs are open. */
function fakeMini(result: Partial<MiniResult> = {}) {
  const asked: Asked[] = []
  const state = { open: 0, most: 0, ended: 0 }
  const mini: MiniLike = {
    modelId: 'mini',
    contextLength: 100,
    countTokens: (task, text) => task.length + text.length,
    embed: async (texts, signal) => {
      state.most = Math.max(state.most, ++state.open)
      await new Promise((resolve) => setTimeout(resolve, 0))
      state.open--
      signal?.throwIfAborted()
      return texts.map((text) => Float32Array.of(text.length))
    },
    run(task, text, options): MiniRun {
      asked.push({ task, text, options })
      return (async function* () {
        state.most = Math.max(state.most, ++state.open)
        try {
          for (const word of text.split(' ')) {
            await new Promise((resolve) => setTimeout(resolve, 0))
            options.signal?.throwIfAborted()
            const top = [{ id: 1, text: 'z', bytes: Uint8Array.of(122), logprob: -0.5 }]
            yield { text: word, logprob: -0.25, margin: 2, ...(options.topLogprobs && { top }) }
          }
          return {
            finishReason: 'stop',
            promptTokens: 7,
            cachedTokens: 4,
            completionTokens: 3,
            meanLogprob: -0.25,
            data: null,
            ...result,
          } satisfies MiniResult
        } finally {
          state.open--
          state.ended++
        }
      })()
    },
  }
  return { mini, asked, state }
}

const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('a b c'),
  ...options,
})

const settle = () => new Promise((resolve) => setTimeout(resolve, 30))

test('a run as stream parts: logprobs, usage, signal and data', async () => {
  const { mini, asked } = fakeMini({ data: { label: 'x' } })
  const { stream } = await miniDevice(mini).doStream(
    call({
      providerOptions: { edgewise: { task: 'intent' } },
      maxOutputTokens: 5,
      temperature: 0.5,
      topP: 0.9,
      topK: 3,
      seed: 1,
      stopSequences: ['.'],
    }),
  )
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  expect(parts.map(({ type }) => type)).toEqual([
    'stream-start',
    'text-start',
    'text-delta',
    'text-delta',
    'text-delta',
    'text-end',
    'finish',
  ])
  expect(parts[2]).toMatchObject({ delta: 'a', providerMetadata: { edgewise: { logprob: -0.25 } } })
  expect(parts[6]).toMatchObject({
    finishReason: { unified: 'stop' },
    usage: { inputTokens: { total: 7, noCache: 3, cacheRead: 4 }, outputTokens: { total: 3 } },
    providerMetadata: { edgewise: { meanLogprob: -0.25, data: { label: 'x' } } },
  })
  expect(asked[0]).toMatchObject({
    task: 'intent',
    text: 'a b c',
    options: { maxTokens: 5, temperature: 0.5, topP: 0.9, topK: 3, seed: 1, stop: ['.'] },
  })
})

test('a nucleus of nothing is the best token alone', async () => {
  const { mini, asked } = fakeMini()
  await miniDevice(mini).doGenerate(call({ temperature: 1, topP: 0 }))
  expect(asked[0]?.options).toMatchObject({ temperature: 1, topK: 1 })
  expect(asked[0]?.options).not.toHaveProperty('topP')
})

test('the same as one result', async () => {
  const { mini } = fakeMini({ finishReason: 'length' })
  const result = await miniDevice(mini).doGenerate(call())
  expect(result.content).toEqual([{ type: 'text', text: 'abc' }])
  expect(result.finishReason).toEqual({ unified: 'length', raw: 'length' })
  expect(result.providerMetadata).toEqual({ edgewise: { meanLogprob: -0.25 } })
  expect(result.warnings).toEqual([])
})

test('it reads the last user message and says what it does not read', async () => {
  const { mini, asked } = fakeMini()
  const { warnings } = await miniDevice(mini).doGenerate(
    call({
      prompt: [
        { role: 'system', content: 'be brief' },
        ...prompt('first'),
        { role: 'assistant', content: [{ type: 'text', text: 'answer' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x' },
            { type: 'file', mediaType: 'image/png', data: { type: 'data', data: new Uint8Array(1) } },
            { type: 'text', text: 'y' },
          ],
        },
      ],
      tools: [{ type: 'function', name: 't', inputSchema: {} }],
      responseFormat: { type: 'json' },
      presencePenalty: 1,
      frequencyPenalty: 1,
      reasoning: 'high',
    }),
  )
  expect(asked[0]).toMatchObject({ task: 'complete', text: 'x\ny' })
  expect(warnings.map((warning) => 'feature' in warning && warning.feature)).toEqual([
    'tools',
    'files',
    'responseFormat',
    'presencePenalty',
    'frequencyPenalty',
    'reasoning',
    'system message',
    'conversation',
  ])
})

describe('facts for the router', () => {
  const { mini } = fakeMini()
  const facts = miniDevice(mini).facts!
  test('tokens of what would be read', () => {
    expect(facts.countTokens('fix', call())).toBe('fix'.length + 'a b c'.length)
    expect(facts.countTokens('fix', call({ prompt: [] }))).toBeNull()
  })
  test('what is lacking', () => {
    const tools: LanguageModelV4CallOptions['tools'] = [{ type: 'function', name: 't', inputSchema: {} }]
    expect(facts.lacks('fix', call())).toEqual([])
    expect(facts.lacks('fix', call({ tools }))).toEqual(['tools'])
    expect(facts.lacks('fix', call({ tools, toolChoice: { type: 'none' } }))).toEqual([])
    expect(facts.lacks('fix', call({ responseFormat: { type: 'json' } }))).toEqual(['a JSON answer'])
    expect(facts.lacks('json', call({ responseFormat: { type: 'json' } }))).toEqual([])
  })
})

test('no text to read is an error', async () => {
  const { mini } = fakeMini()
  await expect(miniDevice(mini).doStream(call({ prompt: [] }))).rejects.toMatchObject({ code: 'bad_option' })
})

test('four runs at a time, and a reader that never reads holds none of them', async () => {
  const { mini, state } = fakeMini()
  const device = miniDevice(mini)
  const unread = await Promise.all(Array.from({ length: 4 }, () => device.doStream(call())))
  const results = await Promise.all(Array.from({ length: 9 }, () => device.doGenerate(call())))
  expect(results).toHaveLength(9)
  expect(state.most).toBe(4)
  expect(unread).toHaveLength(4)
})

test('an abort ends a run and a wait', async () => {
  const { mini, state, asked } = fakeMini()
  const device = miniDevice(mini)
  const stop = new AbortController()
  const busy = Array.from({ length: 4 }, () => device.doGenerate(call({ abortSignal: stop.signal })))
  const waiting = device.doGenerate(call({ abortSignal: stop.signal }))
  const all = Promise.allSettled([...busy, waiting])
  stop.abort('enough')
  for (const result of await all) expect(result).toEqual({ status: 'rejected', reason: 'enough' })
  expect(state.open).toBe(0)
  const before = asked.length
  await device.doGenerate(call())
  expect(asked.length).toBe(before + 1)
})

test('a cancelled stream ends its run and gives its turn back', async () => {
  const { mini, state } = fakeMini()
  const device = miniDevice(mini)
  for (let round = 0; round < 6; round++) {
    const { stream } = await device.doStream(call({ prompt: prompt(Array(1000).fill('w').join(' ')) }))
    const reader = stream.getReader()
    while ((await reader.read()).value?.type !== 'text-start');
    await reader.cancel('enough')
  }
  await settle()
  expect(state).toMatchObject({ open: 0, ended: 6 })
})

test('a run that throws errors the stream and gives its turn back', async () => {
  const { mini } = fakeMini()
  const broken: MiniLike = {
    ...mini,
    run: () => {
      throw new Error('no memory')
    },
  }
  const device = miniDevice(broken)
  for (let round = 0; round < 6; round++) {
    await expect(device.doGenerate(call())).rejects.toThrow('no memory')
  }
})

test('margin and most probable tokens, where they are asked for', async () => {
  const { mini } = fakeMini()
  const factsOf = async (providerOptions?: LanguageModelV4CallOptions['providerOptions']) => {
    const { stream } = await miniDevice(mini).doStream(call(providerOptions && { providerOptions }))
    const facts: unknown[] = []
    for await (const part of stream)
      if (part.type === 'text-delta') facts.push(part.providerMetadata?.edgewise)
    return facts[0]
  }
  expect(await factsOf()).toEqual({ logprob: -0.25, margin: 2 })
  expect(await factsOf({ edgewise: { topLogprobs: 1 } })).toEqual({
    logprob: -0.25,
    margin: 2,
    topLogprobs: [{ token: 'z', logprob: -0.5, bytes: [122] }],
  })
})

test('texts are embedded one batch at a time, and a caller may give up', async () => {
  const { mini, state } = fakeMini()
  const device = miniDevice(mini)
  const batches = await Promise.all([device.embed!(['a', 'bb']), device.embed!(['ccc'])])
  expect(batches).toEqual([[Float32Array.of(1), Float32Array.of(2)], [Float32Array.of(3)]])
  expect(state.most).toBe(1)
  const gone = new Error('gone')
  await expect(device.embed!(['a'], AbortSignal.abort(gone))).rejects.toBe(gone)
  await expect(device.embed!(['a'])).resolves.toHaveLength(1)
})
