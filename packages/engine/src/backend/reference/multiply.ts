/**
 * The matrix product that defines the right answer: the numerics of `../backend.ts`, written out for the four kinds of
 * weights. Sums of integers are exact in a double; what is f32 is rounded at each step.
 */
import {
  type ActivationSuperBlocks,
  narrowActivations,
  roundActivations,
  roundActivations256,
  roundActivationsWithSums,
  type SummedBlocks,
} from '../../quant/activations.ts'
import type { Blocks, SuperBlocks } from '../../quant/blocks.ts'
import type { Numbers } from './weight.ts'

const fround = Math.fround

/** out [n, rows] = x [n, cols] times the transposed `numbers` [rows, cols]. */
export function multiply(
  out: Float32Array,
  numbers: Numbers,
  x: Float32Array,
  rows: number,
  cols: number,
  n: number,
): void {
  for (let i = 0; i < n; i++) {
    const dot = rowProduct(numbers, x.subarray(i * cols, (i + 1) * cols))
    for (let r = 0; r < rows; r++) out[i * rows + r] = dot(r * cols)
  }
}

/** The product of these activations with the row whose first number is `at`. */
function rowProduct(
  { values, narrow, blocks, superBlocks }: Numbers,
  x: Float32Array,
): (at: number) => number {
  if (superBlocks) {
    const rounded = {
      scales: new Float32Array(x.length / 256),
      quants: new Int8Array(x.length),
      sums: new Int16Array(x.length / 16),
    }
    roundActivations256(x, rounded)
    return (at) => dotSuperBlocks(superBlocks, at, rounded)
  }
  if (blocks) {
    const count = x.length / 32
    const rounded = {
      scales: new Float32Array(count),
      quants: new Int8Array(x.length),
      sums: new Float32Array(count),
    }
    if (blocks.mins) roundActivationsWithSums(x, rounded)
    else roundActivations(x, rounded)
    return (at) => dotBlocks(blocks, at, rounded)
  }
  if (!narrow) return (at) => dotFloats(values!, at, x)
  const narrowed = new Float32Array(x.length)
  narrowActivations(x, narrow, narrowed)
  return (at) => dotFloats(values!, at, narrowed)
}

function dotFloats(w: Float32Array, at: number, x: Float32Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += w[at + i]! * x[i]!
  return sum
}

function dotBlocks(w: Blocks, at: number, x: SummedBlocks): number {
  let sum = 0
  for (let b = 0, block = at / 32; b < x.scales.length; b++, block++) {
    let integer = 0
    for (let i = 0; i < 32; i++) integer += w.quants[32 * block + i]! * x.quants[32 * b + i]!
    sum = fround(sum + fround(fround(w.scales[block]! * x.scales[b]!) * integer))
    if (w.mins) sum = fround(sum + fround(w.mins[block]! * x.sums[b]!))
  }
  return sum
}

function dotSuperBlocks(w: SuperBlocks, at: number, x: ActivationSuperBlocks): number {
  let sum = 0
  for (let b = 0, block = at / 256; b < x.scales.length; b++, block++) {
    let integers = 0
    let minima = 0
    for (let group = 0; group < 16; group++) {
      const place = 16 * block + group
      let integer = 0
      for (let i = 0; i < 16; i++) integer += w.quants[16 * place + i]! * x.quants[256 * b + 16 * group + i]!
      integers += w.subScales[place]! * integer
      if (w.subMins) minima += w.subMins[place]! * x.sums[16 * b + group]!
    }
    sum = fround(sum + fround(fround(w.scales[block]! * x.scales[b]!) * fround(integers)))
    if (w.mins) sum = fround(sum - fround(fround(w.mins[block]! * x.scales[b]!) * fround(minima)))
  }
  return sum
}
