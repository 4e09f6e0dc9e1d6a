/**
 * Which tensor of a model gets which type in a file of a given kind: "Q4_K_M" is mostly q4_k, but the tensors that suffer
 * most get more bits. The rules are llama.cpp's (llama-quant.cpp: tensor_allows_quantization, llama_tensor_get_type,
 * tensor_type_fallback; release v0.5.0, without an importance matrix), as far as they concern dense models; those for
 * Falcon and for mixtures of experts are left out, as this engine opens neither.
 */
import { type TensorType, tensorTypes } from '../gguf/types.ts'

/** Kinds of files: `general.file_type` (enum llama_ftype of llama.h), the type of most tensors, its name in the field. */
export const fileTypes = {
  q4_0: { id: 2, type: 'q4_0', label: 'Q4_0' },
  q4_1: { id: 3, type: 'q4_1', label: 'Q4_1' },
  q8_0: { id: 7, type: 'q8_0', label: 'Q8_0' },
  q5_0: { id: 8, type: 'q5_0', label: 'Q5_0' },
  q5_1: { id: 9, type: 'q5_1', label: 'Q5_1' },
  q2_k: { id: 10, type: 'q2_k', label: 'Q2_K' },
  q3_k_s: { id: 11, type: 'q3_k', label: 'Q3_K_S' },
  q3_k_m: { id: 12, type: 'q3_k', label: 'Q3_K_M' },
  q3_k_l: { id: 13, type: 'q3_k', label: 'Q3_K_L' },
  q4_k_s: { id: 14, type: 'q4_k', label: 'Q4_K_S' },
  q4_k_m: { id: 15, type: 'q4_k', label: 'Q4_K_M' },
  q5_k_s: { id: 16, type: 'q5_k', label: 'Q5_K_S' },
  q5_k_m: { id: 17, type: 'q5_k', label: 'Q5_K_M' },
  q6_k: { id: 18, type: 'q6_k', label: 'Q6_K' },
  iq4_nl: { id: 25, type: 'iq4_nl', label: 'IQ4_NL' },
  iq4_xs: { id: 30, type: 'iq4_xs', label: 'IQ4_XS' },
} as const

export type FileType = keyof typeof fileTypes

/** What the rules ask of a tensor; `type` is the one it has. */
export interface RecipeTensor {
  readonly name: string
  readonly type: TensorType
  /** The first is the length of a row. */
  readonly dims: readonly number[]
}

/** What the rules ask of the model, from its metadata: block_count, head_count, head_count_kv (of the first layer). */
export interface RecipeModel {
  readonly architecture: string
  readonly layers: number
  readonly heads: number
  readonly kvHeads: number
}

/** The type each tensor gets, by name, in the order llama.cpp takes and writes them: by layer, then by name. */
export function recipe<T extends RecipeTensor>(
  fileType: FileType,
  tensors: Iterable<T>,
  model: RecipeModel,
): Map<T, TensorType> {
  const ordered = [...tensors].sort(byLayerAndName)
  const state: State = {
    fileType,
    model,
    tied: !ordered.some(({ name }) => name === 'output.weight'),
    values: ordered.filter(({ name }) => isAttentionValue(name)).length,
    valuesSeen: 0,
    downsSeen: 0,
  }
  return new Map(
    ordered.map((tensor) => [
      tensor,
      isQuantised(tensor) ? fitting(tensor, chosen(tensor, state)) : tensor.type,
    ]),
  )
}

interface State {
  readonly fileType: FileType
  readonly model: RecipeModel
  /** The token embeddings are the output matrix, too. */
  readonly tied: boolean
  /** How many attention value matrices there are. */
  readonly values: number
  valuesSeen: number
  downsSeen: number
}

