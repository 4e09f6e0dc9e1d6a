import { seededRandom } from '@edgewise/evidence'
import { expect, test } from 'vitest'
import { facts } from '../facts/facts.ts'
import { allEnds, covered, endsName, endsOf, spreadOf } from './conformal.ts'
import type { Held } from './hold-out.ts'

/** Rows of laptops with a source, whose errors are of a device (0.3) and of a row (0.1); `said` and the spread are 0 and 1. */
function held(devices: number, rows: number, seed = 1): Held[] {
  const random = seededRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  const device = facts.devices.find(({ id }) => id === 'm4')!
  return Array.from({ length: devices }, (_, d) => {
    const shift = 0.3 * normal()
    return Array.from({ length: rows }, () => ({
      one: { device: { ...device, id: `d${d}` } } as Held['one'],
      law: 'decode' as const,
      stage: 'cold' as const,
      observed: shift + 0.1 * normal(),
      said: 0,
      spread: 1,
    }))
  }).flat()
}

test('eight of ten rows of devices that the ends have not seen lie between them', () => {
  const inside = covered(held(300, 4)).filter(Boolean).length / 1200
  expect(inside).toBeGreaterThan(0.75)
  expect(inside).toBeLessThan(0.85)
})

test('ends hold the value itself, even where all errors lie to one side', () => {
  const high = held(40, 2).map((one) => ({ ...one, observed: 1 + Math.abs(one.observed) }))
  expect(endsOf(high).low).toBe(0)
  expect(endsOf(high).high).toBeGreaterThan(1)
  expect(endsOf([])).toEqual({ low: -1.2816, high: 1.2816 })
})

test('one device with many rows does not decide', () => {
  const few = held(30, 1)
  const many = Array.from({ length: 400 }, () => ({ ...few[0]!, observed: 5 }))
  expect(endsOf([...few, ...many]).high).toBe(5)
  expect(endsOf([...few, ...many.slice(0, 5)]).high).toBeLessThan(1)
})

test('small devices and claimed bandwidths that were not seen are a group of their own', () => {
  expect(endsName('cold', { class: 'phone', basis: 'published' })).toBe('coldUnsure')
  expect(endsName('cold', { class: 'laptop', basis: 'claimed' })).toBe('coldUnsure')
  expect(endsName('cold', { class: 'laptop', basis: 'computed' })).toBe('cold')
  expect(endsName('known', { class: 'phone', basis: 'claimed' })).toBe('known')
})

test('too few unsure devices for ends of their own have those of all, or theirs where they err by more', () => {
  const sure = held(30, 2)
  const unsure = (at: number): Held[] =>
    held(3, 4, 2).map((one, i) => {
      const device = { ...one.one.device, id: `p${i % 3}`, class: 'phone' as const }
      return { ...one, one: { ...one.one, device }, observed: at }
    })
  const { cold, coldUnsure } = allEnds([...sure, ...unsure(2)]).decode
  expect(coldUnsure.high).toBe(2)
  expect(cold.high).toBeLessThan(1)
  expect(coldUnsure.low).toBeLessThanOrEqual(endsOf([...sure, ...unsure(2)]).low)
  expect(allEnds([...sure, ...unsure(0)]).decode.coldUnsure.high).toBeGreaterThan(0.1)
})

test('of a device that was not seen, the spread of a prompt is no less than devices differ by', () => {
  expect(spreadOf('prefill', 'cold', 0.05)).toBeCloseTo(0.2828, 3)
  expect(spreadOf('prefill', 'cold', 0.6)).toBe(0.6)
  expect(spreadOf('prefill', 'known', 0.05)).toBe(0.05)
  expect(spreadOf('decode', 'cold', 0.05)).toBe(0.05)
  expect(
    endsOf(held(1, 1).map((one) => ({ ...one, law: 'prefill' as const, observed: 0.2828, spread: 0.01 })))
      .high,
  ).toBeCloseTo(1, 3)
})
