import {
  dequantize,
  findNumber,
  findString,
  findStrings,
  interleaveHeads,
  openModel,
  readGguf,
  readSafetensors,
  tensorBytes,
} from '@edgewise/engine'
import { expect, test } from 'vitest'
import { writeSafetensors } from '../../../packages/engine/src/testing/safetensors-writer.ts'
import { convert } from './convert.ts'
import { BadCheckpointError } from './errors.ts'
import { tensorShapes, tinyCheckpoint, tinyConfig, tinyWords } from './testing/tiny-mini.ts'

const ggufName = (name: string) =>
  name
    .replace('model.layers.', 'blk.')
    .replace('model.embed_tokens', 'token_embd')
    .replace('model.norm', 'output_norm')
    .replace('input_layernorm', 'attn_norm')
    .replace('post_attention_layernorm', 'ffn_norm')
    .replace('self_attn.o_proj', 'attn_output')
    .replace(/self_attn\.(.)_proj/, 'attn_$1')
    .replace(/mlp\.(\w+)_proj/, 'ffn_$1')

test('every tensor arrives under its GGUF name, queries and keys in the order of llama.cpp', () => {
  const checkpoint = tinyCheckpoint(1)
  const file = convert(checkpoint, 'f32')
  const { tensors } = readGguf(file)
  const source = readSafetensors(checkpoint.weights)
  expect([...tensors.keys()].sort()).toEqual(
    tensorShapes(tinyConfig)
      .map(([name]) => ggufName(name))
      .sort(),
  )
  for (const [name, { shape, offset, size }] of source) {
    const values = new Float32Array(size / 4)
    dequantize('f32', checkpoint.weights.subarray(offset, offset + size), values)
    const tensor = tensors.get(ggufName(name))!
    expect(tensor.dims).toEqual(shape.toReversed())
    const found = new Float32Array(values.length)
    dequantize(tensor.type, tensorBytes(file, tensor), found)
    const headDim = tinyConfig.hidden_size / tinyConfig.num_attention_heads
    const permuted = /[qk]_proj/.test(name)
    expect(found).toEqual(permuted ? interleaveHeads(values, headDim, tinyConfig.hidden_size) : values)
  }
})

test('the metadata say what llama.cpp asks for', () => {
  const { metadata } = readGguf(convert(tinyCheckpoint(1), 'q8_0'))
  expect(findString(metadata, 'general.architecture')).toBe('llama')
  expect(findString(metadata, 'general.license')).toBe('apache-2.0')
  expect(findString(metadata, 'tokenizer.ggml.pre')).toBe('smollm')
  expect(findNumber(metadata, 'llama.rope.dimension_count')).toBe(16)
  expect(findNumber(metadata, 'edgewise.mini.protocol')).toBe(2)
  expect(findStrings(metadata, 'edgewise.mini.words')).toEqual(tinyWords)
  expect(findStrings(metadata, 'tokenizer.ggml.merges')![2]).toBe('Ġ the')
  const types = metadata.get('tokenizer.ggml.token_type')!.value as Int32Array
  const tokens = findStrings(metadata, 'tokenizer.ggml.tokens')!
  expect(types[tokens.indexOf('<|im_end|>')]).toBe(3)
  expect(types[tokens.indexOf('<intent:oos>')]).toBe(4)
  expect(types[tokens.indexOf('Ġthe')]).toBe(1)
  expect(findNumber(metadata, 'tokenizer.ggml.eos_token_id')).toBe(tokens.indexOf('<|im_end|>'))
})

test.each(['f32', 'f16', 'q8_0', 'q4_0'] as const)(
  'the file opens in %s and gives about the same logits',
  async (type) => {
    const checkpoint = tinyCheckpoint(2)
    using exact = await openModel(convert(checkpoint, 'f32'), { backend: 'reference' })
    using model = await openModel(convert(checkpoint, type), { backend: 'reference' })
    using a = exact.session()
    using b = model.session()
    const tokens = exact.tokenizer.encode('the word')
    const want = a.forward(tokens)
    const have = b.forward(tokens)
    const size = Math.hypot(...want)
    const error = Math.hypot(...want.map((x, i) => x - have[i]!)) / size
    expect(error).toBeLessThan({ f32: 1e-6, f16: 1e-3, q8_0: 0.03, q4_0: 0.3 }[type])
  },
)

test('a checkpoint with something missing is refused by name', () => {
  const checkpoint = tinyCheckpoint(1)
  const one = writeSafetensors([{ name: 'model.norm.weight', shape: [2], values: Float32Array.of(1, 2) }])
  expect(() => convert({ ...checkpoint, weights: one }, 'f32')).toThrow(
    /model\.embed_tokens\.weight is \[missing\]/,
  )
  const { rope_theta: _, ...config } = tinyConfig
  expect(() => convert({ ...checkpoint, config }, 'f32')).toThrow(/rope_theta/)
  const wide = { ...tinyConfig, vocab_size: tinyConfig.vocab_size + 1 }
  expect(() => convert({ ...checkpoint, config: wide }, 'f32')).toThrow(/first gap/)
})

test('weights of a type that is not read are refused by name', () => {
  const checkpoint = tinyCheckpoint(1)
  const text = new TextDecoder('latin1').decode(checkpoint.weights).replace('"F32"', '"I32"')
  const weights = Uint8Array.from(text, (letter) => letter.charCodeAt(0))
  expect(() => convert({ ...checkpoint, weights }, 'f32')).toThrow(BadCheckpointError)
  expect(() => convert({ ...checkpoint, weights }, 'f32')).toThrow(/I32/)
})
