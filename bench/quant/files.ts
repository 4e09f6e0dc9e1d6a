/**
 * llama.cpp's own quantiser as the judge of `edgewise quantize`: models of real families' shapes and of odd ones, to every
 * file type by both, the files compared to the last byte (metadata, order of tensors, types, weights, padding).
 * The exit status is 1 when a byte differs.
 *   cd bench && npm install --no-save && npm run judge:quant
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { quantizeFile } from '../../packages/cli/src/quantize.ts'
import { seededRandom } from '../../packages/engine/src/generate/random.ts'
import type { MetadataValue } from '../../packages/engine/src/gguf/metadata.ts'
import { readGguf } from '../../packages/engine/src/gguf/read.ts'
import type { TensorType } from '../../packages/engine/src/gguf/types.ts'
import { type GgufTensor, writeGguf } from '../../packages/engine/src/gguf/write.ts'
import { quantize } from '../../packages/engine/src/quant/quant.ts'
import { type FileType, fileTypes } from '../../packages/engine/src/quant/recipe.ts'
import { syntheticModel } from '../../packages/engine/src/testing/synthetic-model.ts'
import { loadLlama } from '../peers/llama-library.ts'

interface Shape {
  readonly architecture: 'llama' | 'qwen2'
  readonly layers: number
  readonly cols: number
  readonly hidden: number
  readonly heads: number
  readonly kvHeads: number
  readonly tied: boolean
  readonly type: TensorType
}

const plain: Shape = {
  architecture: 'llama',
  layers: 2,
  cols: 256,
  hidden: 512,
  heads: 8,
  kvHeads: 2,
  tied: false,
  type: 'f16',
}
const models: Record<string, () => Uint8Array> = {
  'smollm2-135m, f16': () => syntheticModel({ family: 'smollm2-135m' }),
  'qwen3-0.6b, bf16': () => syntheticModel({ family: 'qwen3-0.6b', layers: 1, type: 'bf16' }),
  'gemma-3-270m, f32': () => syntheticModel({ family: 'gemma-3-270m', type: 'f32' }),
  '32 layers': () => shaped({ ...plain, layers: 32 }),
  '20 layers, f32': () => shaped({ ...plain, layers: 20, kvHeads: 4, type: 'f32' }),
  '9 layers, tied': () => shaped({ ...plain, layers: 9, tied: true }),
  '80 layers of 70B': () => shaped({ ...plain, layers: 80 }),
  '80 layers of qwen2': () => shaped({ ...plain, architecture: 'qwen2', layers: 80, kvHeads: 8 }),
  '80 layers of 65B': () => shaped({ ...plain, layers: 80, kvHeads: 8 }),
  'rows of 96': () => shaped({ ...plain, cols: 96, hidden: 160 }),
  'rows of 96, tied': () => shaped({ ...plain, cols: 96, hidden: 256, tied: true, type: 'bf16' }),
  'rows of 40': () => shaped({ ...plain, cols: 40, hidden: 256, type: 'bf16' }),
}

/** A model of no use with the names, counts and shapes that the recipe asks about, in an order that is not its own. */
function shaped({ architecture, layers, cols, hidden, heads, kvHeads, tied, type }: Shape): Uint8Array {
  const random = seededRandom(layers + cols)
  const tensors: GgufTensor[] = []
  const add = (name: string, dims: number[], as: TensorType = type): void => {
    const count = dims.reduce((product, dim) => product * dim, 1)
    const values = Float32Array.from({ length: count }, () => random() + random() + random() - 1.5)
    tensors.push({ name, dims, type: as, bytes: quantize(as, values) })
  }
  add('token_embd.weight', [cols, 64])
  add('output_norm.weight', [cols], 'f32')
  if (!tied) add('output.weight', [cols, 64])
  for (let i = layers - 1; i >= 0; i--) {
    add(`blk.${i}.ffn_down.weight`, [hidden, 2])
    add(`blk.${i}.attn_v.weight`, [cols, 2])
    add(`blk.${i}.attn_v.bias`, [cols], 'f32')
    for (const part of ['attn_q', 'attn_k', 'attn_output', 'ffn_gate', 'ffn_up']) {
      add(`blk.${i}.${part}.weight`, [cols, 2])
    }
    add(`blk.${i}.ffn_norm.weight`, [cols], 'f32')
    add(`blk.${i}.ffn_gate_inp.weight`, [cols, 2])
  }
  const number = (value: number): MetadataValue => ({ type: 'uint32', value })
  const metadata = new Map<string, MetadataValue>([
    ['general.file_type', number(1)],
    ['general.architecture', { type: 'string', value: architecture }],
    [`${architecture}.block_count`, number(layers)],
    [`${architecture}.context_length`, number(64)],
    [`${architecture}.embedding_length`, number(cols)],
    [`${architecture}.feed_forward_length`, number(hidden)],
    [`${architecture}.attention.head_count`, number(heads)],
    [`${architecture}.attention.head_count_kv`, number(kvHeads)],
    [`${architecture}.attention.layer_norm_rms_epsilon`, { type: 'float32', value: 1e-5 }],
  ])
  return writeGguf({ metadata, tensors })
}

function quantizeWithLlama(input: string, output: string, fileType: FileType): void {
  const { c } = loadLlama()
  const params = c.llama_model_quantize_default_params!()
  Object.assign(params, { ftype: fileTypes[fileType].id, nthread: 2 })
  const status = c.llama_model_quantize!(input, output, params)
  if (status !== 0) throw new Error(`llama.cpp does not quantise ${input}: LLAMA_LOG=1 shows why`)
}

const folder = mkdtempSync(join(tmpdir(), 'edgewise-quantize-'))
const at = (name: string): string => join(folder, name)
let wrong = 0
console.log('| model | file types | tensors | files that differ |\n|---|---|---|---|')
for (const [label, make] of Object.entries(models)) {
  writeFileSync(at('in.gguf'), make())
  const differing: string[] = []
  let tensors = 0
  for (const fileType of Object.keys(fileTypes) as FileType[]) {
    await quantizeFile(at('in.gguf'), at('ours.gguf'), fileType)
    quantizeWithLlama(at('in.gguf'), at('theirs.gguf'), fileType)
    const [ours, theirs] = [readFileSync(at('ours.gguf')), readFileSync(at('theirs.gguf'))]
    tensors = readGguf(theirs).tensors.size
    if (!ours.equals(theirs)) differing.push(`${fileType} (${difference(ours, theirs)})`)
  }
  wrong += differing.length
  const types = Object.keys(fileTypes).length
  console.log(`| ${label} | ${types} | ${tensors} | ${differing.join('; ') || 0} |`)
}
rmSync(folder, { recursive: true })
process.exitCode = wrong > 0 ? 1 : 0

/** The first difference that means something. */
function difference(ours: Uint8Array, theirs: Uint8Array): string {
  const [a, b] = [readGguf(ours), readGguf(theirs)]
  for (const [name, tensor] of b.tensors) {
    const other = a.tensors.get(name)
    if (other?.type !== tensor.type) return `${name} is ${other?.type}, not ${tensor.type}`
    for (let i = 0; i < tensor.size; i++) {
      if (ours[other.offset + i] !== theirs[tensor.offset + i]) return `byte ${i} of ${name}`
    }
  }
  return `${ours.length} and ${theirs.length} bytes, the tensors are the same`
}
