import type { AnswerPart } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { partWriter } from './gguf-device-parts.ts'

const text = (text: string): AnswerPart => ({ type: 'text', text })
const call: AnswerPart = { type: 'call', call: { id: 'abc', name: 'f', arguments: { a: 1 } } }
const told = (logprob: number) => ({ providerMetadata: { edgewise: { logprob } } })

test('text as it comes, with the log-probability of its token; empty texts, too', () => {
  const writer = partWriter(true)
  expect(writer.write([text('a')], { text: 'a', logprob: -1 })).toEqual([
    { type: 'text-start', id: '0' },
    { type: 'text-delta', id: '0', delta: 'a', ...told(-1) },
  ])
  expect(writer.write([], { text: '', logprob: -2 })).toEqual([
    { type: 'text-delta', id: '0', delta: '', ...told(-2) },
  ])
  expect(writer.end([])).toEqual([{ type: 'text-end', id: '0' }])
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
