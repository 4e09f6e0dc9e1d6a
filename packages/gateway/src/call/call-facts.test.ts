import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf, headerSafe, toHeaders } from './call-facts.ts'

test('a receipt becomes facts; what is null or of another type is absent', () => {
  expect(
    factsOf({ edgewise: { id: 'r', place: 'cloud', model: null, costUsd: null, bytesOut: 0, why: 7 } }),
  ).toEqual({ receipt: 'r', place: 'cloud', bytesOut: 0 })
  expect(factsOf({ other: { id: 'r' } })).toEqual({})
  expect(factsOf(undefined)).toEqual({})
})

test('any text is a header value, and plain text is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (why) => {
      const headers = new Headers(toHeaders({ why }))
      expect(headers.get('x-edgewise-why')).toMatch(/^[\x20-\x7e]*$/)
    }),
    { seed: 12, numRuns: 100 },
  )
  expect(headerSafe('it may stay: 3 < 4')).toBe('it may stay: 3 < 4')
  expect(headerSafe('a\r\nx-evil: 1\u2013')).toBe('a\\u000d\\u000ax-evil: 1\\u2013')
  expect(headerSafe('x'.repeat(5000))).toHaveLength(1000)
})
