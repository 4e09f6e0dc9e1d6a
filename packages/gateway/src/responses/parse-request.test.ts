import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../http/gateway-error.ts'
import { parseRequest } from './parse-request.ts'

const request = { model: 'm', input: 'hi' }
const user = { type: 'message', role: 'user', content: 'hi' }
const tool = { type: 'function', name: 'f' }

function faultOf(body: unknown): GatewayError {
  try {
    parseRequest(body)
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('the body was accepted')
}

test('what is known is kept, what is unknown is left out, a message needs no type', () => {
  const ignored = { service_tier: 'auto', truncation: 'auto', background: false, prompt: null, x: 1 }
  expect(parseRequest({ ...request, ...ignored })).toEqual(request)
  expect(parseRequest({ ...request, input: [{ role: 'user', content: 'hi' }] })).toEqual({
    ...request,
    input: [user],
  })
})

test.each([
  [null, null],
  [{ input: 'x' }, 'model'],
  [{ model: 'm' }, 'input'],
  [{ ...request, input: [] }, 'input'],
  [{ ...request, input: [{ type: 'computer_call' }] }, 'input[0].type'],
  [{ ...request, input: [{ role: 'robot', content: 'x' }] }, 'input[0].role'],
  [{ ...request, input: [{ ...user, content: [{ type: 'input_video' }] }] }, 'input[0].content[0].type'],
  [
    { ...request, input: [{ ...user, content: [{ type: 'input_image', file_id: 'x' }] }] },
    'input[0].content[0].image_url',
  ],
  [
    { ...request, input: [{ ...user, content: [{ type: 'input_file', file_id: 'x' }] }] },
    'input[0].content[0].file_data',
  ],
  [{ ...request, tools: [{ type: 'web_search' }] }, 'tools[0].name'],
  [{ ...request, tools: [{ type: 'web_search', name: 'f' }] }, 'tools[0].type'],
  [{ ...request, tools: [{ ...tool, name: 'a b' }] }, 'tools[0].name'],
  [{ ...request, text: { format: { type: 'xml' } } }, 'text.format.type'],
  [{ ...request, max_output_tokens: 0 }, 'max_output_tokens'],
  [{ ...request, temperature: 3 }, 'temperature'],
  [{ ...request, reasoning: { effort: 'very' } }, 'reasoning.effort'],
  [{ ...request, background: true }, 'background'],
  [{ ...request, conversation: 'conv_1' }, 'conversation'],
  [{ ...request, prompt: { id: 'p' } }, 'prompt'],
])('%j is refused at %s', (body, param) => {
  const fault = faultOf(body)
  expect(fault).toMatchObject({ status: 400, code: 'invalid_request', param })
  expect(fault.message.length).toBeGreaterThan((param ?? '').length + 5)
})

test('a refusal names no content', () => {
  const secret = 'my secret prompt'
  for (const body of [
    { ...request, input: [{ type: secret, text: secret }] },
    { ...request, input: [{ role: secret, content: secret }] },
    { ...request, input: { text: secret } },
    { ...request, conversation: secret, stream: secret },
  ])
    expect(faultOf(body).message).not.toContain(secret)
})

test('any JSON is parsed or refused with a GatewayError', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (body, value) => {
      for (const candidate of [
        body,
        { model: 'm', input: value },
        { ...request, tools: value, text: body },
      ]) {
        try {
          parseRequest(candidate)
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError)
        }
      }
    }),
    { seed: 22, numRuns: 300 },
  )
})
