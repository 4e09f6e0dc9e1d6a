/** A model to train from scratch: a shape, random weights under a seed, the tokenizer and chat template of another file. */
import { type Metadata, type MetadataValue, readGguf, seededRandom, Tokenizer } from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { layoutOf } from './layout.ts'
import { refuseSize, Trainable, trainableConfig } from './trainable.ts'

export interface FreshShape {
  readonly layers: number
  readonly dim: number
  readonly hiddenDim: number
  readonly heads: number
  /** Heads of keys and values: a divisor of `heads`. */
  readonly kvHeads: number
  /** Tokens it will be able to read. */
  readonly contextLength: number
  /** Of the model, in its file. */
  readonly name: string
}

/**
 * Weights as in llama2.c: normal with a deviation of 0.02, what writes to the residual stream divided by sqrt(2 layers), gains 1; the head
 * is the embedding. Throws StudentError `model_untrainable` for widths that do not divide or a model that is too large, BadGgufError for a
 * number that no file can have (layers 0).
 */
export async function freshModel(
  shape: FreshShape,
  seed: number,
  tokenizerFrom: Uint8Array,
): Promise<Trainable> {
  const { layers, dim, hiddenDim, heads, kvHeads, contextLength, name } = shape
  if (!Number.isInteger(dim / heads) || !Number.isInteger(heads / kvHeads)) {
    throw new StudentError(
      'model_untrainable',
      `dim ${dim}, heads ${heads} and kvHeads ${kvHeads} do not divide: take a dim that heads divide, and heads that kvHeads divide`,
    )
  }
  const uint32 = (value: number): MetadataValue => ({ type: 'uint32', value })
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: name }],
    ['llama.block_count', uint32(layers)],
    ['llama.context_length', uint32(contextLength)],
    ['llama.embedding_length', uint32(dim)],
    ['llama.feed_forward_length', uint32(hiddenDim)],
    ['llama.attention.head_count', uint32(heads)],
    ['llama.attention.head_count_kv', uint32(kvHeads)],
    ['llama.attention.layer_norm_rms_epsilon', { type: 'float32', value: Math.fround(1e-5) }],
    ['llama.rope.freq_base', { type: 'float32', value: 10_000 }],
    ['llama.rope.dimension_count', uint32(dim / heads)],
    ...tokenizerOf(readGguf(tokenizerFrom).metadata),
  ])
  const config = trainableConfig(metadata)
  const tokenizer = await Tokenizer.open(metadata)
  metadata.set('llama.vocab_size', uint32(tokenizer.size))
  const modelShape = { ...config, vocab: tokenizer.size, tied: true }
  refuseSize(modelShape)
  const layout = layoutOf(modelShape)
  const weights = new Float32Array(layout.size)
  const random = seededRandom(seed)
  for (const { name, rows, cols, offset } of layout.entries.values()) {
    const to = weights.subarray(offset, offset + rows * cols)
    const writesBack = name.endsWith('attn_output.weight') || name.endsWith('ffn_down.weight')
    const deviation = writesBack ? 0.02 / Math.sqrt(2 * layers) : 0.02
    if (rows === 1) to.fill(1)
    else for (let i = 0; i < to.length; i++) to[i] = deviation * normal(random)
  }
  const order = [...layout.entries.keys()]
  return new Trainable({
    config,
    shape: modelShape,
    metadata,
    tokenizer,
    weights,
    ropeFactors: undefined,
    order,
  })
}

function tokenizerOf(metadata: Metadata): [string, MetadataValue][] {
  return [...metadata].filter(([key]) => key.startsWith('tokenizer.'))
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}
