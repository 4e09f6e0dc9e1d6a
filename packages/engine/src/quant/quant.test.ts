import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadOptionError } from '../errors.ts'
import { dequantize, quantize } from './quant.ts'

const values = Float32Array.from({ length: 64 }, (_, i) => {
  return ((((i * 7919) % 257) - 128) / 64) * (i < 32 ? 1 : 0.003)
})

// Made once with ggml's own Python package: gguf.quants.quantize(values, type) of gguf 0.17.
const golden = {
  f16: '00c0103d203880b3e0bbf0be203e403a0028c0b9e0bd303f303cc03440b7d0bcd0bf403d803800b280bbc0be503ea03a002d60b9b0bd603f603c803580b6a0bcdb9d2d1c7d17e98e79990a9dfe1c6019250eae97399ccf1d021bcd146a94d19ab69d521c08189c8c2f99e59c231daa1939101b97149cf41d4c1b6015ae93879a',
  q8_0: '0824815021f1c192613202d2a3724213e3b4845324f4c495643505d5a6754516e6b70003835928f7c6946b3908d7a67c4b1ae8b7865c2bfac9986e3c0bdaa97f4e1decba',
  q4_0: '003400ddaa774411eebb885522ffcc996633f491ff225589bcff114477abde00336699cd',
} as const

test.each(['f16', 'q8_0', 'q4_0'] as const)('%s: the bytes ggml writes', (type) => {
  expect(Buffer.from(quantize(type, values)).toString('hex')).toBe(golden[type])
})

test('q8_0 rounds ties away from zero, as C does', () => {
  // The largest is 127, so a step is 1.
  const block = new Float32Array(32)
  block.set([127, 0.5, -0.5, 2.5, -2.5])
  const out = new Float32Array(32)
  dequantize('q8_0', quantize('q8_0', block), out)
  expect([...out.subarray(0, 6)]).toEqual([127, 1, -1, 3, -3, 0])
})

test('f32 and f16 come back, f32 exactly', () => {
  for (const type of ['f32', 'f16'] as const) {
    const out = new Float32Array(64)
    dequantize(type, quantize(type, values), out)
    expect(furthest(values, out)).toBeLessThanOrEqual(type === 'f32' ? 0 : 2 ** -10)
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

test('block types come back within a step, whatever the values', () => {
  fc.assert(
    fc.property(blocks, (block) => {
      const amax = block.reduce((max, value) => Math.max(max, Math.abs(value)), 0)
      const out = new Float32Array(32)
      for (const [type, step] of [
        // Half a step by rounding; the scale as a half is off by 2^-11 of the value or, near zero, by 2^-25 a level.
        ['q8_0', amax / 127 / 2 + amax * 2 ** -11 + 127 * 2 ** -25],
        // q4_0 clips one side at 7 steps of 8: a whole step there.
        ['q4_0', amax / 8 + amax * 2 ** -11 + 8 * 2 ** -25],
      ] as const) {
        dequantize(type, quantize(type, block), out)
        expect(furthest(block, out)).toBeLessThanOrEqual(step * 1.0001)
      }
    }),
    { numRuns: 300, seed: 2 },
  )
})

test('what cannot be quantised is refused', () => {
  expect(() => quantize('q8_0', new Float32Array(33))).toThrow(BadOptionError)
  expect(() => quantize('q4_0', new Float32Array(32).fill(Number.NaN))).toThrow(
    /NaN to q4_0: values must be finite/,
  )
  expect(() => dequantize('q8_0', new Uint8Array(33), new Float32Array(32))).toThrow(/34 bytes, not 33/)
})
