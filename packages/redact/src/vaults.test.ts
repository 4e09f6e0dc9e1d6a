import { expect, test } from 'vitest'
import { Vaults } from './vaults.ts'

test('a conversation keeps its vault, a call without one gets its own', () => {
  const vaults = new Vaults()
  expect(vaults.of('a')).toBe(vaults.of('a'))
  expect(vaults.of('a')).not.toBe(vaults.of('b'))
  expect(vaults.of(undefined)).not.toBe(vaults.of(undefined))
  expect(vaults.size).toBe(2)
})

test('conversations of two users never share a vault', () => {
  const vaults = new Vaults()
  expect(vaults.of('a', 'ann')).not.toBe(vaults.of('a', 'bo'))
  expect(vaults.of('a', 'ann')).not.toBe(vaults.of('a'))
  expect(vaults.of('null')).not.toBe(vaults.of('', 'null'))
})

test('the longest unused is forgotten first, and none is kept past its time', () => {
  let now = 0
  const vaults = new Vaults({ most: 2, idleMs: 100, now: () => now })
  const [a, b] = [vaults.of('a'), vaults.of('b')]
  expect(vaults.of('a')).toBe(a)
  vaults.of('c')
  expect(vaults.of('a')).toBe(a)
  expect(vaults.of('b')).not.toBe(b)
  now = 99
  expect(vaults.of('a')).toBe(a)
  now = 150
  expect(vaults.of('a')).toBe(a)
  expect(vaults.size).toBe(1)
  now = 250
  expect(vaults.of('a')).not.toBe(a)
})
