/** Which items are kept: all while there are few, and of many the same whatever their order. */
import { expect, test } from 'vitest'
import { Retained } from './retained.ts'

const kept = (ids: readonly number[]): { values: number[]; isSample: boolean } => {
  const retained = new Retained(2)
  for (const id of ids) retained.add(`item ${id}`, [id, -id])
  const values = Array.from({ length: retained.count }, (_, row) => {
    expect(retained.at(row, 1)).toBe(-retained.at(row, 0))
    return retained.at(row, 0)
  })
  return { values, isSample: retained.isSample }
}

test('65,536 are all kept, in their order', () => {
  const ids = Array.from({ length: 65_536 }, (_, i) => i)
  expect(kept(ids)).toEqual({ values: ids, isSample: false })
})

test('of more a sample, which hangs on no order and prefers no item', () => {
  const ids = Array.from({ length: 200_000 }, (_, i) => i)
  const { values, isSample } = kept(ids)
  expect(isSample).toBe(true)
  expect(values.length).toBeGreaterThan(32_768)
  expect(values.length).toBeLessThanOrEqual(65_536)
  expect(kept(ids.toReversed()).values.toReversed()).toEqual(values)
  // A quarter of them, and as many of the first half as of the second, within five standard deviations.
  expect(Math.abs(values.length - 50_000)).toBeLessThan(5 * Math.sqrt(200_000 * 0.25 * 0.75))
  const early = values.filter((id) => id < 100_000).length
  expect(Math.abs(early - values.length / 2)).toBeLessThan((5 * Math.sqrt(values.length)) / 2)
})
