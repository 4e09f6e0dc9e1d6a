import { expect, test } from 'vitest'
import { roundActivations, roundActivations256, roundActivationsWithSums } from './activations.ts'

test('activations round to even, and a block too small for a half step is zero', () => {
  const x = new Float32Array(64)
  x.set([127, 0.5, 1.5, -2.5, -0.5])
  x.fill(1e-30, 32)
  const out = { scales: new Float32Array(2), quants: new Int8Array(64).fill(9) }
  roundActivations(x, out)
  expect([...out.scales]).toEqual([1, 0])
  expect([...out.quants.subarray(0, 5)]).toEqual([127, 0, 2, -2, 0])
  expect(out.quants.subarray(5).every((q) => q === 0)).toBe(true)
})

test('with sums: the sum of what was rounded, also where the step is too small for a half', () => {
  const x = new Float32Array(96)
  x.set([127, 0.5, 1.5, -2.5, -0.5])
  x.fill(127 * 2 ** -26, 32, 64)
  x.fill(1e-40, 64)
  const out = { scales: new Float32Array(3), quants: new Int8Array(96), sums: new Float32Array(3) }
  roundActivationsWithSums(x, out)
  expect([...out.scales]).toEqual([1, 0, 0])
  expect([...out.sums]).toEqual([127, 32 * 127 * 2 ** -26, 0])
  expect(out.quants.subarray(32, 64).every((q) => q === 127)).toBe(true)
})

test('in blocks of 256 the largest becomes -127, with its sign in the step, and sums are per 16', () => {
  const x = new Float32Array(768)
  x.set([-254, 1, 3, 254, -3])
  x.set([0.5], 256 + 17)
  const out = { scales: new Float32Array(3), quants: new Int8Array(768), sums: new Int16Array(48).fill(7) }
  roundActivations256(x, out)
  expect([...out.scales]).toEqual([2, Math.fround(1 / Math.fround(-127 / 0.5)), 0])
  // 0.5 and 1.5 go to the even neighbour.
  expect([...out.quants.subarray(0, 5)]).toEqual([-127, 0, 2, 127, -2])
  expect(out.quants[256 + 17]).toBe(-127)
  expect([...out.sums.subarray(0, 2)]).toEqual([0, 0])
  expect([...out.sums.subarray(16, 18)]).toEqual([0, -127])
  expect(out.sums.subarray(32).every((sum) => sum === 0)).toBe(true)
})

test('a value that is not finite shows in its block, and only there', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const x = new Float32Array(512).fill(1)
    x[3] = bad
    const small = { scales: new Float32Array(16), quants: new Int8Array(512), sums: new Float32Array(16) }
    roundActivationsWithSums(x, small)
    expect(Number.isFinite(small.scales[0])).toBe(false)
    expect(small.scales[1]).toBeGreaterThan(0)
    const large = { scales: new Float32Array(2), quants: new Int8Array(512), sums: new Int16Array(32) }
    roundActivations256(x, large)
    expect(large.scales[0]).toBeNaN()
    expect(large.scales[1]).toBeLessThan(0)
  }
})
