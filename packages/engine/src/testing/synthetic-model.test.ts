import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { readGguf } from '../gguf/read.ts'
import {
  type FamilyName,
  type SyntheticModelOptions,
  syntheticMetadata,
  syntheticModel,
  syntheticTensors,
} from './synthetic-model.ts'
import { ropeFactors, ropeFrequencies, turn } from './synthetic-model-angles.ts'
import { families } from './synthetic-model-families.ts'
import { gains, matrix, permutation } from './synthetic-model-noise.ts'

const small: SyntheticModelOptions = { family: 'smollm2-135m', layers: 1, vocabulary: 512 }

test('a seed gives the same file on every host', () => {
  const sha256 = createHash('sha256').update(syntheticModel(small)).digest('hex')
  expect(sha256).toBe('23ed96f0a2fe07f9a607036bf52e8f49ca0e37698f857e876f172d199995a410')
})

test('another seed gives another file', () => {
  const sizeOf = (seed: number): Buffer => Buffer.from(syntheticModel({ ...small, seed }))
  expect(sizeOf(1).equals(sizeOf(2))).toBe(false)
})

test.each([
  ['smollm2-135m', ['attn_k', 'attn_norm', 'attn_output', 'attn_q', 'attn_v']],
  ['gemma-3-270m', ['attn_k', 'attn_k_norm', 'attn_norm', 'attn_output', 'attn_q', 'attn_q_norm', 'attn_v']],
  ['qwen3-0.6b', ['attn_k', 'attn_k_norm', 'attn_norm', 'attn_output', 'attn_q', 'attn_q_norm', 'attn_v']],
] as const)('%s has its tensors and its shapes', (family, attention) => {
  const { tensors } = readGguf(syntheticModel({ family, layers: 1, vocabulary: 512, type: 'q8_0' }))
  const { dim, hiddenDim, heads, kvHeads, headDim, sandwich } = { sandwich: false, ...families[family] }
  const names = ['ffn_down', 'ffn_gate', 'ffn_norm', 'ffn_up']
  const after = sandwich ? ['post_attention_norm', 'post_ffw_norm'] : []
  expect([...tensors.keys()].sort()).toEqual(
    [
      ...[...attention, ...names, ...after].map((name) => `blk.0.${name}.weight`),
      'output_norm.weight',
      'token_embd.weight',
    ].sort(),
  )
  const shape = (name: string) => [tensors.get(`${name}.weight`)!.rows, tensors.get(`${name}.weight`)!.cols]
  expect(shape('token_embd')).toEqual([512, dim])
  expect(shape('blk.0.attn_q')).toEqual([heads * headDim, dim])
  expect(shape('blk.0.attn_v')).toEqual([kvHeads * headDim, dim])
  expect(shape('blk.0.attn_output')).toEqual([dim, heads * headDim])
  expect(shape('blk.0.ffn_down')).toEqual([dim, hiddenDim])
})

test('narrow models are the family in small', () => {
  const { metadata } = readGguf(
    syntheticModel({ family: 'gemma-3-270m', narrow: true, layers: 1, vocabulary: 512, type: 'q4_0' }),
  )
  expect(metadata.get('gemma3.embedding_length')?.value).toBe(256)
  expect(metadata.get('gemma3.attention.sliding_window')?.value).toBe(24)
  expect(metadata.get('gemma3.attention.head_count_kv')?.value).toBe(1)
})

test('matrices have the spread asked for, and heavier tails than a normal distribution', () => {
  const values = matrix(400, 500, 0.02, 7)
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length
  const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length
  const kurtosis = values.reduce((sum, x) => sum + x ** 4, 0) / values.length / variance ** 2
  expect(Math.abs(mean)).toBeLessThan(0.0005)
  expect(Math.sqrt(variance)).toBeGreaterThan(0.018)
  expect(Math.sqrt(variance)).toBeLessThan(0.025)
  expect(kurtosis).toBeGreaterThan(4)
  expect(kurtosis).toBeLessThan(20)
})

test('gains are positive, around their center, with outliers', () => {
  const values = gains(2048, 0.5, 3)
  expect(values.reduce((sum, x) => sum + x, 0) / values.length).toBeCloseTo(0.5, 1)
  expect(Math.min(...values)).toBeGreaterThan(0)
  expect(Math.max(...values)).toBeGreaterThan(1)
})

test('a permutation has every place once', () => {
  expect([...permutation(1000, 5)].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i))
})

test('angles are those of the formulas', () => {
  for (const [i, frequency] of ropeFrequencies(500_000, 64).entries()) {
    expect(frequency / 500_000 ** (-i / 32)).toBeCloseTo(1, 12)
  }
  for (const angle of [0, 0.3, -2, 7, 400]) {
    expect(turn(angle).cos).toBeCloseTo(Math.cos(angle), 10)
    expect(turn(angle).sin).toBeCloseTo(Math.sin(angle), 10)
  }
})

test("only Llama 3.2's files have factors, in front of the tensors", () => {
  const first = (family: FamilyName) => syntheticTensors({ family, layers: 1, vocabulary: 300 }).next().value
  expect(first('llama-3.2-1b')).toMatchObject({ name: 'rope_freqs.weight', type: 'f32', dims: [32] })
  expect(first('smollm2-135m')).toMatchObject({ name: 'token_embd.weight' })
})

test("Llama 3.2's factors: short waves stay, long ones are stretched 32 times", () => {
  const factors = [...ropeFactors(families['llama-3.2-1b'])!]
  expect(factors).toHaveLength(32)
  expect(factors.slice(0, 15)).toEqual(new Array(15).fill(1))
  expect(factors.slice(18)).toEqual(new Array(14).fill(32))
  for (const blended of factors.slice(15, 18)) {
    expect(blended).toBeGreaterThan(1)
    expect(blended).toBeLessThan(32)
  }
})

test.each(['smollm2-135m', 'gemma-3-270m'] as const)('%s has a vocabulary of different tokens', (family) => {
  const metadata = syntheticMetadata({ family, vocabulary: 4096 })
  const tokens = metadata.get('tokenizer.ggml.tokens')
  const written = tokens?.type === 'array' && tokens.of === 'string' ? tokens.value : []
  expect(written).toHaveLength(4096)
  expect(new Set(written).size).toBe(4096)
})
