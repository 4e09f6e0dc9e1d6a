/**
 * Low-rank adapters (Hu et al., 2021): for each matrix W [rows, cols] that is named, A [rank, cols] and B [rows, rank], and the model computes
 * W x + alpha / rank B (A x). B begins as zeros, A as PEFT has it.
 */
import { type Adapter, adaptable, type LowRank, seededRandom } from '@edgewise/engine'
import { StudentError } from '../errors.ts'
import { BLOCK } from '../kernels/adam.ts'
import type { Layout } from './layout.ts'
import type { LoraOptions } from './types.ts'

const known: readonly string[] = adaptable

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
  const unknown = targets.find((target) => !known.includes(target))
  if (unknown !== undefined || targets.length === 0) {
    throw new StudentError(
      'adapter_invalid',
      `the targets are ${JSON.stringify(targets)}: name some of ${known.join(', ')}`,
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

/** Adapters as they were trained, without padding: what the engine loads, merges and writes (`writeAdapter`). */
export function adapterOf(
  { entries }: AdapterLayout,
  { rank, alpha }: LoraOptions,
  values: Float32Array,
  of: { readonly name: string; readonly architecture: string },
): Adapter {
  const padded = paddedRank(rank)
  const parts = [...entries].map(([tensor, { rows, cols, a, b }]): [string, LowRank] => {
    const narrow = new Float32Array(rows * rank)
    for (let row = 0; row < rows; row++) {
      narrow.set(values.subarray(b + row * padded, b + row * padded + rank), row * rank)
    }
    const part = { rows, cols, rank, scale: alpha / rank, a: values.slice(a, a + rank * cols), b: narrow }
    return [tensor.replace(/\.weight$/, ''), part]
  })
  return { ...of, parts: new Map(parts) }
}
