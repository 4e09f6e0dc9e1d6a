import { APICallError, JSONParseError, TypeValidationError } from '@ai-sdk/provider'
import { ContextLengthError } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { DeviceFailedError } from '../errors.ts'
import { RedactionError } from '../prepare/redact/index.ts'
import { describeFailure, refusedStatus, stableCode } from './failure.ts'

const secret = 'my card is 4111 1111 1111 1111'

const refused = (statusCode: number, code: unknown) =>
  new APICallError({
    message: `the server says: ${secret}`,
    url: 'http://h',
    requestBodyValues: { messages: [secret] },
    statusCode,
    data: { error: { message: secret, code } },
  })

const system = (code: string) => Object.assign(new Error(`connect ${code} ${secret}`), { code })

test.each([
  [refused(500, null), 'HTTP 500'],
  [refused(401, 'invalid_api_key'), 'HTTP 401 (invalid_api_key)'],
  [refused(400, secret), 'HTTP 400'],
  [
    new APICallError({ message: secret, url: 'u', requestBodyValues: {}, cause: system('ECONNREFUSED') }),
    'the connection failed (ECONNREFUSED)',
  ],
  [
    new APICallError({
      message: secret,
      url: 'u',
      requestBodyValues: {},
      statusCode: 200,
      cause: new Error(secret),
    }),
    'its answer could not be read',
  ],
  [
    new APICallError({
      message: secret,
      url: 'u',
      requestBodyValues: {},
      cause: new Error('unexpected redirect'),
    }),
    'its address redirects to another one, which is not followed: correct "baseURL"',
  ],
  [
    new JSONParseError({ text: secret, cause: new Error(secret) }),
    'what it sent is not an answer (AI_JSONParseError)',
  ],
  [
    new TypeValidationError({ value: secret, cause: new Error(secret) }),
    'what it sent is not an answer (AI_TypeValidationError)',
  ],
  [system('ECONNRESET'), 'the connection failed (ECONNRESET)'],
  [new TypeError(secret), 'it ended with TypeError'],
  [Object.assign(new Error('x'), { name: secret }), 'it ended with an error'],
  [Object.assign(new Error(secret), { code: 'invalid_prompt' }), 'it reported invalid_prompt'],
  [{ message: secret, code: 'server_error' }, 'it reported server_error'],
  [secret, 'it reported an error'],
  [null, 'it reported an error'],
  [undefined, 'it reported an error'],
])('%#: %s', (error, expected) => {
  expect(describeFailure(error)).toBe(expected)
})

test("this project's own errors speak for themselves, in one line of bounded length", () => {
  expect(describeFailure(new ContextLengthError(101, 100))).toMatch(/^101 tokens do not fit/)
  expect(describeFailure(new RedactionError('cannot_redact', 'it has a picture'))).toBe('it has a picture')
  expect(describeFailure(new DeviceFailedError('out_of_memory', 'needs 1.9 GB\nstack', {}))).toBe(
    'the device did not answer: needs 1.9 GB',
  )
  expect(describeFailure(new DeviceFailedError('x', 'y'.repeat(1000))).length).toBeLessThan(250)
})

test('codes are found where they stand, also in a ring of causes', () => {
  const ring: { cause?: unknown } = {}
  ring.cause = ring
  expect(describeFailure(ring)).toBe('it reported an error')
  expect(describeFailure(new Error('a', { cause: new Error('b', { cause: system('EPIPE') }) }))).toBe(
    'the connection failed (EPIPE)',
  )
  expect(stableCode(system('EPIPE'))).toBeNull()
  expect(refusedStatus(refused(429, null))).toBe(429)
  expect(refusedStatus(new Error('x'))).toBeNull()
})
