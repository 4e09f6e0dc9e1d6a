import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { prompt } from '../../testing/models.ts'
import { kindOf, serverKinds } from './quirks.ts'
import { lacks, requestBody, warningsOf } from './request.ts'

const asked = { model: 'm', whole: false }
const call = (options: Partial<LanguageModelV4CallOptions>): LanguageModelV4CallOptions => ({
  prompt: prompt('hi'),
  ...options,
})
const schema = { type: 'object' as const, properties: { a: { type: 'string' as const } } }
const json = call({ responseFormat: { type: 'json', schema } })
const tools = [
  { type: 'function' as const, name: 'look', description: 'looks', inputSchema: { type: 'object' as const } },
]

test('settings go under the names of the API; those a server ignores stay here and are named', () => {
  const all = call({
    maxOutputTokens: 7,
    temperature: 0.5,
    topP: 0.9,
    topK: 4,
    seed: 1,
    stopSequences: ['.'],
    presencePenalty: 1,
    frequencyPenalty: 2,
    reasoning: 'high',
  })
  expect(requestBody(all, asked, serverKinds.generic)).toMatchObject({
    max_tokens: 7,
    temperature: 0.5,
    top_p: 0.9,
    top_k: 4,
    seed: 1,
    stop: ['.'],
    presence_penalty: 1,
    frequency_penalty: 2,
  })
  expect(warningsOf(all, serverKinds.generic)).toEqual([{ type: 'unsupported', feature: 'reasoning' }])
  const body = requestBody(all, asked, serverKinds['litert-lm'])
  expect(body).toMatchObject({ max_completion_tokens: 7, top_k: 4, seed: 1 })
  expect(Object.keys(body)).not.toContain('stop')
  expect(warningsOf(all, serverKinds['litert-lm']).map((w) => 'feature' in w && w.feature)).toEqual([
    ...['stopSequences', 'presencePenalty', 'frequencyPenalty', 'reasoning'],
  ])
})

test('JSON by its schema where the server knows one, in words where not', () => {
  expect(requestBody(json, asked, serverKinds['llama-server'])).toMatchObject({
    messages: [{ role: 'user', content: 'hi' }],
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema, strict: true } },
  })
  expect(lacks(json, serverKinds['llama-server'])).toEqual([])
  const words = requestBody(json, asked, serverKinds['mlx-lm'])
  expect(words).not.toHaveProperty('response_format')
  expect(words.messages).toMatchObject([
    { role: 'system', content: expect.stringContaining('"a"') },
    { role: 'user' },
  ])
  expect(warningsOf(json, serverKinds['mlx-lm'])).toMatchObject([
    { type: 'compatibility', feature: 'responseFormat' },
  ])
  expect(lacks(json, serverKinds['mlx-lm'])).toEqual(['a JSON answer'])
  const any = call({ responseFormat: { type: 'json' } })
  expect(requestBody(any, asked, serverKinds.generic)).toMatchObject({
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: { type: 'object' } } },
  })
  expect(requestBody(json, asked, { ...serverKinds.generic, json: 'object' })).toMatchObject({
    messages: [{ role: 'system' }, { role: 'user' }],
    response_format: { type: 'json_object' },
  })
})

test('a conversation with calls and their results', () => {
  const talk = call({
    tools,
    toolChoice: { type: 'tool', toolName: 'look' },
    prompt: [
      { role: 'system', content: 'be brief' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'let me' },
          { type: 'tool-call', toolCallId: '1', toolName: 'look', input: { at: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '1', toolName: 'look', output: { type: 'json', value: [2] } },
        ],
      },
    ],
  })
  expect(requestBody(talk, asked, serverKinds.generic)).toMatchObject({
    messages: [
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'ab' },
      {
        role: 'assistant',
        content: 'let me',
        tool_calls: [{ id: '1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } }],
      },
      { role: 'tool', tool_call_id: '1', content: '[2]' },
    ],
    tools: [
      { type: 'function', function: { name: 'look', description: 'looks', parameters: { type: 'object' } } },
    ],
    tool_choice: { type: 'function', function: { name: 'look' } },
  })
  expect(requestBody(talk, asked, serverKinds['mlx-lm'])).not.toHaveProperty('tool_choice')
  expect(warningsOf(talk, serverKinds['mlx-lm'])).toMatchObject([{ feature: 'toolChoice' }])
  expect(
    requestBody(call({ tools, toolChoice: { type: 'none' } }), asked, serverKinds.generic),
  ).not.toHaveProperty('tools')
})

test('log-probabilities are not asked for where that would have tools refused', () => {
  expect(requestBody(call({}), asked, serverKinds['llama-server'])).toMatchObject({
    logprobs: true,
    top_logprobs: 2,
  })
  expect(requestBody(call({ tools }), asked, serverKinds['llama-server'])).not.toHaveProperty('logprobs')
  expect(requestBody(call({ tools }), asked, serverKinds.vllm)).toMatchObject({ logprobs: true })
})

test('files are lacking at every server', () => {
  const file = { type: 'file' as const, mediaType: 'image/png', data: new Uint8Array() }
  const image = call({ prompt: [{ role: 'user', content: [file as never] }] })
  for (const quirks of Object.values(serverKinds)) expect(lacks(image, quirks)).toEqual(['files'])
})

test('kinds by who owns the first model', () => {
  expect(['llamacpp', 'vllm', 'library', 'somebody', undefined].map(kindOf)).toEqual([
    ...['llama-server', 'vllm', 'ollama', 'generic', 'generic'],
  ])
})
