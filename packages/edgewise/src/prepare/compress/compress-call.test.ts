import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { compressCall, MOST_CONTEXT } from './compress-call.ts'
import type { TokenScorer } from './token-scorer.ts'

/** A token a word: the longer, the less expected. */
const scorer: TokenScorer = {
  tokens: async (text, signal) => {
    signal?.throwIfAborted()
    return Array.from(text.matchAll(/\s*\S+/g), ({ index, 0: found }) => ({
      start: index,
      end: index + found.length,
      logprob: -found.trim().length,
    }))
  },
}
const document = 'The agency of public health publishes reports and the ministry comments on them. '.repeat(
  12,
)
const question = 'What does the agency publish in the report?'

test('context is compressed; system, assistant turns, calls, JSON and the question stay', async () => {
  const call: LanguageModelV4CallOptions = {
    temperature: 1,
    prompt: [
      { role: 'system', content: document },
      { role: 'user', content: [{ type: 'text', text: document }] },
      { role: 'assistant', content: [{ type: 'text', text: document }] },
      { role: 'user', content: [{ type: 'text', text: `${question}\n\n${document}` }] },
      {
        role: 'assistant',
        content: [{ type: 'tool-call', toolCallId: '1', toolName: 'read', input: { document } }],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: '1',
            toolName: 'read',
            output: { type: 'text', value: document },
          },
          {
            type: 'tool-result',
            toolCallId: '2',
            toolName: 'read',
            output: { type: 'json', value: { document } },
          },
        ],
      },
    ],
  }
  const before = structuredClone(call)
  const { call: short, facts } = await compressCall(call, { keep: 0.6, scorer })
  expect(call).toEqual(before)
  expect(short.temperature).toBe(1)
  for (const i of [0, 2, 4]) expect(short.prompt[i]).toBe(call.prompt[i])
  const less = short.prompt.flatMap((message) => (message.role === 'user' ? message.content : []))
  expect(less[0]).toMatchObject({
    text: expect.stringMatching(/^agency public health publishes reports ministry/),
  })
  expect(less[1]).toMatchObject({
    text: expect.stringMatching(/^What does the agency publish in the report\?\n\nagency public health/),
  })
  const results = short.prompt[5]!.role === 'tool' ? short.prompt[5]!.content : []
  expect(results[0]).toMatchObject({ output: { value: expect.stringMatching(/^agency public/) } })
  const given = call.prompt[5]!.role === 'tool' ? call.prompt[5]!.content : []
  expect(results[1]).toBe(given[1])
  expect(facts!.keptTokens / facts!.tokens).toBeLessThanOrEqual(0.61)
})

test.each([
  ['there is only a question', question],
  ['nothing tells the question from the rest', 'nospaces'.repeat(200)],
  ['there is more than a model reads in time', `${'word '.repeat(MOST_CONTEXT / 5)}\n\n${question}`],
])('the same call where %s', async (_, text) => {
  const call: LanguageModelV4CallOptions = { prompt: [{ role: 'user', content: [{ type: 'text', text }] }] }
  const { call: out, facts } = await compressCall(call, { keep: 0.5, scorer })
  expect(out).toBe(call)
  expect(facts).toBe(null)
})

test('a share of 1 keeps the call', async () => {
  const text = `${document}\n\n${question}`
  const call: LanguageModelV4CallOptions = { prompt: [{ role: 'user', content: [{ type: 'text', text }] }] }
  const { call: out, facts } = await compressCall(call, { keep: 1, scorer })
  expect(out).toBe(call)
  expect(facts!.keptTokens).toBe(facts!.tokens)
})

test('an abort ends it with its reason', async () => {
  const stop = new AbortController()
  stop.abort('enough')
  const text = `${document}\n\n${question}`
  const call: LanguageModelV4CallOptions = { prompt: [{ role: 'user', content: [{ type: 'text', text }] }] }
  await expect(compressCall(call, { keep: 0.5, scorer, signal: stop.signal })).rejects.toBe('enough')
})
