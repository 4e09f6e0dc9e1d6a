import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadSafetensorsError } from '../errors.ts'
import { dequantize } from '../quant/quant.ts'
import { memorySource } from '../source/memory-source.ts'
import { writeSafetensors } from '../testing/safetensors-writer.ts'
import { readSafetensors, readSafetensorsFrom } from './safetensors.ts'

const file = writeSafetensors([
  { name: 'x', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4) },
  { name: 'half', shape: [3], values: Float32Array.of(0.5, -2, 0), type: 'bf16' },
  { name: 'one', shape: [], values: Float32Array.of(7), type: 'f16' },
])
const withHeader = (header: string, data = 0): Uint8Array => {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

test('names, types, shapes and places, of a file in memory and of a source', async () => {
  const tensors = readSafetensors(file)
  expect([...tensors.values()].map(({ name, type, shape, size }) => [name, type, shape, size])).toEqual([
    ['x', 'f32', [2, 2], 16],
    ['half', 'bf16', [3], 6],
    ['one', 'f16', [], 2],
  ])
  const { offset, size } = tensors.get('half')!
  const out = new Float32Array(3)
  dequantize('bf16', file.subarray(offset, offset + size), out)
  expect([...out]).toEqual([0.5, -2, 0])
  expect(await readSafetensorsFrom(memorySource(file))).toEqual(tensors)
  expect(readSafetensors(Buffer.from(file))).toEqual(tensors)
})

test('a type that is not read is told, and does not stop the others', () => {
  const bytes = withHeader('{"ids":{"dtype":"I64","shape":[2],"data_offsets":[0,16]}}', 16)
  expect(readSafetensors(bytes).get('ids')).toMatchObject({ dtype: 'I64', type: undefined, size: 16 })
})

test.each([
  ['nothing', new Uint8Array(0), /no safetensors header/],
  ['a cut length', file.subarray(0, 7), /no safetensors header/],
  ['a cut header', file.subarray(0, 20), /no safetensors header/],
  ['a cut tensor', file.subarray(0, file.length - 1), /promises/],
  ['bytes too many', Uint8Array.of(...file, 0), /promises/],
  ['no JSON', withHeader('{"x":'), /not JSON/],
  ['a list', withHeader('[]'), /no JSON object/],
  ['an unknown type', withHeader('{"x":{"dtype":"Q4","shape":[1],"data_offsets":[0,4]}}', 4), /"Q4"/],
  ['no entry', withHeader('{"x":null}'), /tensor x/],
  [
    'a shape of other size',
    withHeader('{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}', 4),
    /fit together/,
  ],
  [
    'a negative shape',
    withHeader('{"x":{"dtype":"F32","shape":[-1,-1],"data_offsets":[0,4]}}', 4),
    /fit together/,
  ],
  [
    'tensors over one another',
    withHeader(
      '{"x":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"y":{"dtype":"F16","shape":[2],"data_offsets":[2,6]}}',
      6,
    ),
    /tensor y begins/,
  ],
  ['a gap', withHeader('{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /tensor x begins/],
] as const)('%s is refused', async (_, bytes, message) => {
  expect(() => readSafetensors(bytes)).toThrow(BadSafetensorsError)
  expect(() => readSafetensors(bytes)).toThrow(message)
  await expect(readSafetensorsFrom(memorySource(bytes))).rejects.toThrow(BadSafetensorsError)
})

test('any damage gives tensors within the file, or a typed error', () => {
  const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255))
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(file.length), (changes, length) => {
      const damaged = file.slice(0, length > 40 ? file.length : length)
      for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value
      try {
        for (const { offset, size } of readSafetensors(damaged).values()) {
          expect(offset + size).toBeLessThanOrEqual(damaged.length)
        }
      } catch (error) {
        if (!(error instanceof BadSafetensorsError)) throw error
      }
    }),
    { numRuns: 500, seed: 3 },
  )
})
