/** A Hugging Face checkpoint of a random model's GGUF file, for tests of what reads one: the way back from what importing does. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkpointName, dequantize, findStrings, readConfig, readGguf, tensorBytes } from '@edgewise/engine'
import { type WrittenTensor, writeSafetensors } from '../../../engine/src/testing/safetensors-writer.ts'

export interface FolderChanges {
  /** Put over config.json's fields. */
  readonly config?: Readonly<Record<string, unknown>>
  readonly tensors?: (tensors: WrittenTensor[]) => WrittenTensor[]
  /** In so many files, listed by an index; 1 and no index when not given. */
  readonly shards?: number
  /** A token that tokenizer.json has another spelling of. */
  readonly token?: readonly [id: number, text: string]
}

export async function checkpointFolder(
  folder: string,
  gguf: Uint8Array,
  type: 'f32' | 'f16' | 'bf16' = 'f32',
  changes: FolderChanges = {},
): Promise<void> {
  const { metadata, tensors } = readGguf(gguf)
  const config = readConfig(metadata)
  const written = [...tensors.values()].flatMap((tensor): WrittenTensor[] => {
    const name = checkpointName(config.architecture, tensor.name)
    if (name === undefined) return []
    const values = new Float32Array(tensor.rows * tensor.cols)
    dequantize(tensor.type, tensorBytes(gguf, tensor), values)
    const shape = tensor.dims.toReversed()
    const isPermuted = config.pairs === 'neighbours' && /attn_[qk]\.(weight|bias)$/.test(tensor.name)
    const addsOne = config.architecture === 'gemma3' && tensor.name.endsWith('norm.weight')
    const cols = shape.length === 1 ? 1 : tensor.cols
    const asSaved = isPermuted ? halved(values, config.headDim, cols) : values
    return [{ name, shape, type, values: addsOne ? asSaved.map((value) => value - 1) : asSaved }]
  })
  const all = changes.tensors ? changes.tensors(written) : written
  await mkdir(folder, { recursive: true })
  const types = { gemma3: 'gemma3_text' } as Record<string, string>
  const fields = {
    model_type: types[config.architecture] ?? config.architecture,
    hidden_size: config.dim,
    intermediate_size: config.hiddenDim,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.kvHeads,
    head_dim: config.headDim,
    rms_norm_eps: 1e-5,
    rope_parameters: {
      rope_theta: config.rope.base,
      rope_type: tensors.has('rope_freqs.weight') ? 'llama3' : 'default',
    },
    tie_word_embeddings: !tensors.has('output.weight'),
    ...changes.config,
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(fields))
  const tokens = [...findStrings(metadata, 'tokenizer.ggml.tokens')!]
  if (changes.token) tokens[changes.token[0]] = changes.token[1]
  const vocab = Object.fromEntries(tokens.slice(3).map((token, i) => [token, i + 3]))
  const added = tokens.slice(0, 3).map((content, id) => ({ id, content }))
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify({ model: { vocab }, added_tokens: added }))
  const { shards } = changes
  if (shards === undefined) {
    await writeFile(join(folder, 'model.safetensors'), writeSafetensors(all))
    return
  }
  const fileOf = (i: number): string => `model-${(i % shards) + 1}-of-${shards}.safetensors`
  const map = Object.fromEntries(all.map(({ name }, i) => [name, fileOf(i)]))
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }))
  for (let shard = 0; shard < shards; shard++) {
    const part = all.filter((_, i) => i % shards === shard)
    await writeFile(join(folder, fileOf(shard)), writeSafetensors(part))
  }
}

/** The inverse of interleaveHeads. */
function halved(values: Float32Array, headDim: number, cols: number): Float32Array {
  const out = new Float32Array(values.length)
  for (let row = 0; row < values.length / cols; row++) {
    const inHead = row % headDim
    const to = row - inHead + (inHead % 2) * (headDim / 2) + Math.floor(inHead / 2)
    out.set(values.subarray(row * cols, (row + 1) * cols), to * cols)
  }
  return out
}
