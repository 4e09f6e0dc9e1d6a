/**
 * A model's file to the file of another type: what its header says and which tensor becomes what, before a weight is read.
 * Who carries the plan out reads, converts and writes a few rows at a time (`convertRows`), in any order.
 * The same metadata, order and padding as llama.cpp's quantiser, so that files can be compared byte for byte.
 */
import { BadOptionError, UnsupportedError } from '../errors.ts'
import {
  findNumber,
  findNumbers,
  type Metadata,
  type MetadataValue,
  requireNumber,
  requireString,
} from '../gguf/metadata.ts'
import type { Gguf, Tensor } from '../gguf/read.ts'
import type { TensorType } from '../gguf/types.ts'
import { ggufHeader } from '../gguf/write.ts'
import { dequantize, quantize } from './quant.ts'
import { type FileType, fileTypes, type RecipeModel, recipe } from './recipe.ts'

export interface PlannedTensor {
  /** Where it is read. */
  readonly from: Tensor
  readonly type: TensorType
  /** Where its bytes go in the new file, how many they are, and how many zeros follow them. */
  readonly offset: number
  readonly size: number
  readonly padding: number
}

export interface QuantizationPlan {
  /** The new file up to its first tensor. */
  readonly header: Uint8Array<ArrayBuffer>
  readonly tensors: readonly PlannedTensor[]
  /** Bytes of the new file. */
  readonly size: number
}

/** GGML_QNT_VERSION. */
const quantizationVersion = 2

/**
 * Throws UnsupportedError when the file's weights are quantised already, are one part of several files, or are a mixture
 * of experts; BadGgufError when the metadata lacks what the recipe asks for.
 */
export function planQuantization({ metadata, tensors }: Gguf, fileType: FileType): QuantizationPlan {
  const parts = findNumber(metadata, 'split.count') ?? 1
  if (parts > 1) {
    throw new UnsupportedError(
      `the model is split into ${parts} files: join them first (llama-gguf-split --merge)`,
    )
  }
  const types = recipe(fileType, tensors.values(), readRecipeModel(metadata))
  for (const [{ name, type }, to] of types) {
    if (type === to || type === 'f32' || type === 'f16' || type === 'bf16') continue
    throw new UnsupportedError(
      `tensor ${name} is ${type} already, and quantising twice loses twice: start from the F16, BF16 or F32 file`,
    )
  }
  const shapes = [...types].map(([{ name, dims }, type]) => ({ name, dims, type }))
  const {
    bytes,
    tensors: placed,
    size,
  } = ggufHeader({
    metadata: quantizedMetadata(metadata, fileType),
    tensors: shapes,
  })
  const sources = [...types.keys()]
  return {
    header: bytes,
    tensors: placed.map(({ type, offset, size, padding }, i) => ({
      from: sources[i]!,
      type,
      offset,
      size,
      padding,
    })),
    size,
  }
}

/**
 * Whole rows of one type to another. Throws BadOptionError, which names `what`, when a value is not finite, and as
 * `dequantize` does.
 */
export function convertRows(
  what: string,
  bytes: Uint8Array<ArrayBuffer>,
  count: number,
  from: TensorType,
  to: TensorType,
): Uint8Array<ArrayBuffer> {
  if (from === to) return bytes
  const values = new Float32Array(count)
  dequantize(from, bytes, values)
  try {
    return quantize(to, values)
  } catch (cause) {
    if (!(cause instanceof BadOptionError)) throw cause
    throw new BadOptionError(
      `tensor ${what}: ${cause.message}; the file is damaged or overflowed when it was made`,
      {
        cause,
      },
    )
  }
}

function quantizedMetadata(metadata: Metadata, fileType: FileType): Metadata {
  const changed = new Map(metadata)
  for (const key of ['split.no', 'split.count', 'split.tensors.count']) changed.delete(key)
  const set = (key: string, value: MetadataValue): void => {
    // A key that is set anew moves to the end, as in ggml.
    changed.delete(key)
    changed.set(key, value)
  }
  set('general.quantization_version', { type: 'uint32', value: quantizationVersion })
  set('general.file_type', { type: 'uint32', value: fileTypes[fileType].id })
  return changed
}

function readRecipeModel(metadata: Metadata): RecipeModel {
  const architecture = requireString(metadata, 'general.architecture')
  const experts = findNumber(metadata, `${architecture}.expert_count`) ?? 0
  if (experts > 0) {
    throw new UnsupportedError(
      `the model is a mixture of ${experts} experts, which this engine neither opens nor quantises: take a dense one`,
    )
  }
  const heads = firstOf(metadata, `${architecture}.attention.head_count`) ?? 0
  return {
    architecture,
    layers: requireNumber(metadata, `${architecture}.block_count`),
    heads,
    kvHeads: firstOf(metadata, `${architecture}.attention.head_count_kv`) ?? heads,
  }
}

/** A number, or the first of one a layer. */
function firstOf(metadata: Metadata, key: string): number | undefined {
  return metadata.get(key)?.type === 'array' ? findNumbers(metadata, key)![0] : findNumber(metadata, key)
}
