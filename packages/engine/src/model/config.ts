/**
 * The hyperparameters of a Llama model from GGUF metadata, checked against each other.
 * What the forward pass does not do (another architecture, experts, scaled or partial RoPE, a head count per layer) is
 * refused here by name; tensors are checked in model/weights.ts.
 */
import { BadGgufError, UnsupportedError } from '../errors.ts'
import { findNumber, findString, type Metadata, requireNumber, requireString } from '../gguf/metadata.ts'

export interface Config {
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
  readonly ropeBase: number
}

/** Throws UnsupportedError or BadGgufError, naming the key. */
export function readConfig(metadata: Metadata): Config {
  const architecture = requireString(metadata, 'general.architecture')
  if (architecture !== 'llama') {
    throw new UnsupportedError(
      `the architecture ${JSON.stringify(architecture)} is not supported, only "llama"`,
    )
  }
  refuseVariants(metadata)
  const dim = count(metadata, 'llama.embedding_length')
  const heads = count(metadata, 'llama.attention.head_count')
  const kvHeads = count(metadata, 'llama.attention.head_count_kv', heads)
  if (heads % kvHeads !== 0) {
    throw new BadGgufError(
      `llama.attention.head_count is ${heads}, not a multiple of head_count_kv, ${kvHeads}`,
    )
  }
  const headDim = count(metadata, 'llama.attention.key_length', dim / heads)
  only(metadata, 'llama.attention.value_length', headDim)
  only(metadata, 'llama.rope.dimension_count', headDim)
  if (headDim % 2 !== 0)
    throw new BadGgufError(`a head is ${headDim} wide, and RoPE turns pairs: it must be even`)
  return {
    layers: count(metadata, 'llama.block_count'),
    dim,
    hiddenDim: count(metadata, 'llama.feed_forward_length'),
    heads,
    kvHeads,
    headDim,
    contextLength: count(metadata, 'llama.context_length'),
    normEps: positive(metadata, 'llama.attention.layer_norm_rms_epsilon'),
    ropeBase: positive(metadata, 'llama.rope.freq_base', 10_000),
  }
}

function refuseVariants(metadata: Metadata): void {
  const scaling = findString(metadata, 'llama.rope.scaling.type') ?? 'none'
  if (scaling !== 'none') {
    throw new UnsupportedError(
      `llama.rope.scaling.type is ${JSON.stringify(scaling)}: RoPE scaling is not supported`,
    )
  }
  only(metadata, 'llama.rope.scale_linear', 1)
  only(metadata, 'llama.expert_count', 0)
}

/** Refuses any value but the one the forward pass is written for. */
function only(metadata: Metadata, key: string, value: number): void {
  const found = findNumber(metadata, key) ?? value
  if (found !== value) throw new UnsupportedError(`${key} is ${found}: only ${value} is supported here`)
}

function count(metadata: Metadata, key: string, otherwise?: number): number {
  if (metadata.get(key)?.type === 'array') {
    throw new UnsupportedError(`${key} is given for each layer: only one value for all is supported`)
  }
  const value = metadata.has(key) || otherwise === undefined ? requireNumber(metadata, key) : otherwise
  // 2^31 bounds every product of two of these below 2^62 and keeps one alone within an index.
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value
  throw new BadGgufError(`${key} is ${value}, not a whole number from 1`)
}

function positive(metadata: Metadata, key: string, otherwise?: number): number {
  const value = metadata.has(key) || otherwise === undefined ? requireNumber(metadata, key) : otherwise
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value
  throw new BadGgufError(`${key} is ${value}, not a positive number`)
}
