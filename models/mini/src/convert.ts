/**
 * A Hugging Face checkpoint of the recipe (F32 safetensors, config.json, tokenizer.json, words.json) to one GGUF file that
 * this package and llama.cpp both load. Follows llama.cpp's convert_hf_to_gguf.py (LlamaModel): same keys, same tensor
 * names, same order of query and key rows. The head is tied: no output.weight.
 */
import {
  dequantize,
  interleaveHeads,
  type MetadataValue,
  quantize,
  readSafetensors,
  type TensorType,
  writeGguf,
} from '@edgewise/engine'
import { BadCheckpointError } from './errors.ts'
import { protocolVersion } from './protocol.ts'

/** What the recipe writes; JSON files parsed. */
export interface Checkpoint {
  readonly config: HfConfig
  readonly tokenizer: HfTokenizer
  readonly tokenizerConfig: { readonly chat_template?: string }
  readonly words: readonly string[]
  /** The file of a linear head for the labels of `intent`, which judges beside the model. */
  readonly intents?: Uint8Array<ArrayBuffer>
  /** The bytes of model.safetensors. */
  readonly weights: Uint8Array
}

export interface HfConfig {
  readonly hidden_size: number
  readonly intermediate_size: number
  readonly num_hidden_layers: number
  readonly num_attention_heads: number
  readonly num_key_value_heads: number
  readonly max_position_embeddings: number
  readonly rms_norm_eps: number
  readonly rope_theta?: number
  readonly rope_parameters?: { readonly rope_theta: number }
  readonly vocab_size: number
}

interface Tensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface HfTokenizer {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>
    readonly merges: readonly (string | readonly [string, string])[]
  }
  readonly added_tokens: readonly { readonly id: number; readonly content: string }[]
}

/** llama.cpp's `llama_token_type`: 1 text, 3 control (never printed), 4 user defined (printed). */
const tokenTypes = { text: 1, control: 3, userDefined: 4 }
/** llama.cpp's `llama_ftype`. */
export const fileTypes: Readonly<Record<FileType, number>> = { f32: 0, f16: 1, q4_0: 2, q8_0: 7 }
export type FileType = Extract<TensorType, 'f32' | 'f16' | 'q4_0' | 'q8_0'>

/** The GGUF file, matrices in `type`, norms in f32. Throws BadCheckpointError when a part is missing or has another shape, BadSafetensorsError. */
export function convert(checkpoint: Checkpoint, type: FileType): Uint8Array<ArrayBuffer> {
  const { config } = checkpoint
  const source = readSafetensors(checkpoint.weights)
  const take = (name: string, shape: readonly number[]): Tensor => {
    const found = source.get(name)
    if (!found || String(found.shape) !== String(shape)) {
      throw new BadCheckpointError(
        `tensor ${name} is [${found?.shape ?? 'missing'}], config.json wants [${shape}]`,
      )
    }
    const { type, dtype, offset, size } = found
    if (type === undefined)
      throw new BadCheckpointError(`tensor ${name} is ${dtype}: export the model as F32`)
    const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1))
    dequantize(type, checkpoint.weights.subarray(offset, offset + size), values)
    return { shape, values }
  }
  return writeGguf({ metadata: metadata(checkpoint, type), tensors: tensors(config, take, type) })
}

