import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GatewayError } from '../http/gateway-error.ts'
import { createKey, findKey } from './api-key.ts'

const made = createKey({ name: 'laptop', requestsPerMinute: 5 }, new Date('2026-01-01T00:00:00Z'))
const other = createKey({ name: 'server' })

test('a key is 256 random bits, and what is kept of it is its hash', () => {
  expect(made.secret).toMatch(/^ew_[A-Za-z0-9_-]{43}$/)
  expect(made.secret).not.toBe(other.secret)
  const hash = createHash('sha256').update(made.secret).digest('hex')
  expect(made.key).toEqual({
    id: hash.slice(0, 12),
    name: 'laptop',
    hash,
    created: '2026-01-01T00:00:00.000Z',
    requestsPerMinute: 5,
  })
  expect(JSON.stringify(made.key)).not.toContain(made.secret.slice(3))
})

test('a key is found by its secret, wherever it stands', () => {
  for (const keys of [
    [made.key, other.key],
    [other.key, made.key],
  ]) {
    expect(findKey(`Bearer ${made.secret}`, keys)).toBe(made.key)
    expect(findKey(`bearer  ${other.secret}`, keys)).toBe(other.key)
  }
})

test('anything else is refused, and told what to do, without being quoted', () => {
  const wrong = fc.oneof(
    fc.constantFrom(undefined, '', 'Bearer', `Basic ${made.secret}`, made.secret, `Bearer ${made.key.hash}`),
    fc.constant(`Bearer ${made.secret}x`),
    fc.string({ unit: 'binary' }).map((text) => `Bearer ${text}`),
    fc.base64String({ minLength: 44, maxLength: 44 }).map((text) => `Bearer ew_${text.slice(0, 43)}`),
  )
  fc.assert(
    fc.property(wrong, (header) => {
      const find = (): unknown => findKey(header, [made.key, other.key])
      expect(find).toThrow(GatewayError)
      expect(find).toThrow(expect.objectContaining({ status: 401, code: 'invalid_api_key' }))
    }),
    { seed: 41, numRuns: 200 },
  )
  expect(() => findKey(`Bearer ${made.secret}`, [])).toThrow(GatewayError)
})
