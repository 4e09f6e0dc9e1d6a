import { expect, test } from 'vitest'
import { BadGgufError, BadOptionError, UnsupportedError } from '../errors.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import { type Gguf, readGguf, tensorBytes } from '../gguf/read.ts'
import type { TensorType } from '../gguf/types.ts'
import { type GgufTensor, writeGguf } from '../gguf/write.ts'
import { dequantize, quantize } from './quant.ts'
import { convertRows, planQuantization } from './quantize-plan.ts'

const number = (value: number): MetadataValue => ({ type: 'uint32', value })
const metadata: [string, MetadataValue][] = [
  ['general.file_type', number(1)],
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['llama.block_count', number(1)],
  ['llama.attention.head_count', number(4)],
  ['general.name', { type: 'string', value: 'small' }],
]

function tensor(name: string, type: TensorType, dims: number[]): GgufTensor {
  const count = dims.reduce((product, dim) => product * dim, 1)
  const values = Float32Array.from({ length: count }, (_, i) => Math.sin(i))
  return { name, type, dims, bytes: quantize(type, values) }
}
const tensors = [
  tensor('token_embd.weight', 'f16', [256, 3]),
  tensor('blk.0.ffn_down.weight', 'bf16', [64, 5]),
  tensor('output_norm.weight', 'f32', [256]),
]

function file(more: [string, MetadataValue][] = [], given = tensors): Uint8Array {
  return writeGguf({ metadata: new Map([...metadata, ...more]), tensors: given })
}
const plan = (bytes: Uint8Array, type: 'q8_0' | 'q4_k_m' = 'q8_0') => planQuantization(readGguf(bytes), type)

test('a plan that is carried out is the whole file', () => {
  const input = file()
  const { header, tensors: planned, size } = plan(input, 'q4_k_m')
  const output = new Uint8Array(size)
  output.set(header)
  for (const { from, type, offset } of planned) {
    const bytes = new Uint8Array(tensorBytes(input, from))
    output.set(convertRows(from.name, bytes, from.rows * from.cols, from.type, type), offset)
  }
  const made: Gguf = readGguf(output)
  const found = [...made.tensors.values()].map(({ name, type, dims }) => [name, type, dims])
  expect(found).toEqual([
    ['output_norm.weight', 'f32', [256]],
    ['token_embd.weight', 'q6_k', [256, 3]],
    // One layer is the last eighth of all: q6_k, which rows of 64 cannot have.
    ['blk.0.ffn_down.weight', 'q8_0', [64, 5]],
  ])
  const values = new Float32Array(320)
  dequantize('q8_0', tensorBytes(output, made.tensors.get('blk.0.ffn_down.weight')!), values)
  values.forEach((value, i) => {
    expect(value).toBeCloseTo(Math.sin(i), 1)
  })
})

test('the metadata says what the file is now, at its end; the rest is as it was', () => {
  const { metadata } = readGguf(withZeros(plan(file([['split.count', number(1)]]))))
  expect([...metadata].map(([key, { value }]) => [key, value])).toEqual([
    ['general.architecture', 'llama'],
    ['llama.block_count', 1],
    ['llama.attention.head_count', 4],
    ['general.name', 'small'],
    ['general.quantization_version', 2],
    ['general.file_type', 7],
  ])
})

function withZeros({ header, size }: { header: Uint8Array; size: number }): Uint8Array {
  const bytes = new Uint8Array(size)
  bytes.set(header)
  return bytes
}

test('what cannot be quantised is refused before a weight is read', () => {
  const quantized = [...tensors, tensor('output.weight', 'q4_0', [256, 2])]
  expect(() => plan(file([], quantized))).toThrow(UnsupportedError)
  expect(() => plan(file([], quantized))).toThrow(/output\.weight is q4_0 already.*F16, BF16 or F32/)
  expect(() => plan(file([['split.count', number(3)]]))).toThrow(/split into 3 files/)
  expect(() => plan(file([['llama.expert_count', number(8)]]))).toThrow(/8 experts/)
  const nothing = writeGguf({ metadata: new Map(), tensors })
  expect(() => plan(nothing)).toThrow(BadGgufError)
})

test('a head count a layer is understood', () => {
  const heads: MetadataValue = { type: 'array', of: 'int32', value: Int32Array.of(8, 4) }
  const several = file([['llama.attention.head_count_kv', heads]])
  expect(plan(several).tensors).toHaveLength(3)
})

test('a weight that is no number is refused with its tensor', () => {
  const bytes = quantize('f32', new Float32Array(32).fill(Number.NaN))
  expect(() => convertRows('blk.0.attn_q.weight', bytes, 32, 'f32', 'q8_0')).toThrow(BadOptionError)
  expect(() => convertRows('blk.0.attn_q.weight', bytes, 32, 'f32', 'q8_0')).toThrow(
    /blk\.0\.attn_q\.weight: cannot quantise NaN/,
  )
  expect(convertRows('x', bytes, 32, 'f32', 'f32')).toBe(bytes)
})
