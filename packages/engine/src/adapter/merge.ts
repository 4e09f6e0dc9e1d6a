/**
 * An adapter into the weights themselves: of each matrix it changes the rows are dequantised, changed, and quantised to the type they had. What
 * that type cannot hold is lost, so a file of F16 merges better than one of four bits. As with quantising, the plan comes first and rows
 * are then merged some at a time, in any order.
 */
import { BadAdapterError, BadOptionError } from '../errors.ts'
import { type Gguf, readGguf, tensorBytes } from '../gguf/read.ts'
import { byteLength, type TensorType } from '../gguf/types.ts'
import { ggufHeader } from '../gguf/write.ts'
import { readConfig } from '../model/config.ts'
import { dequantize, quantize } from '../quant/quant.ts'
import type { PlannedTensor } from '../quant/quantize-plan.ts'
import { type Adapter, checkFit, type LowRank } from './adapter.ts'

export interface MergePlan {
  /** The new file up to its first tensor; its metadata are the old one's. */
  readonly header: Uint8Array<ArrayBuffer>
  readonly tensors: readonly (PlannedTensor & {
    /** What changes it; undefined where its bytes stay as they are. */
    readonly part: LowRank | undefined
  })[]
  /** Bytes of the new file. */
  readonly size: number
}

/** Throws BadAdapterError where the adapter is for another model; BadGgufError or UnsupportedError where the file is no model. */
export function planMerge({ metadata, tensors }: Gguf, adapter: Adapter): MergePlan {
  checkFit(adapter, readConfig(metadata))
  const changes = new Map([...adapter.parts].map(([name, part]) => [`${name}.weight`, part]))
  for (const [name, { rows, cols }] of changes) {
    const tensor = tensors.get(name)
    if (tensor?.rows === rows && tensor.cols === cols) continue
    const has = tensor ? `has it as [${tensor.rows},${tensor.cols}]` : 'has no such tensor'
    throw new BadAdapterError(`the adapter changes ${name} of [${rows},${cols}], and the model ${has}`)
  }
  const sources = [...tensors.values()]
  const { bytes, tensors: placed, size } = ggufHeader({ metadata, tensors: sources })
  const planned = placed.map(({ type, offset, size, padding }, i) => {
    const from = sources[i]!
    return { from, type, offset, size, padding, part: changes.get(from.name) }
  })
  return { header: bytes, tensors: planned, size }
}

/** Rows `first` on of a planned tensor, merged: as many as `bytes` has. Throws BadAdapterError where a number is not finite afterwards. */
export function mergeRows(
  { from, type, part }: MergePlan['tensors'][number],
  bytes: Uint8Array<ArrayBuffer>,
  first: number,
): Uint8Array<ArrayBuffer> {
  if (!part) return bytes
  const { cols, rank, scale, a, b } = part
  const count = Math.floor(bytes.length / byteLength(type, cols))
  const values = new Float32Array(count * cols)
  dequantize(type, bytes, values)
  const gain = new Float64Array(cols)
  for (let row = 0; row < count; row++) {
    gain.fill(0)
    for (let r = 0; r < rank; r++) {
      const weight = scale * b[(first + row) * rank + r]!
      for (let c = 0; c < cols; c++) gain[c]! += weight * a[r * cols + c]!
    }
    for (let c = 0; c < cols; c++) values[row * cols + c]! += gain[c]!
  }
  const merged = quantized(from.name, type, values)
  // A scale of a block can overflow, too.
  dequantize(type, merged, values)
  if (values.every(Number.isFinite)) return merged
  throw new BadAdapterError(`tensor ${from.name} cannot be merged: a number is too large for ${type}`)
}

function quantized(name: string, type: TensorType, values: Float32Array): Uint8Array<ArrayBuffer> {
  try {
    return quantize(type, values)
  } catch (cause) {
    if (!(cause instanceof BadOptionError)) throw cause
    throw new BadAdapterError(`tensor ${name} cannot be merged: ${cause.message}`, { cause })
  }
}

/** A whole file in memory, merged. Throws as `planMerge` and `mergeRows` do. */
export function mergeAdapter(base: Uint8Array, adapter: Adapter): Uint8Array<ArrayBuffer> {
  const plan = planMerge(readGguf(base), adapter)
  const file = new Uint8Array(plan.size)
  file.set(plan.header)
  for (const tensor of plan.tensors) {
    file.set(mergeRows(tensor, new Uint8Array(tensorBytes(base, tensor.from)), 0), tensor.offset)
  }
  return file
}
