/** Sizes of calls: bytes count as base64, whatever holds them. */
import type { LanguageModelV4Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { prompt } from '../testing/models.ts'
import { callBytes } from './call-bytes.ts'

const withFile = (bytes: Uint8Array): LanguageModelV4Prompt => [
  { role: 'user', content: [{ type: 'file', mediaType: 'image/png', data: { type: 'data', data: bytes } }] },
]

test('of texts are those of their JSON in UTF-8', () => {
  const call = { prompt: prompt('naïve 🦊') }
  expect(callBytes(call)).toBe(Buffer.byteLength(JSON.stringify(call)))
})

test.each([
  ['an array of bytes', new Uint8Array(90_000).fill(200)],
  ["Node's Buffer", Buffer.alloc(90_000, 200)],
])('of %s are those of its base64', (_, bytes) => {
  const empty = callBytes({ prompt: withFile(new Uint8Array(0)) })
  expect(callBytes({ prompt: withFile(bytes) }) - empty).toBe(120_000)
})

test('what JSON cannot hold does not throw', () => {
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  const calling = (input: unknown): LanguageModelV4Prompt => [
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: '1', toolName: 'f', input }] },
  ]
  expect(callBytes({ prompt: calling(cycle) })).toBe(0)
  expect(callBytes({ prompt: calling({ n: 12n }) })).toBe(callBytes({ prompt: calling({ n: '12' }) }))
})
