import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jittered, random, wait } from './pace.ts'

const draws = (seed: number, count: number): number[] => {
  const draw = random(seed)
  return Array.from({ length: count }, draw)
}

test('the same seed draws the same numbers, evenly between 0 and 1', () => {
  const numbers = draws(7, 4000)
  expect(draws(7, 4000)).toEqual(numbers)
  expect(draws(8, 10)).not.toEqual(numbers.slice(0, 10))
  expect(numbers.every((value) => value >= 0 && value < 1)).toBe(true)
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  expect(mean).toBeGreaterThan(0.48)
  expect(mean).toBeLessThan(0.52)
})

test('jitter keeps within its share', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(), (ms, jitter, seed) => {
      const value = jittered(ms, jitter, random(seed))
      expect(value).toBeGreaterThanOrEqual(ms * (1 - jitter) - 1e-6)
      expect(value).toBeLessThanOrEqual(ms * (1 + jitter) + 1e-6)
    }),
    { seed: 5 },
  )
})

test('a wait ends when the client is gone', async () => {
  const gone = new AbortController()
  const waiting = wait(60_000, gone.signal)
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  expect(() => wait(0, gone.signal)).toThrow('gone')
})
