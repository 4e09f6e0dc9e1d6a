/** Axes: round ticks, given ends, ranges without an extent. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainNumber, scaleOf } from './scale.ts'

const texts = (scale: ReturnType<typeof scaleOf>): string[] => scale.ticks.map(({ text }) => text)

test('ticks are round, and the range ends on them', () => {
  const scale = scaleOf({ label: '' }, [0.13, 0.87], 5)
  expect(texts(scale)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0'])
  expect([scale.min, scale.max]).toEqual([0, 1])
  expect(scale.at(0.25)).toBe(0.25)
  expect(texts(scaleOf({ label: '' }, [0, 43_000], 4))).toEqual(['0', '20,000', '40,000', '60,000'])
  expect(texts(scaleOf({ label: '' }, [-3, 3], 6))).toEqual(['-3', '-2', '-1', '0', '1', '2', '3'])
})

test('given ends are kept, ticks stay inside them', () => {
  const scale = scaleOf({ label: '', min: 0.07, max: 0.93 }, [0.5], 4)
  expect([scale.min, scale.max]).toEqual([0.07, 0.93])
  expect(texts(scale)).toEqual(['0.5'])
  expect(scale.at(0.93)).toBe(1)
})

test('ticks whose texts would be the same are made fewer', () => {
  const scale = scaleOf({ label: '', format: (value) => `${Math.round(value * 100)} %` }, [0.5, 0.52], 8)
  expect(new Set(texts(scale)).size).toBe(scale.ticks.length)
})

test.each([
  ['nothing', []],
  ['one value', [5]],
  ['equal values', [-2, -2]],
  ['zeros', [0, 0]],
  ['what is not finite', [Number.NaN, Number.POSITIVE_INFINITY]],
  ['tiny', [1e-9, 3e-9]],
  ['huge', [-1e15, 4e17]],
])('a range of %s has an extent and some ticks', (_, values) => {
  const scale = scaleOf({ label: '' }, values, 5)
  expect(scale.max).toBeGreaterThan(scale.min)
  expect(scale.ticks.length).toBeGreaterThanOrEqual(2)
  expect(scale.ticks.length).toBeLessThan(20)
  for (const value of values.filter(Number.isFinite)) {
    expect(scale.at(value)).toBeGreaterThanOrEqual(0)
    expect(scale.at(value)).toBeLessThanOrEqual(1)
  }
})

test('numbers for people', () => {
  expect([plainNumber(1_234_567, 0), plainNumber(-0.5, 1), plainNumber(0, 3), plainNumber(2e-7, 7)]).toEqual([
    '1,234,567',
    '-0.5',
    '0',
    '2e-7',
  ])
})

test('a logarithmic axis: ticks at 1, 2, 5 times powers of ten, or at powers alone; any range of numbers above 0', () => {
  const log = (values: readonly number[], count: number, rest = {}) =>
    scaleOf({ label: '', log: true, ...rest }, values, count)
  expect(log([12, 480], 6).ticks.map(({ text }) => text)).toEqual(['10', '20', '50', '100', '200', '500'])
  expect(log([0.012, 480, 0, -3, Number.NaN], 6).ticks.map(({ text }) => text)).toEqual([
    '0.01',
    '0.1',
    '1',
    '10',
    '100',
  ])
  expect(log([], 5)).toMatchObject({ min: 1, max: 10 })
  expect(log([], 5, { min: 220, max: 480 }).ticks.map(({ text }) => text)).toEqual(['300', '400'])
  expect(log([], 5, { min: 330, max: 380 }).ticks.length).toBeGreaterThan(2)
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 1e-9, max: 1e15, noNaN: true }), { minLength: 1 }),
      fc.integer({ min: 2, max: 9 }),
      (values, count) => {
        const scale = log(values, count)
        expect(scale.ticks.length).toBeGreaterThan(1)
        expect(scale.ticks.length).toBeLessThan(2 * count + 4)
        for (const value of values) {
          expect(scale.at(value)).toBeGreaterThan(-1e-6)
          expect(scale.at(value)).toBeLessThan(1 + 1e-6)
        }
      },
    ),
  )
})
