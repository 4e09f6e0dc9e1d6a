import { expect, test } from 'vitest'
import { readGguf } from '../gguf/read.ts'
import { architectures } from '../model/architectures.ts'
import { randomModel } from '../testing/random-model.ts'
import { checkpointName } from './names.ts'

test('every tensor of every family has a name of its own but the factors of RoPE', () => {
  for (const architecture of Object.keys(architectures)) {
    const file = randomModel({ architecture, biases: true, tied: false, ropeFactors: true })
    const names = [...readGguf(file).tensors.keys()].map((name) => [name, checkpointName(architecture, name)])
    expect(names.filter(([, name]) => name === undefined)).toEqual([['rope_freqs.weight', undefined]])
    expect(new Set(names.map(([, name]) => name)).size).toBe(names.length)
  }
})

test('names are those of the checkpoints', () => {
  expect(checkpointName('llama', 'blk.3.ffn_norm.weight')).toBe(
    'model.layers.3.post_attention_layernorm.weight',
  )
  expect(checkpointName('gemma3', 'blk.3.ffn_norm.weight')).toBe(
    'model.layers.3.pre_feedforward_layernorm.weight',
  )
  expect(checkpointName('gemma3', 'blk.0.post_attention_norm.weight')).toBe(
    'model.layers.0.post_attention_layernorm.weight',
  )
  expect(checkpointName('qwen2', 'blk.10.attn_k.bias')).toBe('model.layers.10.self_attn.k_proj.bias')
  expect(checkpointName('llama', 'output.weight')).toBe('lm_head.weight')
  for (const none of [
    'blk.0.toString.weight',
    'blk.x.attn_q.weight',
    'rope_freqs.weight',
    'blk.0.attn_q.scale',
  ]) {
    expect(checkpointName('llama', none)).toBeUndefined()
  }
})
