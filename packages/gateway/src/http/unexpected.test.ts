import { expect, test } from 'vitest'
import { originOf } from './unexpected.ts'

test('the class and where it was thrown, at most three frames', () => {
  const origin = originOf(new TypeError('secret'))
  expect(origin).toMatch(/^TypeError at .*unexpected\.test\.ts/)
  expect(origin.match(/ at /g)!.length).toBeLessThanOrEqual(3)
})

test.each(['secret', 'secret\n    at secret (secret.ts:1:1)', ''])(
  'the message %j is not in it',
  (message) => {
    expect(originOf(new Error(message))).not.toContain('secret')
    expect(originOf(new Error(message))).toContain('unexpected.test.ts')
  },
)

test('what is not an error has its type alone', () => {
  expect(originOf('secret')).toBe('a thrown string')
})
