/**
 * A tiny Llama with seeded random weights as a real GGUF file, for tests: every part of the engine runs on it in
 * milliseconds, and nobody has to download a model. Its text is noise; its numbers are reproducible.
 */
import { seededRandom } from '../generate/random.ts'
import type { MetadataValue } from '../gguf/metadata.ts'
import type { Tensor } from '../gguf/read.ts'
import type { TensorType } from '../gguf/types.ts'
import { writeGguf } from '../gguf/write.ts'
import { quantize } from '../quant/quant.ts'
import { byteToChar } from '../tokenizer/byte-alphabet.ts'

export interface RandomModelOptions {
  /** Type of all matrices; f32 when not given. */
  readonly type?: TensorType
  /** Whether the head is the embedding; true when not given. */
  readonly tied?: boolean
  readonly layers?: number
  readonly dim?: number
  readonly hiddenDim?: number
  readonly heads?: number
  readonly kvHeads?: number
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
  const random = seededRandom(options.seed ?? 1)
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: 'random' }],
    ['llama.block_count', { type: 'uint32', value: layers }],
    ['llama.context_length', { type: 'uint32', value: options.contextLength ?? 256 }],
    ['llama.embedding_length', { type: 'uint32', value: dim }],
    ['llama.feed_forward_length', { type: 'uint32', value: hiddenDim }],
    ['llama.attention.head_count', { type: 'uint32', value: heads }],
    ['llama.attention.head_count_kv', { type: 'uint32', value: kvHeads }],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: 1e-5 }],
    ...randomVocabulary(options.pre ?? 'smollm'),
    ...(options.metadata ?? []),
  ])
  const tensors: Pick<Tensor, 'name' | 'type' | 'dims' | 'bytes'>[] = []
  const matrix = (name: string, rows: number, cols: number, scale = 2 / Math.sqrt(cols)): void => {
    const values = Float32Array.from({ length: rows * cols }, () => scale * normal(random))
    tensors.push({ name: `${name}.weight`, type, dims: [cols, rows], bytes: quantize(type, values) })
  }
  const gain = (name: string): void => {
    const values = Float32Array.from({ length: dim }, () => 1 + 0.1 * normal(random))
    tensors.push({ name: `${name}.weight`, type: 'f32', dims: [dim], bytes: quantize('f32', values) })
  }
  const vocab = CONTROL.length + USER.length + 256 + MERGES.length
  const kvDim = (dim / heads) * kvHeads
  matrix('token_embd', vocab, dim)
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}.`
    gain(`${block}attn_norm`)
    matrix(`${block}attn_q`, dim, dim)
    matrix(`${block}attn_k`, kvDim, dim)
    matrix(`${block}attn_v`, kvDim, dim)
    matrix(`${block}attn_output`, dim, dim)
    gain(`${block}ffn_norm`)
    matrix(`${block}ffn_gate`, hiddenDim, dim)
    matrix(`${block}ffn_up`, hiddenDim, dim)
    matrix(`${block}ffn_down`, dim, hiddenDim)
  }
  gain('output_norm')
  if (!tied) matrix('output', vocab, dim)
  return writeGguf({ metadata, tensors })
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
