import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadOptionError } from '../errors.ts'
import { seededRandom } from '../generate/random.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { dequantize, quantize } from './quant.ts'

/** Made by bench/quant/golden.ts: values, and the bytes ggml's quantisers make of them. */
const golden: { values: string; written: Record<TensorType, string> } = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
)
const types = Object.keys(tensorTypes) as TensorType[]
const blockTypes = types.filter((type) => tensorTypes[type].block > 1)

function back(type: TensorType, values: Float32Array): Float32Array {
  const out = new Float32Array(values.length)
  dequantize(type, quantize(type, values), out)
  return out
}

test.each(types)('%s: the bytes ggml writes', (type) => {
  const values = new Float32Array(new Uint8Array(Buffer.from(golden.values, 'hex')).buffer)
  expect(Buffer.from(quantize(type, values)).toString('hex')).toBe(golden.written[type])
})

test('q8_0 rounds ties away from zero, as C does', () => {
  // The largest is 127, so a step is 1.
  const block = new Float32Array(32)
  block.set([127, 0.5, -0.5, 2.5, -2.5])
  expect([...back('q8_0', block).subarray(0, 6)]).toEqual([127, 1, -1, 3, -3, 0])
})

test('bf16 rounds to the nearest, the even one of two, and a NaN stays one', () => {
  const values = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, 3.4e38, Number.NaN, -0)
  const expected = [1, 1 + 2 ** -6, 1 + 2 ** -7, Number.POSITIVE_INFINITY, Number.NaN, -0]
  expect([...back('bf16', values)]).toEqual(expected)
})

test('f32, f16 and bf16 come back, f32 exactly', () => {
  const values = Float32Array.from({ length: 64 }, (_, i) => (((i * 7919) % 257) - 128) / 64)
  for (const [type, off] of [['f32', 0] as const, ['f16', 2 ** -10] as const, ['bf16', 2 ** -8] as const]) {
    expect(furthest(values, back(type, values))).toBeLessThanOrEqual(off)
  }
})

function furthest(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0)
}

const blocks = fc
  .array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }), {
    minLength: 32,
    maxLength: 32,
  })
  .map((block) => Float32Array.from(block))

test('types with one scale come back within a step, whatever the values', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const amax = block.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
      const span = Math.max(...block) - Math.min(...block)
      // Half a step by rounding, a whole one where a side is clipped; d and m as halves are off by 2^-11 of
      // themselves or, near zero, by 2^-25.
      const half = (levels: number): number => amax * 2 ** -11 + levels * 2 ** -25
      for (const [type, step] of [
        ['q8_0', amax / 127 / 2 + half(127)],
        ['q4_0', amax / 8 + half(8)],
        ['q5_0', amax / 16 + half(16)],
        ['q4_1', span / 15 / 2 + 3 * half(16)],
        ['q5_1', span / 31 / 2 + 3 * half(32)],
      ] as const) {
        expect(furthest(block, back(type, block))).toBeLessThanOrEqual(step * 1.0001)
      }
    }),
    { numRuns: 300, seed: 2 },
  )
})

test('the error of a bell-shaped weight grows as the bits shrink', () => {
  const random = seededRandom(5)
  const values = Float32Array.from({ length: 256 * 16 }, () => random() + random() + random() - 1.5)
  const rms = (of: Float32Array): number => Math.sqrt(of.reduce((sum, x) => sum + x * x, 0) / of.length)
  const relative = (type: TensorType): number => {
    const again = back(type, values)
    return rms(values.map((value, i) => value - again[i]!)) / rms(values)
  }
  // Upper bounds a little above what ggml's own reach (bench/quant/judge.ts prints theirs beside ours).
  const bounds = { q8_0: 0.006, q6_k: 0.02, q5_k: 0.04, q4_k: 0.08, iq4_xs: 0.08, q3_k: 0.16, q2_k: 0.32 }
  let last = 0
  for (const [type, bound] of Object.entries(bounds)) {
    const error = relative(type as TensorType)
    expect(error).toBeLessThan(bound)
    expect(error).toBeGreaterThan(last * 0.9)
    last = error
  }
})

test('any finite values are quantised to blocks that are read without an error', () => {
  const bits = fc.uint8Array({ minLength: 1024, maxLength: 1024 })
  fc.assert(
    fc.property(fc.constantFrom(...blockTypes), bits, (type, random) => {
      const values = new Float32Array(random.slice().buffer).map((x) => (Number.isFinite(x) ? x : 0))
      expect(back(type, values)).toHaveLength(256)
    }),
    { numRuns: 500, seed: 4 },
  )
})

test('zeros stay zero in every type, constants stay near', () => {
  for (const type of blockTypes) {
    const zeros = back(type, new Float32Array(256))
    // The codebook of iq4_nl and iq4_xs has no zero, but their scale is zero then.
    expect(zeros.every((value) => value === 0)).toBe(true)
    const constant = back(type, new Float32Array(256).fill(-3))
    expect(furthest(constant, new Float32Array(256).fill(-3))).toBeLessThan(0.4)
  }
})

test('what cannot be quantised is refused', () => {
  expect(() => quantize('q8_0', new Float32Array(33))).toThrow(BadOptionError)
  for (const type of blockTypes) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const values = new Float32Array(256)
      values[200] = bad
      expect(() => quantize(type, values)).toThrow(/to \w+: values must be finite/)
    }
  }
  expect(() => dequantize('q8_0', new Uint8Array(33), new Float32Array(32))).toThrow(/34 bytes, not 33/)
})
