/**
 * A low-rank adapter (LoRA, Hu et al. 2021): of some matrices W of a model, what their product gains, W x + scale * b (a x). It is
 * numbers in f32 and belongs to no backend; model/low-rank.ts puts it beside a model's weights, adapter/merge.ts into them.
 * Rows lie as the model's GGUF file has them, whichever file they came from.
 */
import { BadAdapterError } from '../errors.ts'
import type { Config } from '../model/config.ts'

/** What one matrix gains. */
export interface LowRank {
  /** Of the matrix. */
  readonly rows: number
  readonly cols: number
  readonly rank: number
  readonly scale: number
  /** [rank, cols] */
  readonly a: Float32Array
  /** [rows, rank] */
  readonly b: Float32Array
}

export interface Adapter {
  /** For people. */
  readonly name: string
  /** `general.architecture` of the model it is for. */
  readonly architecture: string
  /** By the matrix's name in GGUF without its ending: "blk.0.attn_q". */
  readonly parts: ReadonlyMap<string, LowRank>
}

/** The matrices of a layer that may have one. */
export const adaptable = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
] as const

/** [rows, cols] of a matrix in the model; undefined where the model has none of that name, or none that can be adapted. */
export function matrixShape(config: Config, name: string): readonly [number, number] | undefined {
  const { dim, hiddenDim, heads, kvHeads, headDim, layers } = config
  const [, layer, part] = /^blk\.(0|[1-9]\d*)\.(\w+)$/.exec(name) ?? []
  if (layer === undefined || Number(layer) >= layers) return undefined
  const shapes: Record<(typeof adaptable)[number], readonly [number, number]> = {
    attn_q: [heads * headDim, dim],
    attn_k: [kvHeads * headDim, dim],
    attn_v: [kvHeads * headDim, dim],
    attn_output: [dim, heads * headDim],
    ffn_gate: [hiddenDim, dim],
    ffn_up: [hiddenDim, dim],
    ffn_down: [dim, hiddenDim],
  }
  return Object.hasOwn(shapes, part!) ? shapes[part as keyof typeof shapes] : undefined
}

/** Throws BadAdapterError where the adapter is for another model, naming the matrix, or changes nothing. */
export function checkFit({ name, architecture, parts }: Adapter, config: Config): void {
  if (parts.size === 0)
    throw new BadAdapterError(`the adapter ${name} has no parts: it changes nothing, leave it out`)
  if (architecture !== config.architecture) {
    throw new BadAdapterError(
      `the adapter ${name} is for the architecture ${architecture}, the model is ${config.architecture}: open it with the model it was trained on`,
    )
  }
  for (const [matrix, { rows, cols }] of parts) {
    const shape = matrixShape(config, matrix)
    if (shape && shape[0] === rows && shape[1] === cols) continue
    const has = shape ? `is [${shape}]` : 'is not there'
    throw new BadAdapterError(
      `the adapter ${name} changes a matrix ${matrix} of [${rows},${cols}], which in the model ${has}: open it with the model it was trained on`,
    )
  }
}

/**
 * A part of its two matrices, checked. Throws BadAdapterError, naming `matrix`: ranks that differ or are none, a number that is
 * not finite, or not in f32 when it is scaled.
 */
export function lowRank(
  matrix: string,
  scale: number,
  a: { readonly shape: readonly number[]; readonly values: Float32Array },
  b: { readonly shape: readonly number[]; readonly values: Float32Array },
): LowRank {
  const [rank, cols] = a.shape
  const [rows, again] = b.shape
  if (a.shape.length !== 2 || b.shape.length !== 2 || rank !== again || !rank || !cols || !rows) {
    throw new BadAdapterError(
      `the two parts of ${matrix} are [${a.shape}] and [${b.shape}]: they must be [rank, columns] and [rows, rank]`,
    )
  }
  for (const { values } of [a, b]) {
    const wrong = values.find((value) => !Number.isFinite(value))
    if (wrong === undefined) continue
    throw new BadAdapterError(`a number of ${matrix} is ${wrong}: the file is damaged, or training diverged`)
  }
  if (!b.values.every((value) => Number.isFinite(Math.fround(scale * value)))) {
    throw new BadAdapterError(
      `${matrix} is scaled by ${scale}, which its numbers do not bear: check the alpha`,
    )
  }
  return { rows, cols, rank, scale, a: a.values, b: b.values }
}
