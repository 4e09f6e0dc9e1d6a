import { expect, test } from 'vitest'
import { headerOf, label, operations } from './shapes.ts'

const typesOf = (
  name: Parameters<typeof headerOf>[0]['name'],
  type: Parameters<typeof headerOf>[0]['type'],
) => {
  const { tensors, size } = headerOf({ name, type })
  return { size, types: new Map(tensors.map((tensor) => [tensor.name, tensor.type])), tensors }
}

test('SmolLM2-135M Q4_K_M is what the real file is: rows of 576 have no blocks of 256', () => {
  const { size, types } = typesOf('smollm2-135m', 'q4_k_m')
  expect(size / 1e6).toBeCloseTo(105.7, 1)
  expect(types.get('token_embd.weight')).toBe('q8_0')
  expect(types.get('blk.5.attn_q.weight')).toBe('q5_0')
  expect(types.get('blk.4.ffn_down.weight')).toBe('q4_k')
  expect(types.get('blk.0.ffn_down.weight')).toBe('q6_k')
})

test('Llama-3.2-1B Q4_K_M has 1.24 billion weights and its factors', () => {
  const { size, tensors, types } = typesOf('llama-3.2-1b', 'q4_k_m')
  const weights = tensors.reduce((sum, { dims }) => sum + dims.reduce((product, dim) => product * dim, 1), 0)
  expect(weights / 1e9).toBeCloseTo(1.236, 3)
  expect(size / 1e6).toBeCloseTo(805, 0)
  expect(types.get('token_embd.weight')).toBe('q6_k')
  expect(types.get('rope_freqs.weight')).toBe('f32')
})

test('the head is counted once for a prompt, a layer for every token', () => {
  const one = { name: 'smollm2-135m', type: 'q4_0', layers: 1 } as const
  const head = 2 * 49152 * 576
  const layer = 2 * (2 * 576 * 576 + 2 * 192 * 576 + 3 * 576 * 1536)
  expect(operations(one, 1)).toBe(head + layer)
  expect(operations(one, 100)).toBe(head + 100 * layer)
  expect(label(one)).toBe('SmolLM2-135M Q4_0')
})
