/** Adapters of random numbers for tests, as an object and as PEFT's files. */
import { type Adapter, adaptable, type LowRank, matrixShape } from '../adapter/adapter.ts'
import type { PeftFiles } from '../adapter/peft.ts'
import { seededRandom } from '../generate/random.ts'
import type { Config } from '../model/config.ts'
import { type WrittenTensor, writeSafetensors } from './safetensors-writer.ts'

/** Changes every matrix of every layer, or those named by `only` ("attn_q"). */
export function randomAdapter(
  config: Config,
  seed = 1,
  rank = 4,
  only: readonly string[] = adaptable,
): Adapter {
  const random = seededRandom(seed)
  const numbers = (length: number): Float32Array =>
    Float32Array.from({ length }, () => 0.3 * (random() - 0.5))
  const parts = new Map<string, LowRank>()
  for (let layer = 0; layer < config.layers; layer++) {
    for (const part of only) {
      const name = `blk.${layer}.${part}`
      const [rows, cols] = matrixShape(config, name)!
      parts.set(name, { rows, cols, rank, scale: 2, a: numbers(rank * cols), b: numbers(rows * rank) })
    }
  }
  return { name: `random ${seed}`, architecture: config.architecture, parts }
}

/** Modules of Hugging Face's models with the shapes of their matrices. */
export function peftModules({ dim, hiddenDim, heads, kvHeads, headDim }: Config): [string, number, number][] {
  return [
    ['self_attn.q_proj', heads * headDim, dim],
    ['self_attn.k_proj', kvHeads * headDim, dim],
    ['self_attn.v_proj', kvHeads * headDim, dim],
    ['self_attn.o_proj', dim, heads * headDim],
    ['mlp.gate_proj', hiddenDim, dim],
    ['mlp.up_proj', hiddenDim, dim],
    ['mlp.down_proj', dim, hiddenDim],
  ]
}

/**
 * All modules of all layers, of rank 3 with alpha 12 and use_rslora. The i-th number of the k-th matrix, counted from 1 by layer, module and half,
 * is 0.1 * sin(1000 k + i); `config` is put over adapter_config.json's fields, `change` gets the tensors before they are written.
 */
export function sinePeft(
  base: Config,
  config: Readonly<Record<string, unknown>> = {},
  change: (tensors: WrittenTensor[]) => WrittenTensor[] = (tensors) => tensors,
): PeftFiles {
  const tensors: WrittenTensor[] = []
  const add = (name: string, shape: [number, number]): void => {
    const k = tensors.length + 1
    const values = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => 0.1 * Math.sin(1000 * k + i))
    tensors.push({ name: `base_model.model.model.layers.${name}.weight`, shape, values })
  }
  for (let layer = 0; layer < base.layers; layer++) {
    for (const [module, rows, cols] of peftModules(base)) {
      add(`${layer}.${module}.lora_A`, [3, cols])
      add(`${layer}.${module}.lora_B`, [rows, 3])
    }
  }
  const fields = {
    peft_type: 'LORA',
    r: 3,
    lora_alpha: 12,
    use_rslora: true,
    bias: 'none',
    use_dora: false,
    rank_pattern: {},
    modules_to_save: null,
    target_modules: peftModules(base).map(([module]) => module.split('.')[1]),
    ...config,
  }
  return { name: 'sine', config: JSON.stringify(fields), weights: writeSafetensors(change(tensors)) }
}
