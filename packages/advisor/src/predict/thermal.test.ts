import { expect, test } from 'vitest'
import { energyOf } from './energy.ts'
import { figure } from './figures.ts'
import { keptSpeed } from './thermal.ts'

test('a phone keeps all of its speed for a minute and what was published after ten; nothing else falls', () => {
  expect(keptSpeed('phone', 60)).toBe(1)
  expect(keptSpeed('phone', 600)).toBeCloseTo(0.54, 12)
  expect(keptSpeed('phone-mid', 36_000)).toBeCloseTo(0.54, 12)
  expect(keptSpeed('phone', 190)).toBeGreaterThan(keptSpeed('phone', 200))
  expect(keptSpeed('laptop', 36_000)).toBe(1)
})

test('energy is what was published: 0.10 J a token at 1.5 B, 0.22 to 0.32 J at 3 B; null where nothing was', () => {
  const none = { value: 0, low: 0, high: 0 }
  const of = (bytes: number) => energyOf('phone', 1, bytes, none, 0.8)!
  expect(of(0.8e9).low).toBeLessThan(0.1)
  expect(of(0.8e9).high).toBeGreaterThan(0.1)
  expect(of(1.8e9).low).toBeLessThan(0.22)
  expect(of(1.8e9).high).toBeGreaterThan(0.32)
  expect(energyOf('laptop', 1, 1e9, none, 0.8)).toBeNull()
})

test('figures are short and none has an exponent where a reader meets it', () => {
  expect([1234567, 123.4, 12.34, 1.234, 0.01234, 0].map(figure)).toEqual([
    '1,234,567',
    '123',
    '12.3',
    '1.23',
    '0.0123',
    '0',
  ])
})
