import type { LanguageModelV4CallOptions, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { prompt } from '../testing/models.ts'
import { type CacheScope, callKey } from './call-key.ts'

const scope: CacheScope = { task: 'ask', user: 'u', minSimilarity: 0.8 }
const call: LanguageModelV4CallOptions = { prompt: prompt('What is my balance?'), temperature: 0.5 }
const exactOf = (options: Partial<LanguageModelV4CallOptions>, asked = scope) =>
  callKey({ ...call, ...options }, asked)?.exact
const meaningOf = (options: Partial<LanguageModelV4CallOptions>, asked = scope) =>
  callKey({ ...call, ...options }, asked)?.meaning?.key

const changes: [string, Partial<LanguageModelV4CallOptions>][] = [
  ['prompt', { prompt: [{ role: 'system', content: 's' }, ...call.prompt] }],
  ['tools', { tools: [{ type: 'function', name: 'f', inputSchema: { type: 'object' } }] }],
  ['tool choice', { toolChoice: { type: 'none' } }],
  ['format', { responseFormat: { type: 'json', schema: { type: 'object' } } }],
  ['temperature', { temperature: 0.6 }],
  ['top p', { topP: 0.5 }],
  ['top k', { topK: 5 }],
  ['seed', { seed: 1 }],
  ['penalties', { presencePenalty: 1 }],
  ['penalties of frequency', { frequencyPenalty: 1 }],
  ['length', { maxOutputTokens: 5 }],
  ['stops', { stopSequences: ['x'] }],
  ['reasoning', { reasoning: 'high' }],
  ['options of a provider', { providerOptions: { openai: { a: 1 } } }],
  ['log-probabilities', { providerOptions: { edgewise: { topLogprobs: 2 } } }],
  ['headers', { headers: { 'x-tenant': 'b' } }],
]

describe('what decides the answer', () => {
  test.each(changes)('%s', (_, change) => {
    expect(exactOf(change)).not.toBe(exactOf({}))
    expect(meaningOf(change)).not.toBe(meaningOf({}))
  })

  test.each([
    ['user', { ...scope, user: 'v' }],
    ['nobody', { ...scope, user: null }],
    ['task', { ...scope, task: 'other' }],
    ['names that join alike', { ...scope, task: 'ask","u', user: '' }],
  ] as const)('%s', (_, other) => {
    expect(exactOf({}, other)).not.toBe(exactOf({}))
    expect(meaningOf({}, other)).not.toBe(meaningOf({}))
  })
})

test('the names of task, user and conversation in the call, its signal and the raw chunks do not', () => {
  const edgewise = { task: 't', user: 'u', conversation: 'c' }
  const same = {
    providerOptions: { edgewise },
    abortSignal: new AbortController().signal,
    includeRawChunks: true,
  }
  expect(exactOf(same)).toBe(exactOf({}))
  expect(meaningOf(same)).toBe(meaningOf({}))
})

test('what earlier answers carry of their place decides nothing, what they carry for a provider does', () => {
  const after = (providerOptions?: SharedV4ProviderOptions): Partial<LanguageModelV4CallOptions> => {
    const said = { type: 'text' as const, text: 'hi', ...(providerOptions && { providerOptions }) }
    return { prompt: [{ role: 'assistant', content: [said] }, ...call.prompt] }
  }
  const marked = after({ edgewise: { place: 'device', why: 'mean logprob -0.1' } })
  expect(exactOf(marked)).toBe(exactOf(after()))
  expect(meaningOf(marked)).toBe(meaningOf(after()))
  const signed = after({ signer: { signature: 's' }, edgewise: { place: 'cloud' } })
  expect(exactOf(signed)).toBe(exactOf(after({ signer: { signature: 's' } })))
  expect(exactOf(signed)).not.toBe(exactOf(after()))
})

test('other words: the same meaning, not the same call; without a similarity there is no meaning', () => {
  const other = { prompt: prompt("what's my balance") }
  expect(exactOf(other)).not.toBe(exactOf({}))
  expect(meaningOf(other)).toBe(meaningOf({}))
  expect(callKey(call, { ...scope, minSimilarity: null })?.meaning).toBeNull()
})

test('a meaning is that of a last message that is one text; what stands before it is compared letter for letter', () => {
  const earlier = [...prompt('Hello'), { role: 'assistant' as const, content: [] }]
  const talk = (first: string) => ({ prompt: [...prompt(first), ...earlier, ...call.prompt] })
  expect(meaningOf(talk('a cat'))).toBe(meaningOf(talk('a cat')))
  expect(meaningOf(talk('a cat'))).not.toBe(meaningOf(talk('the cat')))
  expect(meaningOf({ prompt: prompt('a', 'b') })).toBeUndefined()
  expect(meaningOf({ prompt: [...call.prompt, { role: 'assistant', content: [] }] })).toBeUndefined()
  expect(meaningOf({ prompt: [] })).toBeUndefined()
})

test.each([
  ['a file', new Uint8Array([1])],
  ['a map', new Map([['a', 1]])],
  ['a bigint', 1n],
])('%s in the call: no key', (_, value) => {
  const content = [{ type: 'tool-call' as const, toolCallId: '1', toolName: 'f', input: { value } }]
  expect(callKey({ prompt: [{ role: 'assistant', content }] }, scope)).toBeNull()
})

test('a cycle: no key', () => {
  const input: { self?: unknown } = {}
  input.self = input
  const content = [{ type: 'tool-call' as const, toolCallId: '1', toolName: 'f', input }]
  expect(callKey({ prompt: [{ role: 'assistant', content }] }, scope)).toBeNull()
})
