/**
 * Low-rank adapters (Hu et al., 2021): for each matrix W [rows, cols] that is named, A [rank, cols] and B [rows, rank], and the model computes
 * W x + alpha / rank B (A x). B begins as zeros, A as PEFT has it. Also the file llama.cpp and the engine load beside a model.
 */
import { type GgufTensor, type MetadataValue, seededRandom, writeGguf } from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { BLOCK } from '../kernels/adam.ts'
import type { Layout } from './layout.ts'
import type { LoraOptions } from './types.ts'

export const loraTargets: readonly string[] = [
  'attn_q',
  'attn_k',
  'attn_v',
  'attn_output',
  'ffn_gate',
  'ffn_up',
  'ffn_down',
]

export interface LoraTensor {
  /** Of the matrix: "blk.0.attn_q.weight". */
  readonly name: string
  readonly rows: number
  readonly cols: number
  /** [rank, cols] */
  readonly a: Float32Array<ArrayBuffer>
  /** [rows, rank] */
  readonly b: Float32Array<ArrayBuffer>
}

export interface LoraAdapter {
  readonly rank: number
  readonly alpha: number
  readonly tensors: readonly LoraTensor[]
}

/** Where an adapter lies in the row of floats that the optimiser sees, in floats; its rank is padded to a multiple of 4. */
export interface AdapterEntry {
  readonly rows: number
  readonly cols: number
  readonly a: number
  readonly b: number
}

export interface AdapterLayout {
  readonly entries: ReadonlyMap<string, AdapterEntry>
  /** A multiple of BLOCK. */
  readonly size: number
  /** Without padding. */
  readonly parameters: number
}

export const paddedRank = (rank: number): number => 4 * Math.ceil(rank / 4)

/** Throws StudentError `adapter_invalid` for a rank or a target that makes no sense. */
export function adapterLayout(layout: Layout, { rank, alpha, targets }: LoraOptions): AdapterLayout {
  const unknown = targets.find((target) => !loraTargets.includes(target))
  if (unknown !== undefined || targets.length === 0) {
    throw new StudentError(
      'adapter_invalid',
      `the targets are ${JSON.stringify(targets)}: name some of ${loraTargets.join(', ')}`,
    )
  }
  if (!Number.isInteger(rank) || rank < 1 || !(alpha > 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new StudentError(
      'adapter_invalid',
      `rank is ${rank} and alpha ${alpha}: take a whole rank from 1, and an alpha above 0`,
    )
  }
  const entries = new Map<string, AdapterEntry>()
  let size = 0
  let parameters = 0
  for (const { name, rows, cols } of layout.entries.values()) {
    if (!targets.includes(name.split('.')[2]!)) continue
    const padded = paddedRank(rank)
    entries.set(name, { rows, cols, a: size, b: size + padded * cols })
    size += padded * (rows + cols)
    parameters += rank * (rows + cols)
  }
  return { entries, size: BLOCK * Math.ceil(size / BLOCK), parameters }
}

/** [layout.size] A uniform within 1 / sqrt(cols) (kaiming_uniform_ with a = sqrt(5)), B zero. */
export function initialAdapters(
  { entries, size }: AdapterLayout,
  { rank }: LoraOptions,
  seed: number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(size)
  const random = seededRandom(seed)
  for (const { a, cols } of entries.values()) {
    for (let i = a; i < a + rank * cols; i++) values[i] = (2 * random() - 1) / Math.sqrt(cols)
  }
  return values
}

/** Adapters as they were trained, without padding. */
export function adapterOf(
  { entries }: AdapterLayout,
  { rank, alpha }: LoraOptions,
  values: Float32Array,
): LoraAdapter {
  const padded = paddedRank(rank)
  const tensors = [...entries].map(([name, { rows, cols, a, b }]): LoraTensor => {
    const narrow = new Float32Array(rows * rank)
    for (let row = 0; row < rows; row++) {
      narrow.set(values.subarray(b + row * padded, b + row * padded + rank), row * rank)
    }
    return { name, rows, cols, a: values.slice(a, a + rank * cols) as Float32Array<ArrayBuffer>, b: narrow }
  })
  return { rank, alpha, tensors }
}

/** The file: `<tensor>.lora_a` and `<tensor>.lora_b`, as llama.cpp's convert_lora_to_gguf writes them. */
export function adapterGguf({ alpha, tensors }: LoraAdapter, architecture: string): Uint8Array<ArrayBuffer> {
  const text = (value: string): MetadataValue => ({ type: 'string', value })
  return writeGguf({
    metadata: new Map<string, MetadataValue>([
      ['general.architecture', text(architecture)],
      ['general.type', text('adapter')],
      ['adapter.type', text('lora')],
      ['adapter.lora.alpha', { type: 'float32', value: alpha }],
    ]),
    tensors: tensors.flatMap(({ name, rows, cols, a, b }): GgufTensor[] => [
      { name: `${name}.lora_a`, type: 'f32', dims: [cols, a.length / cols], bytes: new Uint8Array(a.buffer) },
      { name: `${name}.lora_b`, type: 'f32', dims: [b.length / rows, rows], bytes: new Uint8Array(b.buffer) },
    ]),
  })
}
