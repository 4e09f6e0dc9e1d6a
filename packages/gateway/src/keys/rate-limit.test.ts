import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../http/gateway-error.ts'
import { createKey } from './api-key.ts'
import { RateLimit } from './rate-limit.ts'

const keyOf = (requestsPerMinute?: number): ReturnType<typeof createKey>['key'] =>
  createKey({ name: 'a', ...(requestsPerMinute === undefined ? {} : { requestsPerMinute }) }).key

function refusalOf(take: () => unknown): GatewayError {
  try {
    take()
  } catch (error) {
    if (error instanceof GatewayError) return error
  }
  throw new Error('the call was let in')
}

test('as many calls as the limit go at once, the next waits for its part of the minute', () => {
  let now = 0
  const limit = new RateLimit(() => now)
  const key = keyOf(2)
  expect(limit.take(key)).toEqual({
    'x-ratelimit-limit-requests': '2',
    'x-ratelimit-remaining-requests': '1',
    'x-ratelimit-reset-requests': '30000ms',
  })
  limit.take(key)
  const refused = refusalOf(() => limit.take(key))
  expect(refused).toMatchObject({ status: 429, code: 'rate_limited', retryAfterMs: 30_000 })
  expect(refused.headers).toMatchObject({ 'x-ratelimit-remaining-requests': '0' })
  now = 29_999
  refusalOf(() => limit.take(key))
  now = 30_000
  limit.take(key)
  refusalOf(() => limit.take(key))
})

test('each key has its own bucket, and one without a limit none', () => {
  const limit = new RateLimit(() => 0)
  const [a, b, free] = [keyOf(1), keyOf(1), keyOf()]
  limit.take(a)
  limit.take(b)
  refusalOf(() => limit.take(a))
  for (let index = 0; index < 100; index++) expect(limit.take(free)).toEqual({})
})

test('over any time no more get in than the limit and what the time adds, and who waits as told gets in', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 100 }),
      (perMinute, pauses) => {
        let now = 0
        const limit = new RateLimit(() => now)
        const key = keyOf(perMinute)
        let taken = 0
        for (const pause of pauses) {
          now += pause
          try {
            limit.take(key)
            taken++
          } catch (error) {
            // Less than a millionth of a millisecond is lost to rounding.
            now += (error as GatewayError).retryAfterMs! + 1e-6
            limit.take(key)
            taken++
          }
        }
        expect(taken).toBeLessThanOrEqual(perMinute + (now / 60_000) * perMinute + 1e-6)
      },
    ),
    { seed: 42, numRuns: 100 },
  )
})
