/**
 * The families that synthetic models imitate: widths, numerics and metadata of real files, without their numbers.
 * Sources: the models' published configurations, and what llama.cpp's converter makes of them (conversion/*.py).
 */
import type { MetadataValue } from '../gguf/metadata.ts'

export interface Family {
  readonly architecture: 'llama' | 'gemma3' | 'qwen3'
  /** Layers and tokens of the real model. */
  readonly layers: number
  readonly vocabulary: number
  readonly dim: number
  readonly hiddenDim: number
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
  readonly contextLength: number
  readonly normEps: number
  readonly ropeBase: number
  /** Standard deviation of the embedding's numbers. */
  readonly embeddingStd: number
  readonly tokenizer: 'smollm' | 'llama-bpe' | 'qwen2' | 'sentencepiece'
  /** `rope_freqs.weight`: the wavelengths that Llama 3 stretches (rope_scaling of its config.json). */
  readonly ropeFactors?: {
    readonly factor: number
    readonly low: number
    readonly high: number
    readonly original: number
  }
  /** Whether queries and keys are normalised head by head. */
  readonly headNorms?: boolean
  /** Whether what attention and feed-forward give is normalised before it is added; the embedding is scaled by sqrt(dim). */
  readonly sandwich?: boolean
  /** Positions a local layer sees; every sixth layer is global, and local ones turn by 10000. */
  readonly slidingWindow?: number
}

export const families = {
  'smollm2-135m': {
    architecture: 'llama',
    layers: 30,
    vocabulary: 49152,
    dim: 576,
    hiddenDim: 1536,
    heads: 9,
    kvHeads: 3,
    headDim: 64,
    contextLength: 8192,
    normEps: 1e-5,
    ropeBase: 100_000,
    embeddingStd: 0.12,
    tokenizer: 'smollm',
  },
  'llama-3.2-1b': {
    architecture: 'llama',
    layers: 16,
    vocabulary: 128256,
    dim: 2048,
    hiddenDim: 8192,
    heads: 32,
    kvHeads: 8,
    headDim: 64,
    contextLength: 131072,
    normEps: 1e-5,
    ropeBase: 500_000,
    embeddingStd: 0.03,
    tokenizer: 'llama-bpe',
    ropeFactors: { factor: 32, low: 1, high: 4, original: 8192 },
  },
  'gemma-3-270m': {
    architecture: 'gemma3',
    layers: 18,
    vocabulary: 262144,
    dim: 640,
    hiddenDim: 2048,
    heads: 4,
    kvHeads: 1,
    headDim: 256,
    contextLength: 32768,
    normEps: 1e-6,
    ropeBase: 1_000_000,
    embeddingStd: 0.05,
    tokenizer: 'sentencepiece',
    headNorms: true,
    sandwich: true,
    slidingWindow: 512,
  },
  'qwen3-0.6b': {
    architecture: 'qwen3',
    layers: 28,
    vocabulary: 151936,
    dim: 1024,
    hiddenDim: 3072,
    heads: 16,
    kvHeads: 8,
    headDim: 128,
    contextLength: 40960,
    normEps: 1e-6,
    ropeBase: 1_000_000,
    embeddingStd: 0.04,
    tokenizer: 'qwen2',
    headNorms: true,
  },
} as const satisfies Record<string, Family>

export type FamilyName = keyof typeof families

/**
 * The family at widths that a unit test has time for; rows are still whole blocks of 256. Everything else is the family's,
 * but what a short prompt would not meet: a sliding window, and the wavelengths that are stretched.
 */
export function narrow(family: Family): Family {
  const { headDim, kvHeads, slidingWindow, ropeFactors } = family
  return {
    ...family,
    dim: 256,
    hiddenDim: slidingWindow === undefined ? 768 : 512,
    heads: 4,
    kvHeads: kvHeads === 1 ? 1 : 2,
    headDim: Math.min(headDim, 128),
    ...(slidingWindow === undefined ? {} : { slidingWindow: 24 }),
    ...(ropeFactors === undefined ? {} : { ropeFactors: { ...ropeFactors, original: 256 } }),
  }
}

/** Whether layer `layer` of the family sees only its sliding window. */
export function isLocal(family: Family, layer: number): boolean {
  return family.slidingWindow !== undefined && layer % 6 !== 5
}

/** What the file says of the architecture; the tokenizer's keys are synthetic-model-vocabulary.ts's. */
export function familyMetadata(
  name: string,
  family: Family,
  { layers, contextLength }: { layers: number; contextLength: number },
): [string, MetadataValue][] {
  const { architecture, headDim } = family
  const uint = (key: string, value: number): [string, MetadataValue] => [
    `${architecture}.${key}`,
    { type: 'uint32', value },
  ]
  const float = (key: string, value: number): [string, MetadataValue] => [
    `${architecture}.${key}`,
    { type: 'float32', value },
  ]
  return [
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.name', { type: 'string', value: `synthetic ${name}` }],
    uint('block_count', layers),
    uint('context_length', contextLength),
    uint('embedding_length', family.dim),
    uint('feed_forward_length', family.hiddenDim),
    uint('attention.head_count', family.heads),
    uint('attention.head_count_kv', family.kvHeads),
    float('rope.freq_base', family.ropeBase),
    float('attention.layer_norm_rms_epsilon', family.normEps),
    uint('attention.key_length', headDim),
    uint('attention.value_length', headDim),
    ...(architecture === 'llama' ? [uint('rope.dimension_count', headDim)] : []),
    ...(family.slidingWindow === undefined ? [] : [uint('attention.sliding_window', family.slidingWindow)]),
  ]
}
