/**
 * The hyperparameters of a model from GGUF metadata, checked against each other; what a family has by nature comes from
 * model/architectures.ts. What the forward pass does not do (another architecture, experts, other RoPE scalings, values
 * that differ from layer to layer) is refused here by name; tensors are checked in model/weights.ts.
 */
import { UnsupportedError } from '../errors.ts'
import { findNumber, type Metadata, requireString } from '../gguf/metadata.ts'
import { type Architecture, architectures } from './architectures.ts'
import { type Keys, keysOf } from './keys.ts'

/** Position p turns pair i by p * scale * base^(-2i / headDim), over the file's factor of the pair where it has one. */
export interface Rope {
  readonly base: number
  readonly scale: number
}

export interface Config extends Omit<Architecture, 'windows' | 'scalesEmbedding'> {
  readonly architecture: string
  readonly layers: number
  /** Width of the residual stream. */
  readonly dim: number
  /** Width of the feed-forward part. */
  readonly hiddenDim: number
  readonly heads: number
  /** Heads of keys and values; `heads / kvHeads` query heads share one. */
  readonly kvHeads: number
  /** Width of one head; heads * headDim need not be dim. */
  readonly headDim: number
  /** Positions the model was trained for. */
  readonly contextLength: number
  readonly normEps: number
  /** What embeddings are multiplied by; 1 in most families. */
  readonly embeddingScale: number
  /** What attention scores are multiplied by. */
  readonly attentionScale: number
  /** Caps of attention scores and of logits; 0 for none. */
  readonly attentionSoftcap: number
  readonly finalSoftcap: number
  readonly rope: Rope
  /** The layers that see only the last `size` positions, and how they turn; undefined where all see everything. */
  readonly window?: { readonly size: number; readonly layers: readonly boolean[]; readonly rope: Rope }
}

/** A header that says more layers is damaged: lists are made of so many. */
const MOST_LAYERS = 10_000

/** Throws UnsupportedError or BadGgufError, naming the key. */
export function readConfig(metadata: Metadata): Config {
  const architecture = requireString(metadata, 'general.architecture')
  const family = Object.hasOwn(architectures, architecture) ? architectures[architecture] : undefined
  if (!family) {
    const known = Object.keys(architectures).join(', ')
    throw new UnsupportedError(
      `the architecture ${JSON.stringify(architecture)} is not supported; known are ${known}`,
    )
  }
  const keys = keysOf(metadata, architecture)
  refuseVariants(metadata, keys)
  const { windows, scalesEmbedding, ...traits } = family
  const layers = keys.count('block_count')
  if (layers > MOST_LAYERS) throw keys.bad('block_count', `is ${layers}, not 1 to ${MOST_LAYERS}`)
  const dim = keys.count('embedding_length')
  const heads = keys.count('attention.head_count')
  const kvHeads = keys.count('attention.head_count_kv', heads)
  if (heads % kvHeads !== 0) {
    throw keys.bad('attention.head_count', `is ${heads}, not a multiple of head_count_kv, ${kvHeads}`)
  }
  const headDim = keys.count('attention.key_length', dim / heads)
  keys.only('attention.value_length', headDim)
  keys.only('rope.dimension_count', headDim)
  if (headDim % 2 !== 0)
    throw keys.bad(
      'attention.key_length',
      `makes a head ${headDim} wide, and RoPE turns pairs: it must be even`,
    )
  const contextLength = keys.count('context_length')
  const rope = { base: keys.positive('rope.freq_base', 10_000), scale: 1 / ropeFactor(keys) }
  const window = readWindow(keys, windows, layers, contextLength)
  return {
    ...traits,
    architecture,
    layers,
    dim,
    hiddenDim: keys.count('feed_forward_length'),
    heads,
    kvHeads,
    headDim,
    contextLength,
    normEps: keys.positive('attention.layer_norm_rms_epsilon'),
    embeddingScale: scalesEmbedding ? Math.fround(Math.sqrt(dim)) : 1,
    attentionScale: keys.positive('attention.scale', 1 / Math.sqrt(headDim)),
    attentionSoftcap: keys.cap('attn_logit_softcapping'),
    finalSoftcap: keys.cap('final_logit_softcapping'),
    rope,
    ...(window && { window }),
  }
}

/** Linear scaling only: positions are divided by the factor (Llama 3's own scaling is in the tensor rope_freqs). */
function ropeFactor(keys: Keys): number {
  const type = keys.string('rope.scaling.type') ?? 'none'
  const factor = keys.positive('rope.scaling.factor', keys.positive('rope.scale_linear', 1))
  if (type === 'linear') return factor
  if (type === 'none') return keys.has('rope.scale_linear') ? factor : 1
  throw new UnsupportedError(
    `${keys.prefix}.rope.scaling.type is ${JSON.stringify(type)}: of RoPE scalings only "linear" is supported`,
  )
}

/** The pattern is a flag a layer (true: windowed), or n (every n-th layer sees everything; 1: all do), or the family's own. */
function readWindow(
  keys: Keys,
  windows: Architecture['windows'],
  layers: number,
  contextLength: number,
): Config['window'] {
  const size = keys.has('attention.sliding_window') ? keys.whole('attention.sliding_window') : 0
  if (size === 0 || size >= contextLength) return undefined
  if (!windows) {
    throw new UnsupportedError(
      `${keys.prefix}.attention.sliding_window is ${size}: this architecture is only supported without a window`,
    )
  }
  const rope = {
    base: keys.positive('rope.freq_base_swa', windows.ropeBase),
    scale: 1,
  }
  const flags = keys.flags('attention.sliding_window_pattern')
  if (flags) {
    if (flags.length === layers) return { size, layers: flags, rope }
    throw keys.bad('attention.sliding_window_pattern', `has ${flags.length} flags for ${layers} layers`)
  }
  const n = keys.count('attention.sliding_window_pattern', windows.everyNth)
  return { size, layers: Array.from({ length: layers }, (_, layer) => layer % n < n - 1), rope }
}

function refuseVariants(metadata: Metadata, keys: Keys): void {
  keys.only('expert_count', 0)
  for (const key of ['embedding_scale', 'residual_scale', 'logit_scale']) keys.only(key, 1)
  if (keys.has('attention.causal') && keys.flag('attention.causal') === false) {
    throw new UnsupportedError(`${keys.prefix}.attention.causal is false: only decoders are supported`)
  }
  const parts = findNumber(metadata, 'split.count') ?? 0
  if (parts > 1) {
    throw new UnsupportedError(
      `the file is one of ${parts} parts of a split model: join them with llama-gguf-split --merge`,
    )
  }
}
