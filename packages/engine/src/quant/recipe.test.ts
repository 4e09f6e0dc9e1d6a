/** The recipes as llama.cpp writes them are compared file by file in bench/quant/files.ts; here is what they mean. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tensorTypes } from '../gguf/types.ts'
import { type FileType, fileTypes, type RecipeModel, type RecipeTensor, recipe } from './recipe.ts'

const model: RecipeModel = { architecture: 'llama', layers: 32, heads: 32, kvHeads: 32 }

function llama(layers: number, { cols = 256, tied = false } = {}): RecipeTensor[] {
  const matrix = (name: string): RecipeTensor => ({ name, type: 'f16', dims: [cols, 64] })
  const parts = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down']
  return [
    ...(tied ? [] : [matrix('output.weight')]),
    matrix('token_embd.weight'),
    { name: 'output_norm.weight', type: 'f32', dims: [cols] },
    ...Array.from({ length: layers }, (_, i) =>
      parts.map((part) => matrix(`blk.${i}.${part}.weight`)),
    ).flat(),
  ]
}

function types(fileType: FileType, tensors: RecipeTensor[], of = model): Record<string, string> {
  return Object.fromEntries([...recipe(fileType, tensors, of)].map(([{ name }, type]) => [name, type]))
}

test('Q4_K_M: half of the layers have more bits where they matter', () => {
  const got = types('q4_k_m', llama(32))
  const layersWith = (part: string, type: string): number[] =>
    Array.from({ length: 32 }, (_, i) => i).filter((i) => got[`blk.${i}.${part}.weight`] === type)
  const more = [0, 1, 2, 3, 6, 9, 12, 15, 18, 21, 24, 27, 28, 29, 30, 31]
  expect(layersWith('attn_v', 'q6_k')).toEqual(more)
  expect(layersWith('ffn_down', 'q6_k')).toEqual(more)
  for (const part of ['attn_q', 'attn_k', 'attn_output', 'ffn_gate', 'ffn_up']) {
    expect(layersWith(part, 'q4_k')).toHaveLength(32)
  }
  expect(got['output.weight']).toBe('q6_k')
  expect(got['token_embd.weight']).toBe('q4_k')
  expect(got['output_norm.weight']).toBe('f32')
})

test('a tied embedding is the output matrix and gets its type', () => {
  const tied = (fileType: FileType, cols = 256) =>
    types(fileType, llama(2, { tied: true, cols }))['token_embd.weight']
  expect(tied('q4_k_m')).toBe('q6_k')
  expect(tied('q4_0')).toBe('q6_k')
  expect(tied('q8_0')).toBe('q8_0')
  // 96 is no multiple of 256.
  expect(tied('q4_k_m', 96)).toBe('q8_0')
})

test('rows of no whole blocks: the stand-in of 32, or f16', () => {
  const query = (fileType: FileType, cols: number) =>
    types(fileType, llama(2, { cols }))['blk.1.attn_q.weight']
  expect(query('q4_k_m', 96)).toBe('q5_0')
  expect(query('q5_k_m', 96)).toBe('q5_1')
  expect(query('q6_k', 96)).toBe('q8_0')
  expect(query('q2_k', 96)).toBe('q4_0')
  expect(query('iq4_xs', 96)).toBe('iq4_nl')
  expect(query('q8_0', 96)).toBe('q8_0')
  expect(query('q4_k_m', 40)).toBe('f16')
  expect(query('q8_0', 40)).toBe('f16')
})

test('what is small or sensitive stays: vectors, norms, biases, routers, position embeddings', () => {
  const kept: RecipeTensor[] = [
    { name: 'blk.0.attn_v.bias', type: 'f32', dims: [256] },
    { name: 'blk.0.attn_q.bias', type: 'f16', dims: [256, 2] },
    { name: 'blk.0.ffn_norm.weight', type: 'bf16', dims: [256, 2] },
    { name: 'blk.0.attn_k.weight', type: 'f32', dims: [256, 1, 1] },
    { name: 'blk.0.ffn_gate_inp.weight', type: 'f32', dims: [256, 8] },
    { name: 'position_embd.weight', type: 'f16', dims: [256, 8] },
    { name: 'rope_freqs.weight', type: 'f32', dims: [64] },
  ]
  for (const [{ type }, to] of recipe('q4_0', kept, model)) expect(to).toBe(type)
})

test('shared attention values get more bits, those of the 70B models as well', () => {
  const value = (fileType: FileType, of: Partial<RecipeModel>) =>
    types(fileType, llama(80), { ...model, layers: 80, ...of })['blk.11.attn_v.weight']
  expect(value('q2_k', { kvHeads: 32 })).toBe('q3_k')
  expect(value('q2_k', { kvHeads: 8 })).toBe('q5_k')
  expect(value('q2_k', { kvHeads: 8, layers: 79 })).toBe('q4_k')
  expect(value('iq4_xs', { kvHeads: 16 })).toBe('iq4_xs')
  expect(value('iq4_xs', { kvHeads: 8 })).toBe('q5_k')
})

test('tensors come by layer and then by name, whatever their order was', () => {
  const names = ['output.weight', 'blk.10.b.weight', 'blk.2.z.weight', 'blk.2.a.weight', 'a.weight']
  const tensors = names.map((name): RecipeTensor => ({ name, type: 'f16', dims: [256, 2] }))
  expect(Object.keys(types('q8_0', tensors))).toEqual([
    ...['a.weight', 'output.weight', 'blk.2.a.weight', 'blk.2.z.weight', 'blk.10.b.weight'],
  ])
})

test('every tensor gets a type that its rows can have', () => {
  const tensor = fc.record({
    name: fc.constantFrom(...llama(3).map(({ name }) => name), 'blk.1.attn_qkv.weight', 'x', 'blk.weight'),
    type: fc.constantFrom('f16' as const, 'f32' as const, 'bf16' as const),
    dims: fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 4 }),
  })
  const fileType = fc.constantFrom(...(Object.keys(fileTypes) as FileType[]))
  fc.assert(
    fc.property(fileType, fc.array(tensor, { maxLength: 20 }), (fileType, tensors) => {
      const got = recipe(fileType, tensors, model)
      expect(got.size).toBe(tensors.length)
      for (const [{ dims }, type] of got) expect(dims[0]! % tensorTypes[type].block).toBe(0)
    }),
    { numRuns: 300, seed: 6 },
  )
})
