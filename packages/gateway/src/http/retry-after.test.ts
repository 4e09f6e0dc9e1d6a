import { APICallError } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { retryAfterOf } from './retry-after.ts'

const refused = (responseHeaders?: Record<string, string>): APICallError =>
  new APICallError({
    message: 'x',
    url: 'x',
    requestBodyValues: {},
    statusCode: 429,
    ...(responseHeaders ? { responseHeaders } : {}),
  })

test.each([
  [refused({ 'retry-after': '3' }), 3000],
  [refused({ 'retry-after-ms': '250', 'retry-after': '3' }), 250],
  [refused({ 'retry-after': 'Thu, 01 Jan 2026 00:00:00 GMT' }), 0],
  [refused({ 'retry-after': 'soon' }), null],
  [refused({ 'retry-after': '-1' }), null],
  [refused(), null],
  [Object.assign(new Error('x'), { retryAfterMs: 20 }), 20],
  [new Error('x', { cause: refused({ 'retry-after': '3' }) }), 3000],
  [new Error('x', { cause: 'no error' }), null],
  ['no error', null],
])('%# is told as it is meant', (error, ms) => {
  expect(retryAfterOf(error)).toBe(ms)
})

test('causes in a circle are no trap', () => {
  const error = new Error('x')
  error.cause = error
  expect(retryAfterOf(error)).toBeNull()
})
