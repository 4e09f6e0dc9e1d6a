/**
 * Models of real families' shapes for tests and judges: the metadata, tensor names, widths and numerics of real files,
 * with made weights whose statistics and greedy texts are like those of trained ones. Seeded, and the same bytes on
 * every host. Fewer layers and tokens than the real model keep them small; nothing here is loaded by the engine itself.
 */
import type { MetadataValue } from '../gguf/metadata.ts'
import { type TensorType, tensorTypes } from '../gguf/types.ts'
import { type GgufTensor, writeGguf } from '../gguf/write.ts'
import { quantize } from '../quant/quant.ts'
import { ropeFactors } from './synthetic-model-angles.ts'
import { type Family, type FamilyName, families, familyMetadata, narrow } from './synthetic-model-families.ts'
import { weights } from './synthetic-model-layers.ts'
import { syntheticVocabulary } from './synthetic-model-vocabulary.ts'

export { type FamilyName, families } from './synthetic-model-families.ts'

export interface SyntheticModelOptions {
  readonly family: FamilyName
  /** Whether the widths are a unit test's (256, 768) in place of the family's. */
  readonly narrow?: boolean
  /** 2 when not given; Gemma's first global layer is the sixth. */
  readonly layers?: number
  /** Tokens in all; 2048 when not given. */
  readonly vocabulary?: number
  /** 2048 when not given. */
  readonly contextLength?: number
  /** The matrices' type, or each one's by its name ("blk.0.attn_q.weight"); f16 when not given. Norms are f32. */
  readonly type?: TensorType | ((name: string) => TensorType)
  readonly seed?: number
}

/** The file. */
export function syntheticModel(options: SyntheticModelOptions): Uint8Array<ArrayBuffer> {
  return writeGguf({ metadata: syntheticMetadata(options), tensors: syntheticTensors(options) })
}

/** The file's metadata. */
export function syntheticMetadata(options: SyntheticModelOptions): Map<string, MetadataValue> {
  const { family, plan, contextLength } = planOf(options)
  return new Map([
    ...familyMetadata(options.family, family, { layers: plan.layers, contextLength }),
    ...plan.tokens.metadata,
  ])
}

/** The file's tensors, made one at a time as they are asked for. */
export function* syntheticTensors(options: SyntheticModelOptions): Generator<GgufTensor> {
  const { family, plan } = planOf(options)
  const factors = ropeFactors(family)
  if (factors) yield tensor('rope_freqs.weight', 'f32', [factors.length], factors)
  const { type = 'f16' } = options
  for (const { name, rows, cols, values } of weights(plan)) {
    const full = `${name}.weight`
    if (rows === 1) yield tensor(full, 'f32', [cols], values)
    else yield tensor(full, typeof type === 'string' ? type : type(full), [cols, rows], values)
  }
}

function planOf(options: SyntheticModelOptions) {
  const { layers = 2, vocabulary = 2048, contextLength = 2048, seed = 1 } = options
  const real: Family = families[options.family]
  const family = options.narrow ? narrow(real) : real
  const tokens = syntheticVocabulary(family, vocabulary, seed)
  const { firstSpoken, lastSpoken } = tokens
  return {
    family,
    contextLength,
    plan: { family, seed, layers, vocabulary, tokens, firstSpoken, lastSpoken },
  }
}

function tensor(
  name: string,
  type: TensorType,
  dims: number[],
  values: Float32Array<ArrayBuffer>,
): GgufTensor {
  if (dims[0]! % tensorTypes[type].block !== 0) {
    throw new RangeError(
      `${name} has rows of ${dims[0]}, which are no blocks of ${type}: choose another type for it`,
    )
  }
  return { name, type, dims, bytes: quantize(type, values) }
}
