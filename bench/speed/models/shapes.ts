/**
 * The models that are timed: exact shapes of real ones, their metadata and vocabularies' sizes, and the type that
 * llama.cpp's recipe gives each tensor. What the weights are is files.ts's.
 */
import type { MetadataValue } from '../../../packages/engine/src/gguf/metadata.ts'
import { ggufHeader, type TensorShape } from '../../../packages/engine/src/gguf/write.ts'
import { type FileType, fileTypes, recipe } from '../../../packages/engine/src/quant/recipe.ts'
import { ropeFactors } from '../../../packages/engine/src/testing/synthetic-model-angles.ts'
import {
  type Family,
  families,
  familyMetadata,
} from '../../../packages/engine/src/testing/synthetic-model-families.ts'
import { syntheticVocabulary } from '../../../packages/engine/src/testing/synthetic-model-vocabulary.ts'

export const models = {
  'smollm2-135m': families['smollm2-135m'],
  // config.json of SmolLM2-360M; what is not named is as in the 135M.
  'smollm2-360m': {
    ...families['smollm2-135m'],
    layers: 32,
    dim: 960,
    hiddenDim: 2560,
    heads: 15,
    kvHeads: 5,
  },
  'gemma-3-270m': families['gemma-3-270m'],
  'llama-3.2-1b': families['llama-3.2-1b'],
} as const satisfies Record<string, Family>

export type ModelName = keyof typeof models

/** The kinds of files that are timed. */
export const types = ['q4_0', 'q4_k_m', 'q8_0'] as const satisfies readonly FileType[]

export type TypeName = (typeof types)[number]

export interface Shape {
  readonly name: ModelName
  readonly type: TypeName
  /** The real model's when not given. */
  readonly layers?: number
}

/** As a table names it: "SmolLM2-135M Q4_K_M". */
export function label({ name, type }: Shape): string {
  const names = {
    'smollm2-135m': 'SmolLM2-135M',
    'smollm2-360m': 'SmolLM2-360M',
    'gemma-3-270m': 'Gemma-3-270M',
    'llama-3.2-1b': 'Llama-3.2-1B',
  }
  return `${names[name]} ${fileTypes[type].label}`
}

/** The file's header with every tensor's place. */
export function headerOf(shape: Shape): ReturnType<typeof ggufHeader> {
  const family = familyOf(shape)
  const types = recipe(shape.type, shapes(family), {
    architecture: family.architecture,
    layers: family.layers,
    heads: family.heads,
    kvHeads: family.kvHeads,
  })
  const metadata = new Map<string, MetadataValue>([
    ...familyMetadata(shape.name, family, { layers: family.layers, contextLength: family.contextLength }),
    ...vocabularyOf(shape.name, family),
    ['general.quantization_version', { type: 'uint32', value: 2 }],
    ['general.file_type', { type: 'uint32', value: fileTypes[shape.type].id }],
  ])
  return ggufHeader({ metadata, tensors: [...types].map(([tensor, type]) => ({ ...tensor, type })) })
}

const vocabularies = new Map<ModelName, readonly [string, MetadataValue][]>()

/** Made once a family: 262,144 pieces take seconds. */
function vocabularyOf(name: ModelName, family: Family): readonly [string, MetadataValue][] {
  const known = vocabularies.get(name) ?? syntheticVocabulary(family, family.vocabulary, 1).metadata
  vocabularies.set(name, known)
  return known
}

/** Multiplications and additions that a prompt of `tokens` takes in matrices, the head once; attention is left out. */
export function operations(shape: Shape, tokens: number): number {
  const family = familyOf(shape)
  const sizes = [...shapes(family)].map(({ name, dims }) => ({
    isHead: name === 'token_embd.weight',
    size: dims.length === 1 ? 0 : dims[0]! * dims[1]!,
  }))
  return sizes.reduce((sum, { isHead, size }) => sum + 2 * size * (isHead ? 1 : tokens), 0)
}

/** Numbers of `rope_freqs.weight`, for the files that have them. */
export function factorsOf(shape: Shape): Float32Array<ArrayBuffer> | undefined {
  return ropeFactors(familyOf(shape))
}

function familyOf({ name, layers }: Shape): Family {
  const family: Family = models[name]
  return layers === undefined ? family : { ...family, layers }
}

/** All tensors before the recipe; every one of these models has the embedding for its head. */
function* shapes(family: Family): Generator<TensorShape> {
  const { layers, dim, hiddenDim, heads, kvHeads, headDim, vocabulary } = family
  const matrix = (name: string, rows: number, cols: number): TensorShape => ({
    name: `${name}.weight`,
    type: 'f16',
    dims: [cols, rows],
  })
  const vector = (name: string, length: number): TensorShape => ({
    name: `${name}.weight`,
    type: 'f32',
    dims: [length],
  })
  if (family.ropeFactors) yield vector('rope_freqs', headDim / 2)
  yield matrix('token_embd', vocabulary, dim)
  for (let layer = 0; layer < layers; layer++) {
    const block = `blk.${layer}.`
    yield vector(`${block}attn_norm`, dim)
    yield matrix(`${block}attn_q`, heads * headDim, dim)
    yield matrix(`${block}attn_k`, kvHeads * headDim, dim)
    yield matrix(`${block}attn_v`, kvHeads * headDim, dim)
    yield matrix(`${block}attn_output`, dim, heads * headDim)
    if (family.headNorms)
      for (const part of ['attn_q_norm', 'attn_k_norm']) yield vector(block + part, headDim)
    yield vector(`${block}ffn_norm`, dim)
    yield matrix(`${block}ffn_gate`, hiddenDim, dim)
    yield matrix(`${block}ffn_up`, hiddenDim, dim)
    yield matrix(`${block}ffn_down`, dim, hiddenDim)
    if (family.sandwich)
      for (const part of ['post_attention_norm', 'post_ffw_norm']) yield vector(block + part, dim)
  }
  yield vector('output_norm', dim)
}
