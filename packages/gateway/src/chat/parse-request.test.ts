import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../http/gateway-error.ts'
import { parseRequest } from './parse-request.ts'

const user = { role: 'user', content: 'hi' }
const request = { model: 'm', messages: [user] }

function faultOf(body: unknown): GatewayError {
  try {
    parseRequest(body)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('the body was accepted')
}

test('what is known is kept, what is unknown is left out, null is as good as absent', () => {
  const full = {
    ...request,
    temperature: 0.5,
    stop: ['a', 'b'],
    tools: null,
    stream_options: null,
    n: 1,
    top_logprobs: 0,
    user: 'u',
    reasoning_effort: 'low',
  }
  const ignored = { metadata: {}, store: true, service_tier: 'auto', parallel_tool_calls: false }
  expect(parseRequest({ ...full, ...ignored })).toEqual(full)
})

test.each([
  [[], null],
  [null, null],
  [{ messages: [user] }, 'model'],
  [{ model: 'm' }, 'messages'],
  [{ ...request, messages: [] }, 'messages'],
  [{ ...request, messages: [user, { role: 'robot', content: 'x' }] }, 'messages[1].role'],
  [{ ...request, messages: [{ role: 'user' }] }, 'messages[0].content'],
  [{ ...request, messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
  [
    { ...request, messages: [{ role: 'user', content: [{ type: 'text', text: 1 }] }] },
    'messages[0].content[0].text',
  ],
  [
    { ...request, messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url: 'x' } }] }] },
    'messages[0].content[0].type',
  ],
  [
    { ...request, messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'x' } }] }] },
    'messages[0].content[0].file.file_data',
  ],
  [
    { ...request, messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: 'x' } }] }] },
    'messages[0].content[0].type',
  ],
  [
    { ...request, messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function' }] }] },
    'messages[0].tool_calls[0].function',
  ],
  [{ ...request, messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].tool_call_id'],
  [{ ...request, tools: [{ type: 'function', function: { name: 'a b' } }] }, 'tools[0].function.name'],
  [{ ...request, tools: [{ type: 'custom', custom: { name: 'a' } }] }, 'tools[0].type'],
  [{ ...request, tool_choice: { type: 'function' } }, 'tool_choice.function'],
  [{ ...request, response_format: { type: 'xml' } }, 'response_format.type'],
  [{ ...request, response_format: { type: 'json_schema' } }, 'response_format.json_schema'],
  [{ ...request, stream: 'yes' }, 'stream'],
  [{ ...request, max_tokens: 0 }, 'max_tokens'],
  [{ ...request, max_completion_tokens: 1.5 }, 'max_completion_tokens'],
  [{ ...request, temperature: 2.1 }, 'temperature'],
  [{ ...request, top_p: -1 }, 'top_p'],
  [{ ...request, stop: ['a', ''] }, 'stop[1]'],
  [{ ...request, seed: 'x' }, 'seed'],
  [{ ...request, presence_penalty: 3 }, 'presence_penalty'],
  [{ ...request, top_logprobs: 21, logprobs: true }, 'top_logprobs'],
  [{ ...request, top_logprobs: 2 }, 'top_logprobs'],
  [{ ...request, reasoning_effort: 'very' }, 'reasoning_effort'],
  [{ ...request, user: '' }, 'user'],
  [{ ...request, n: 2 }, 'n'],
  [{ ...request, functions: [{ name: 'f', parameters: {} }] }, 'functions'],
  [{ ...request, function_call: 'auto' }, 'function_call'],
  [{ ...request, function_call: { name: 'f' } }, 'function_call'],
  [
    {
      ...request,
      messages: [{ role: 'assistant', content: 'x', function_call: { name: 'f', arguments: '' } }],
    },
    'messages[0].function_call',
  ],
  [{ ...request, modalities: ['text', 'audio'] }, 'modalities[1]'],
  [{ ...request, logit_bias: { 1: 'x' } }, 'logit_bias.1'],
])('%j is refused at %s', (body, param) => {
  const fault = faultOf(body)
  expect(fault).toMatchObject({ status: 400, code: 'invalid_request', param })
  expect(fault.message.length).toBeGreaterThan((param ?? '').length + 5)
})

test('old fields that say nothing are taken, and what to send instead of others is told', () => {
  const old = { functions: [], function_call: null, modalities: ['text'] }
  expect(parseRequest({ ...request, ...old })).toEqual(request)
  expect(faultOf({ ...request, functions: [{ name: 'f' }] }).message).toContain('tools')
})

test('a refusal names no content', () => {
  const secret = 'my secret prompt'
  for (const body of [
    { ...request, messages: [{ role: 'user', content: [{ type: secret, text: secret }] }] },
    { ...request, messages: [{ role: secret, content: secret }] },
    { ...request, messages: [{ role: 'user', content: { text: secret } }] },
    { ...request, stream: secret, stop: { a: secret } },
  ])
    expect(faultOf(body).message).not.toContain(secret)
})

test('any JSON is parsed or refused with a GatewayError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (body, messages) => {
      for (const value of [body, { model: 'm', messages }, { ...request, tools: messages, stop: body }]) {
        try {
          parseRequest(value)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }
    }),
    { seed: 11, numRuns: 300 },
  )
})

test('an assistant that only calls may have content without parts', () => {
  const calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }]
  const messages = [user, { role: 'assistant', content: [], tool_calls: calls }]
  expect(parseRequest({ ...request, messages }).messages).toEqual(messages)
})
