import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadOptionError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { isBlockType, isSuperBlockType, unpackBlocks, unpackSuperBlocks } from './blocks.ts'
import { dequantize } from './quant.ts'

/** Made by bench/quant/golden.ts. */
const golden: { read: Record<TensorType, { bytes: string; values: string }> } = JSON.parse(
  readFileSync(new URL('./golden.json', import.meta.url), 'utf8'),
)
const types = Object.keys(tensorTypes) as TensorType[]
const f = Math.fround

test.each(types)('%s: the values ggml reads, to the bit', (type) => {
  const { bytes, values } = golden.read[type]
  const out = new Float32Array(values.length / 8)
  dequantize(type, Buffer.from(bytes, 'hex'), out)
  expect(Buffer.from(out.buffer).toString('hex')).toBe(values)
})

test('any bytes are read, and the unpacked form says the same as the values', () => {
  const bytes = fc.tuple(
    fc.constantFrom(...types.filter((type) => tensorTypes[type].block > 1)),
    fc.uint8Array({ minLength: 2 * 210, maxLength: 2 * 210 }),
  )
  fc.assert(
    fc.property(bytes, ([type, random]) => {
      const count = 2 * tensorTypes[type].block
      const blocks = random.subarray(0, byteLength(type, count))
      const values = new Float32Array(count)
      dequantize(type, blocks, values)
      expect(fromUnpacked(type, blocks)).toEqual(values)
    }),
    { numRuns: 500, seed: 3 },
  )
})

function fromUnpacked(type: TensorType, bytes: Uint8Array): Float32Array {
  if (isBlockType(type)) {
    const { scales, quants, mins } = unpackBlocks(type, bytes)
    return Float32Array.from(quants, (q, i) => {
      const b = i >> 5
      return mins ? f(scales[b]! * q) + mins[b]! : scales[b]! * q
    })
  }
  if (!isSuperBlockType(type)) throw new Error(type)
  const { scales, subScales, quants, mins, subMins } = unpackSuperBlocks(type, bytes)
  return Float32Array.from(quants, (q, i) => {
    const scaled = f(f(scales[i >> 8]! * subScales[i >> 4]!) * q)
    return mins ? scaled - f(mins[i >> 8]! * subMins![i >> 4]!) : scaled
  })
}

test('the ranges of the integers', () => {
  const ones = (type: TensorType): Uint8Array => new Uint8Array(tensorTypes[type].bytes).fill(255)
  const zeros = (type: TensorType): Uint8Array => new Uint8Array(tensorTypes[type].bytes)
  const first = (type: TensorType, bytes: Uint8Array): readonly (number | undefined)[] => {
    if (isBlockType(type)) return [unpackBlocks(type, bytes).quants[0]]
    if (!isSuperBlockType(type)) throw new Error(type)
    const { quants, subScales, subMins } = unpackSuperBlocks(type, bytes)
    return [quants[0], subScales[15], subMins?.[15]]
  }
  const ranges = types
    .filter((type) => tensorTypes[type].block > 1)
    .map((type) => [type, first(type, zeros(type)), first(type, ones(type))])
  expect(ranges).toEqual([
    ['q4_0', [-8], [7]],
    ['q4_1', [0], [15]],
    ['q5_0', [-16], [15]],
    ['q5_1', [0], [31]],
    ['q8_0', [0], [-1]],
    ['iq4_nl', [-127], [113]],
    ['mxfp4', [0], [-12]],
    ['q2_k', [0, 0, 0], [3, 15, 15]],
    ['q3_k', [-4, -32, undefined], [3, 31, undefined]],
    ['q4_k', [0, 0, 0], [15, 63, 63]],
    ['q5_k', [0, 0, 0], [31, 63, 63]],
    ['q6_k', [-32, 0, undefined], [31, -1, undefined]],
    ['iq4_xs', [-127, -32, undefined], [113, 31, undefined]],
  ])
})

test('bytes that are no whole blocks are refused', () => {
  expect(() => unpackBlocks('q5_1', new Uint8Array(25))).toThrow(BadOptionError)
  expect(() => unpackSuperBlocks('q6_k', new Uint8Array(209))).toThrow(/209 bytes.*q6_k blocks of 210/)
})