/** By the layer's number, those of no layer first; then by the name's characters. */
function byLayerAndName(a: RecipeTensor, b: RecipeTensor): number {
  const layer = ({ name }: RecipeTensor): number => Number(/^blk\.(\d+)/.exec(name)?.[1] ?? -1)
  return layer(a) - layer(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

/** Parts of names of small or sensitive matrices that stay as they are. Source: tensor_allows_quantization. */
const keptParts = [
  ...['_norm.weight', 'ffn_gate_inp.weight', 'ffn_gate_tid2eid.weight', 'altup', 'laurel'],
  ...['per_layer_model_proj', 'ssm_conv1d', 'shortconv.conv.weight', 'indexer.k_proj.weight'],
  ...['indexer.q_proj.weight', 'time_mix_first.weight', 'time_mix_w0.weight', 'time_mix_w1.weight'],
  ...['time_mix_w2.weight', 'time_mix_v0.weight', 'time_mix_v1.weight', 'time_mix_v2.weight'],
  ...['time_mix_a0.weight', 'time_mix_a1.weight', 'time_mix_a2.weight', 'time_mix_g1.weight'],
  ...['time_mix_g2.weight', 'time_mix_decay_w1.weight', 'time_mix_decay_w2.weight'],
  ...['time_mix_lerp_fused.weight', 'attn_rel_b.weight', '.position_embd', 'sam.pos_embd', 'sam.neck.'],
  ...['sam.net_', '.rel_pos', '.patch_embd', '.patch_merger', 'a.rvq.codebook', 'mm.a.code_embd'],
]

/** Vectors, norms and what is no weight stay as they are. */
function isQuantised({ name, dims }: RecipeTensor): boolean {
  if (dims.slice(1).every((dim) => dim === 1) || !name.endsWith('weight')) return false
  if (name === 'position_embd.weight' || name === 'token_types.weight') return false
  return !keptParts.some((part) => name.includes(part))
}

function isAttentionValue(name: string): boolean {
  return ['attn_qkv.weight', 'attn_kv_b.weight', 'attn_v.weight'].some((part) => name.includes(part))
}

/** The type by the tensor's role, whatever its shape. */
function chosen(tensor: RecipeTensor, state: State): TensorType {
  const { name, dims } = tensor
  const { type } = fileTypes[state.fileType]
  const isEmbedding = name === 'token_embd.weight' || name === 'per_layer_token_embd.weight'
  if (name === 'output.weight' || (state.tied && isEmbedding)) {
    return type === 'q8_0' || dims[0]! % tensorTypes[type].block !== 0 ? 'q8_0' : 'q6_k'
  }
  if (isEmbedding) return type
  if (isAttentionValue(name)) return ofAttentionValue(state, state.valuesSeen++) ?? type
  // In llama.cpp's order of asking: a fused or odd name counts as the first part it contains.
  const part = [
    'attn_k.weight',
    'attn_q.weight',
    'attn_output.weight',
    'ffn_up',
    'ffn_gate',
    'ffn_down',
  ].find((part) => name.includes(part))
  if (part === 'ffn_down') return ofDown(state, state.downsSeen++) ?? type
  if (part === 'attn_output.weight') return ofAttentionOutput(state.fileType) ?? type
  return type
}

/** More bits for the first and last eighth of the layers and every third between. */
function moreBits(i: number, of: number): boolean {
  const eighth = Math.floor(of / 8)
  return i < eighth || i >= Math.floor((7 * of) / 8) || (i - eighth) % 3 === 2
}

function ofAttentionValue({ fileType, model, values }: State, i: number): TensorType | undefined {
  const { architecture, layers, heads, kvHeads } = model
  const shared = kvHeads > 0 && Math.floor(heads / kvHeads) >= 4
  const plain = ((): TensorType | undefined => {
    if (fileType === 'q2_k') return shared ? 'q4_k' : 'q3_k'
    if (fileType === 'q3_k_m') return i < 2 ? 'q5_k' : 'q4_k'
    if (fileType === 'q3_k_l') return 'q5_k'
    if ((fileType === 'iq4_nl' || fileType === 'iq4_xs') && shared) return 'q5_k'
    if ((fileType === 'q4_k_m' || fileType === 'q5_k_m') && moreBits(i, values)) return 'q6_k'
    if (fileType === 'q4_k_s' && i < 4) return 'q5_k'
    return undefined
  })()
  // The 70B models: eight heads share these matrices, so that more bits hardly weigh.
  const is70B = layers === 80 && (architecture === 'qwen2' || (architecture === 'llama' && heads !== kvHeads))
  const type = plain ?? fileTypes[fileType].type
  return is70B && (type === 'q3_k' || type === 'q4_k') ? 'q5_k' : plain
}

function ofDown({ fileType, model: { layers } }: State, i: number): TensorType | undefined {
  const early = i < Math.floor(layers / 8)
  if (fileType === 'q2_k') return 'q3_k'
  if (fileType === 'q3_k_m') return i < Math.floor(layers / 16) ? 'q5_k' : 'q4_k'
  if (fileType === 'q3_k_l') return 'q5_k'
  if ((fileType === 'q4_k_m' || fileType === 'q5_k_m') && moreBits(i, layers)) return 'q6_k'
  if (early && (fileType === 'iq4_nl' || fileType === 'iq4_xs' || fileType === 'q4_k_s')) return 'q5_k'
  return undefined
}

function ofAttentionOutput(fileType: FileType): TensorType | undefined {
  if (fileType === 'q2_k') return 'q3_k'
  if (fileType === 'q3_k_m') return 'q4_k'
  return fileType === 'q3_k_l' ? 'q5_k' : undefined
}

/** What stands in for a type of 256 where a row is no multiple of that. */
const standIns: Partial<Record<TensorType, TensorType>> = {
  q2_k: 'q4_0',
  q3_k: 'q4_0',
  q4_k: 'q5_0',
  q5_k: 'q5_1',
  q6_k: 'q8_0',
  iq4_xs: 'iq4_nl',
}

/** The type that the row's length allows: the chosen one, its stand-in, or f16. */
function fitting({ dims }: RecipeTensor, type: TensorType): TensorType {
  const fits = (type: TensorType): boolean => dims[0]! % tensorTypes[type].block === 0
  if (fits(type)) return type
  const standIn = standIns[type] ?? type
  return fits(standIn) ? standIn : 'f16'
}
