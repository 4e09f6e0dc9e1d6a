import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { prompt } from '../testing/models.ts'
import { notText, toMessages, toTools } from './gguf-device-messages.ts'

const image = {
  type: 'file',
  mediaType: 'image/png',
  data: { type: 'data', data: new Uint8Array(1) },
} as const

test('a conversation with a call and its result', () => {
  expect(
    toMessages([
      { role: 'system', content: 's' },
      ...prompt('a', 'b'),
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm' },
          { type: 'text', text: 'x' },
          { type: 'text', text: 'y' },
          { type: 'tool-call', toolCallId: '1', toolName: 'f', input: { a: 1 } },
          { type: 'tool-call', toolCallId: '2', toolName: 'f', input: 'broken' },
        ],
      },
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: '1', toolName: 'f', output: { type: 'json', value: { t: 3 } } },
          {
            type: 'tool-result',
            toolCallId: '2',
            toolName: 'f',
            output: { type: 'error-text', value: 'no' },
          },
          { type: 'tool-result', toolCallId: '3', toolName: 'f', output: { type: 'execution-denied' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'z' }] },
    ]),
  ).toEqual([
    { role: 'system', content: 's' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    },
    {
      role: 'assistant',
      content: 'xy',
      reasoning: 'hm',
      toolCalls: [
        { id: '1', name: 'f', arguments: { a: 1 } },
        { id: '2', name: 'f', arguments: { input: 'broken' } },
      ],
    },
    { role: 'tool', toolCallId: '1', name: 'f', content: '{"t":3}' },
    { role: 'tool', toolCallId: '2', name: 'f', content: 'no' },
    { role: 'tool', toolCallId: '3', name: 'f', content: 'The call was not allowed.' },
    { role: 'assistant', content: 'z' },
  ])
})

test('words of the host behind the system text, or in its place', () => {
  expect(toMessages([{ role: 'system', content: 's' }, ...prompt('a')], 'w')[0]).toEqual({
    role: 'system',
    content: 's\n\nw',
  })
  expect(toMessages(prompt('a'), 'w')[0]).toEqual({ role: 'system', content: 'w' })
})

test('tools, unless the call says none', () => {
  const tools: LanguageModelV4CallOptions['tools'] = [
    { type: 'function', name: 'f', description: 'd', inputSchema: { type: 'object' } },
    { type: 'provider', id: 'x.y', name: 'y', args: {} },
  ]
  const call = { prompt: prompt('a'), tools }
  expect(toTools(call)).toEqual([{ name: 'f', description: 'd', parameters: { type: 'object' } }])
  expect(toTools({ ...call, toolChoice: { type: 'none' } })).toEqual([])
  expect(notText(call)).toEqual(['tools of a provider'])
  expect(notText({ ...call, toolChoice: { type: 'none' } })).toEqual([])
  expect(notText({ prompt: [{ role: 'user', content: [image] }] })).toEqual(['files'])
})
