import type { AnswerPart } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { partWriter } from './gguf-device-parts.ts'

const text = (text: string): AnswerPart => ({ type: 'text', text })
const call: AnswerPart = { type: 'call', call: { id: 'abc', name: 'f', arguments: { a: 1 } } }
const told = (facts: object) => ({ providerMetadata: { edgewise: facts } })

test('text as it comes, with what is known of its token; empty texts, too', () => {
  const writer = partWriter(true)
  expect(writer.write([text('a')], { text: 'a', logprob: -1, margin: 0.5 })).toEqual([
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'a', ...told({ logprob: -1, margin: 0.5 }) },
  ])
  expect(writer.write([], { text: '', logprob: -2 })).toEqual([
    { type: 'text-delta', id: '0', delta: '', ...told({ logprob: -2 }) },
  ])
  expect(writer.end([])).toEqual([{ type: 'text-end', id: '0' }])
})

test('the most probable tokens with their bytes; no margin where nothing else could follow', () => {
  const top = [{ id: 3, text: '\ufffd', bytes: Uint8Array.of(0xc3), logprob: -0.5 }]
  const token = { text: 'a', logprob: 0, margin: Number.POSITIVE_INFINITY, top }
  expect(partWriter(true).write([text('a')], token)).toEqual([
    { type: 'text-start', id: '0' },
    {
      type: 'text-delta',
      id: '0',
      delta: 'a',
      ...told({ logprob: 0, topLogprobs: [{ token: '\ufffd', logprob: -0.5, bytes: [0xc3] }] }),
    },
  ])
})

test('text that was held back has none', () => {
  const writer = partWriter(false)
  expect(writer.write([], { text: '<', logprob: -1 })).toEqual([])
  expect(writer.write([text('<b')], { text: 'b', logprob: -2 })).toEqual([
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: '<b' },
  ])
})

test('a thought, text, a call, text: each a block of its own', () => {
  const writer = partWriter(false)
  const token = { text: '', logprob: 0 }
  const parts = [
    ...writer.write([{ type: 'reasoning', text: 'hm' }, text('a')], token),
    ...writer.write([call], token),
    ...writer.write([{ type: 'malformed', text: 'b', why: '' }], token),
    ...writer.end([text('c')]),
  ]
  expect(parts).toEqual([
    { type: 'reasoning-start', id: '0' },
    { type: 'reasoning-delta', id: '0', delta: 'hm' },
    { type: 'reasoning-end', id: '0' },
    { type: 'text-start', id: '1' },
    { type: 'text-delta', id: '1', delta: 'a' },
    { type: 'text-end', id: '1' },
    { type: 'tool-input-start', id: 'abc', toolName: 'f' },
    { type: 'tool-input-delta', id: 'abc', delta: '{"a":1}' },
    { type: 'tool-input-end', id: 'abc' },
    { type: 'tool-call', toolCallId: 'abc', toolName: 'f', input: '{"a":1}' },
    { type: 'text-start', id: '2' },
    { type: 'text-delta', id: '2', delta: 'b' },
    { type: 'text-delta', id: '2', delta: 'c' },
    { type: 'text-end', id: '2' },
  ])
  expect(writer.hasCalls).toBe(true)
})

test('an answer of nothing is a text of nothing', () => {
  expect(partWriter(false).end([])).toEqual([
    { type: 'text-start', id: '0' },
    { type: 'text-end', id: '0' },
  ])
})
