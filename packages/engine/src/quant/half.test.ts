import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floatToHalf, halfToFloat, nearestInt, readHalf, roundEven, writeHalf } from './half.ts'

test('all 65536 halves come back from f32', () => {
  for (let half = 0; half < 65536; half++) {
    const value = halfToFloat(half)
    if (Number.isNaN(value)) expect(Number.isNaN(halfToFloat(floatToHalf(value)))).toBe(true)
    else if (floatToHalf(value) !== half) expect.fail(`half ${half} became ${floatToHalf(value)}`)
  }
})

test('known values', () => {
  expect(halfToFloat(0x3c00)).toBe(1)
  expect(halfToFloat(0xc000)).toBe(-2)
  expect(halfToFloat(0x7bff)).toBe(65504)
  expect(halfToFloat(0x0001)).toBe(2 ** -24)
  expect(halfToFloat(0x8000)).toBe(-0)
  expect(halfToFloat(0xfc00)).toBe(Number.NEGATIVE_INFINITY)
  expect(floatToHalf(65519)).toBe(0x7bff)
  expect(floatToHalf(65520)).toBe(0x7c00)
  expect(floatToHalf(-1e30)).toBe(0xfc00)
  expect(floatToHalf(2 ** -25)).toBe(0)
  expect(floatToHalf(2 ** -25 * 1.5)).toBe(1)
  expect(floatToHalf(2 ** -14 - 2 ** -26)).toBe(0x0400)
})

test('a value becomes the nearest half, the even one of two', () => {
  const values = fc.oneof(
    fc.float({ noNaN: true, noDefaultInfinity: true, min: -65504, max: 65504 }),
    fc.float({ noNaN: true, min: -(2 ** -13), max: 2 ** -13 }),
    // The middles between two halves.
    fc.integer({ min: 0, max: 0x7bfe }).map((half) => (halfToFloat(half) + halfToFloat(half + 1)) / 2),
  )
  fc.assert(
    fc.property(values, (value) => {
      const half = floatToHalf(value)
      const off = Math.abs(halfToFloat(half) - value)
      for (const other of [half - 1, half + 1]) {
        if (((half ^ other) & 0x8000) !== 0 || (other & 0x7c00) === 0x7c00) continue
        const otherOff = Math.abs(halfToFloat(other) - value)
        expect(off).toBeLessThanOrEqual(otherOff)
        if (off === otherOff) expect(half & 1).toBe(0)
      }
    }),
    { numRuns: 2000, seed: 1 },
  )
})

test('roundEven', () => {
  const inputs = [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999, 126.5, -127.5, 3]
  expect(inputs.map((x) => roundEven(x) + 0)).toEqual([0, 2, 2, 0, -2, 0, 126, -128, 3])
})

test('nearestInt: as roundEven, and beyond 22 bits the wrapped bits of ggml', () => {
  const inputs = [0.5, 1.5, -2.5, 4194303, -4194303, 4194304.5, 1e30, Number.NEGATIVE_INFINITY, Number.NaN]
  expect(inputs.map((x) => nearestInt(x) + 0)).toEqual([
    0, 2, -2, 4194303, -4194303, -4194304, 651978, -4194304, 0,
  ])
})

test('halves are read and written little-endian', () => {
  const bytes = new Uint8Array(4)
  writeHalf(bytes, 1, -2.5)
  expect([...bytes]).toEqual([0, 0x00, 0xc1, 0])
  expect(readHalf(bytes, 1)).toBe(-2.5)
})
