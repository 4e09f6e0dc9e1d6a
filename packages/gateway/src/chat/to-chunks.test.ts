import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { finishPart, toolParts } from '../testing/models.ts'
import { type ChatChunk, toChunks } from './to-chunks.ts'

const envelope = { id: 'chatcmpl-1', created: 1, model: 'm' }

function chunksOf(parts: readonly LanguageModelV4StreamPart[]): ChatChunk[] {
  return parts.flatMap(toChunks(envelope, { includeUsage: false, logprobs: false, facts: {} }))
}

const deltasOf = (parts: readonly LanguageModelV4StreamPart[]): unknown[] =>
  chunksOf(parts).map((chunk) => chunk.choices[0]!.delta)

test('the first delta of a tool call names it, later ones carry its index', () => {
  expect(deltasOf(toolParts())).toEqual([
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } },
      ],
    },
    { tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '"Kraków"}' } }] },
    {},
  ])
})

test('calls without deltas come whole, each with its own index', () => {
  const call = (id: string): LanguageModelV4StreamPart => ({
    type: 'tool-call',
    toolCallId: id,
    toolName: 'f',
    input: '{}',
  })
  const deltas = deltasOf([call('a'), call('b'), finishPart()]) as {
    tool_calls?: [{ index: number; id: string }]
  }[]
  expect(deltas.slice(0, 2).map((delta) => delta.tool_calls![0])).toEqual([
    { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
    { index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
  ])
})

test('deltas that are not JSON wait for the call, which is', () => {
  const parts: LanguageModelV4StreamPart[] = [
    { type: 'tool-input-start', id: 'a', toolName: 'f', inputEncoding: 'text' },
    { type: 'tool-input-delta', id: 'a', delta: 'say "hi"' },
    { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '"say \\"hi\\""' },
  ]
  expect(deltasOf(parts).at(-1)).toEqual({
    tool_calls: [{ index: 0, function: { arguments: '"say \\"hi\\""' } }],
  })
  expect(deltasOf(parts)).toHaveLength(2)
})

test('calls the provider ran itself and empty deltas are not for the caller', () => {
  expect(
    deltasOf([
      { type: 'tool-input-start', id: 'a', toolName: 'search', providerExecuted: true },
      { type: 'tool-input-delta', id: 'a', delta: '{}' },
      { type: 'tool-call', toolCallId: 'a', toolName: 'search', input: '{}', providerExecuted: true },
      { type: 'reasoning-delta', id: 'r', delta: '' },
      { type: 'text-delta', id: 't', delta: '' },
      { type: 'ping' },
    ]),
  ).toEqual([])
})

test('an empty answer still has its role', () => {
  expect(deltasOf([finishPart()])).toEqual([{ role: 'assistant', content: '' }, {}])
})

test.each([
  ['stop', 'stop'],
  ['length', 'length'],
  ['content-filter', 'content_filter'],
  ['tool-calls', 'tool_calls'],
  ['other', 'stop'],
] as const)('%s is finished as %s', (unified, reason) => {
  const chunks = chunksOf([finishPart({ finishReason: { unified, raw: undefined } })])
  expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe(reason)
})

test('thoughts come in a field of their own, and the role with the first of them', () => {
  expect(
    deltasOf([
      { type: 'reasoning-delta', id: 'r', delta: 'hm' },
      { type: 'text-delta', id: 't', delta: 'yes' },
    ]),
  ).toEqual([{ role: 'assistant', content: null, reasoning_content: 'hm' }, { content: 'yes' }])
})

test('an interrupted answer throws', () => {
  const interrupted = finishPart({ finishReason: { unified: 'interrupted', raw: undefined } })
  expect(() => chunksOf([interrupted])).toThrow(expect.objectContaining({ code: 'incomplete_answer' }))
})

test('a call without arguments is sent with empty ones: clients parse them', () => {
  const call: LanguageModelV4StreamPart = { type: 'tool-call', toolCallId: 'a', toolName: 'f', input: '' }
  const start: LanguageModelV4StreamPart = { type: 'tool-input-start', id: 'a', toolName: 'f' }
  for (const parts of [[call], [start, call]]) {
    const sent = deltasOf(parts) as { tool_calls: [{ function: { arguments: string } }] }[]
    expect(sent.map((delta) => delta.tool_calls[0].function.arguments).join('')).toBe('{}')
  }
})