function metadata({ config, tokenizer, tokenizerConfig, words, intents }: Checkpoint, type: FileType) {
  const { tokens, types } = vocabulary(config, tokenizer)
  const idOf = (text: string) => {
    const id = tokens.indexOf(text)
    if (id === -1) throw new BadCheckpointError(`tokenizer.json has no token ${text}`)
    return id
  }
  const int = (value: number): MetadataValue => ({ type: 'uint32', value })
  const float = (value: number): MetadataValue => ({ type: 'float32', value })
  const text = (value: string): MetadataValue => ({ type: 'string', value })
  const texts = (value: readonly string[]): MetadataValue => ({ type: 'array', of: 'string', value })
  const theta = config.rope_theta ?? config.rope_parameters?.rope_theta
  if (theta === undefined) throw new BadCheckpointError('config.json has no rope_theta')
  const merges = tokenizer.model.merges.map((pair) => (typeof pair === 'string' ? pair : pair.join(' ')))
  return new Map<string, MetadataValue>([
    ['general.architecture', text('llama')],
    ['general.type', text('model')],
    ['general.name', text('edgewise-mini')],
    ['general.license', text('apache-2.0')],
    ['general.file_type', int(fileTypes[type])],
    ['general.quantization_version', int(2)],
    ['llama.context_length', int(config.max_position_embeddings)],
    ['llama.embedding_length', int(config.hidden_size)],
    ['llama.block_count', int(config.num_hidden_layers)],
    ['llama.feed_forward_length', int(config.intermediate_size)],
    ['llama.attention.head_count', int(config.num_attention_heads)],
    ['llama.attention.head_count_kv', int(config.num_key_value_heads)],
    ['llama.attention.layer_norm_rms_epsilon', float(config.rms_norm_eps)],
    ['llama.rope.dimension_count', int(config.hidden_size / config.num_attention_heads)],
    ['llama.rope.freq_base', float(theta)],
    ['llama.vocab_size', int(config.vocab_size)],
    ['tokenizer.ggml.model', text('gpt2')],
    ['tokenizer.ggml.pre', text('smollm')],
    ['tokenizer.ggml.tokens', texts(tokens)],
    ['tokenizer.ggml.token_type', { type: 'array', of: 'int32', value: Int32Array.from(types) }],
    ['tokenizer.ggml.merges', texts(merges)],
    ['tokenizer.ggml.eos_token_id', int(idOf('<|im_end|>'))],
    ['tokenizer.ggml.padding_token_id', int(idOf('<|pad|>'))],
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
    ...(tokenizerConfig.chat_template
      ? [['tokenizer.chat_template', text(tokenizerConfig.chat_template)] as const]
      : []),
    ['edgewise.mini.protocol', int(protocolVersion)],
    ['edgewise.mini.words', texts(words)],
    ...(intents ? [['edgewise.mini.intents', { type: 'array', of: 'uint8', value: intents }] as const] : []),
  ])
}

/** Tokens by id, in GPT-2's byte letters as tokenizer.json has them, and the type of each. */
function vocabulary(config: HfConfig, tokenizer: HfTokenizer): { tokens: string[]; types: number[] } {
  const tokens = new Array<string>(config.vocab_size).fill('')
  const types = new Array<number>(config.vocab_size).fill(tokenTypes.text)
  for (const [token, id] of Object.entries(tokenizer.model.vocab)) tokens[id] = token
  for (const { id, content } of tokenizer.added_tokens) {
    tokens[id] = content
    types[id] = content.startsWith('<|') ? tokenTypes.control : tokenTypes.userDefined
  }
  const empty = tokens.indexOf('')
  if (empty !== -1 || tokens.length !== config.vocab_size) {
    throw new BadCheckpointError(
      `tokenizer.json does not fill the ${config.vocab_size} ids (first gap: ${empty})`,
    )
  }
  return { tokens, types }
}

function tensors(config: HfConfig, take: (name: string, shape: number[]) => Tensor, type: FileType) {
  const { hidden_size: width, intermediate_size: inner, num_attention_heads: heads } = config
  const { num_key_value_heads: kvHeads, vocab_size: vocab } = config
  const headDim = width / heads
  const matrix = (name: string, { shape, values }: Tensor, as: TensorType = type) => ({
    name,
    type: as,
    dims: shape.toReversed(),
    bytes: quantize(as, values),
  })
  const norm = (name: string, from: string) => matrix(name, take(from, [width]), 'f32')
  /** Rows of each head from [half, pair] order (rotate half) to [pair, half] order (neighbouring pairs). */
  const interleaved = (tensor: Tensor) => ({
    ...tensor,
    values: interleaveHeads(tensor.values, headDim, width),
  })

  // The embedding is also the output head, which 4 bits hurt most.
  const embedding = matrix(
    'token_embd.weight',
    take('model.embed_tokens.weight', [vocab, width]),
    type === 'q4_0' ? 'q8_0' : type,
  )
  const layers = Array.from({ length: config.num_hidden_layers }, (_, i) => {
    const from = (name: string, shape: number[]) => take(`model.layers.${i}.${name}.weight`, shape)
    const to = (name: string) => `blk.${i}.${name}.weight`
    return [
      norm(to('attn_norm'), `model.layers.${i}.input_layernorm.weight`),
      matrix(to('attn_q'), interleaved(from('self_attn.q_proj', [heads * headDim, width]))),
      matrix(to('attn_k'), interleaved(from('self_attn.k_proj', [kvHeads * headDim, width]))),
      matrix(to('attn_v'), from('self_attn.v_proj', [kvHeads * headDim, width])),
      matrix(to('attn_output'), from('self_attn.o_proj', [width, heads * headDim])),
      norm(to('ffn_norm'), `model.layers.${i}.post_attention_layernorm.weight`),
      matrix(to('ffn_gate'), from('mlp.gate_proj', [inner, width])),
      matrix(to('ffn_up'), from('mlp.up_proj', [inner, width])),
      matrix(to('ffn_down'), from('mlp.down_proj', [width, inner])),
    ]
  })
  return [embedding, ...layers.flat(), norm('output_norm.weight', 'model.norm.weight')]
}
