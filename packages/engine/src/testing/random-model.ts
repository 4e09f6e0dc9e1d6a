/**
 * A tiny model of any family with seeded random weights as a real GGUF file, for tests: every part of the engine runs on it in
 * milliseconds, and nobody has to download a model. Its text is noise; its numbers are reproducible.
 */
import { seededRandom } from '../generate/random.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import type { TensorType } from '../gguf/types.ts'
import { type GgufTensor, writeGguf } from '../gguf/write.ts'
import { architectures } from '../model/architectures.ts'
import { quantize } from '../quant/quant.ts'
import { byteToChar } from '../tokenizer/byte-alphabet.ts'

export interface RandomModelOptions {
  /** llama when not given. */
  readonly architecture?: keyof typeof architectures
  /** Type of all matrices; f32 when not given. */
  readonly type?: TensorType
  /** Whether the head is the embedding; true when not given. */
  readonly tied?: boolean
  readonly layers?: number
  readonly dim?: number
  readonly hiddenDim?: number
  readonly heads?: number
  readonly kvHeads?: number
  /** dim / heads when not given. */
  readonly headDim?: number
  /** Positions the windowed layers see, in families that have windows; 24 when not given. */
  readonly window?: number
  /** Whether projections get a bias, in families that may have one. */
  readonly biases?: boolean
  /** Whether pairs get a frequency factor of their own, as Llama 3 has them. */
  readonly ropeFactors?: boolean
  readonly contextLength?: number
  readonly seed?: number
  /** The pre-tokenizer; smollm when not given. */
  readonly pre?: string
  /** Metadata to add or to put in place of the maker's. */
  readonly metadata?: ReadonlyMap<string, MetadataValue>
}

/** Control tokens, then user-defined ones, then the 256 bytes, then one token a merge. */
const CONTROL = ['<|pad|>', '<|im_start|>', '<|im_end|>']
const USER = ['</>', '<slot:x>']
const MERGES = ['t h', 'th e', 'Ġ the', 'i n', 'e r', 'l l', 'o w', 'Ġ w', 'h e', 'he ll', 'hell o', 'o r']

export function randomModel(options: RandomModelOptions = {}): Uint8Array<ArrayBuffer> {
  const { type = 'f32', tied = true, layers = 2, dim = 64, hiddenDim = 96, heads = 4, kvHeads = 2 } = options
  const { architecture = 'llama', headDim = dim / heads } = options
  const family = architectures[architecture]!
  const random = seededRandom(options.seed ?? 1)
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.name', { type: 'string', value: 'random' }],
    [`${architecture}.block_count`, { type: 'uint32', value: layers }],
    [`${architecture}.context_length`, { type: 'uint32', value: options.contextLength ?? 256 }],
    [`${architecture}.embedding_length`, { type: 'uint32', value: dim }],
    [`${architecture}.feed_forward_length`, { type: 'uint32', value: hiddenDim }],
    [`${architecture}.attention.head_count`, { type: 'uint32', value: heads }],
    [`${architecture}.attention.head_count_kv`, { type: 'uint32', value: kvHeads }],
    [`${architecture}.attention.layer_norm_rms_epsilon`, { type: 'float32', value: 1e-5 }],
    ...(options.headDim ? headWidth(architecture, options.headDim) : []),
    ...(family.windows ? [windowOf(architecture, options.window ?? 24)] : []),
    ...randomVocabulary(options.pre ?? 'smollm'),
    ...(options.metadata ?? []),
  ])
  const tensors: GgufTensor[] = []
  const matrix = (name: string, rows: number, cols: number, scale = 2 / Math.sqrt(cols)): void => {
    const values = Float32Array.from({ length: rows * cols }, () => scale * normal(random))
    tensors.push({ name: `${name}.weight`, type, dims: [cols, rows], bytes: quantize(type, values) })
  }
  const vector = (name: string, length: number, middle: number): void => {
    const values = Float32Array.from({ length }, () => middle + 0.1 * normal(random))
    tensors.push({ name, type: 'f32', dims: [length], bytes: quantize('f32', values) })
  }
  const gain = (name: string, length = dim): void => vector(`${name}.weight`, length, 1)
  const projection = (name: string, rows: number, cols: number): void => {
    matrix(name, rows, cols)
    if (options.biases && family.mayHaveBiases) vector(`${name}.bias`, rows, 0)
  }
  const vocab = CONTROL.length + USER.length + 256 + MERGES.length
  const [queryDim, kvDim] = [headDim * heads, headDim * kvHeads]
  matrix('token_embd', vocab, dim)
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}.`
    gain(`${block}attn_norm`)
    projection(`${block}attn_q`, queryDim, dim)
    projection(`${block}attn_k`, kvDim, dim)
    projection(`${block}attn_v`, kvDim, dim)
    projection(`${block}attn_output`, dim, queryDim)
    gain(`${block}ffn_norm`)
    projection(`${block}ffn_gate`, hiddenDim, dim)
    projection(`${block}ffn_up`, hiddenDim, dim)
    projection(`${block}ffn_down`, dim, hiddenDim)
    if (family.normalisesHeads) for (const part of ['attn_q_norm', 'attn_k_norm']) gain(block + part, headDim)
    if (family.normalisesOutputs)
      for (const part of ['post_attention_norm', 'post_ffw_norm']) gain(block + part)
  }
  gain('output_norm')
  if (!tied) matrix('output', vocab, dim)
  if (options.ropeFactors) vector('rope_freqs.weight', headDim / 2, 2)
  return writeGguf({ metadata, tensors })
}

function headWidth(architecture: string, value: number): [string, MetadataValue][] {
  return ['key_length', 'value_length'].map((key) => [
    `${architecture}.attention.${key}`,
    { type: 'uint32', value },
  ])
}

function windowOf(architecture: string, value: number): [string, MetadataValue] {
  return [`${architecture}.attention.sliding_window`, { type: 'uint32', value }]
}

/** The tokenizer's metadata alone. */
export function randomVocabulary(pre = 'smollm'): Map<string, MetadataValue> {
  const bytes = Array.from({ length: 256 }, (_, byte) => byteToChar(byte))
  const tokens = [...CONTROL, ...USER, ...bytes, ...MERGES.map((merge) => merge.replace(' ', ''))]
  const types = tokens.map((_, id) => (id < CONTROL.length ? 3 : id < CONTROL.length + USER.length ? 4 : 1))
  return new Map<string, MetadataValue>([
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: pre }],
    ['tokenizer.ggml.tokens', { type: 'array', of: 'string', value: tokens }],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: Int32Array.from(types) }],
    ['tokenizer.ggml.merges', { type: 'array', of: 'string', value: MERGES }],
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: 1 }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: 2 }],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
  ])
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
