/**
 * The kernels that multiply matrices, in every form of dot product: each with the proof against the plain reference that the engine
 * makes at load, and with its speed beside that of reading the same memory.
 */

import { setTimeout } from 'node:timers/promises'
import { readModule } from '../../packages/engine/src/backend/wasm/bandwidth.ts'
import type { Dot } from '../../packages/engine/src/backend/wasm/features.ts'
import { makeProduct } from '../../packages/engine/src/backend/wasm/products.ts'
import { COUNT, perItem } from '../../packages/engine/src/backend/wasm/threads/pool.ts'
import { openProducts } from '../../packages/engine/src/backend/wasm/tune/open-products.test-suite.ts'
import { Proof } from '../../packages/engine/src/backend/wasm/tune/proof.ts'
import {
  SAMPLE_ROWS,
  sampleActivations,
  sampleWeights,
} from '../../packages/engine/src/backend/wasm/tune/sample.ts'
import { byteLength, type TensorType } from '../../packages/engine/src/index.ts'
import { contest, type Entry, type Speed } from './contest.ts'

export interface MatrixCase {
  readonly type: TensorType
  readonly cols: number
  /** Tokens multiplied at once. */
  readonly tokens: number
  /** Bytes of weights that are gone through, a matrix of at most a megabyte at a time: fewer than a cache holds measure it. */
  readonly bytes: number
  readonly threads: number
  readonly rounds: number
}

export interface MatrixResult {
  readonly variant: string
  readonly isProven: boolean
  /** 10^9 bytes of weights a second. */
  readonly read: Speed
}

/** The first result is the roof: reading alone. */
export async function timeMatrices(forms: readonly Dot[], wanted: MatrixCase): Promise<MatrixResult[]> {
  const { type, cols, tokens, threads } = wanted
  const { host, products, memory, dispose } = openProducts(forms[0]!, undefined, threads)
  const rowBytes = byteLength(type, cols)
  const rows = Math.max(SAMPLE_ROWS, 8 * Math.floor(Math.min(2 ** 20, wanted.bytes) / rowBytes / 8))
  const matrices = Math.max(1, Math.floor(wanted.bytes / (rows * rowBytes)))
  const weights = memory.allocate(matrices * rows * rowBytes)
  const x = memory.allocate(4 * tokens * cols)
  const out = memory.allocate(4 * tokens * rows)
  fill(new Uint8Array(memory.memory.buffer, weights, matrices * rows * rowBytes), sampleWeights(type, cols))
  const activations = new Float32Array(memory.memory.buffer, x, tokens * cols)
  sampleActivations(cols).forEach((value, i, all) => {
    for (let at = i; at < activations.length; at += all.length) activations[at] = value
  })
  const proof = new Proof(type, cols)
  let next = 0
  const matrix = (): number => weights + (next++ % matrices) * rows * rowBytes
  const entry = (name: string, run: () => void): Entry => ({ name, work: rows * rowBytes, run })

  const { sum: read } = host.pool.load<'sum'>(readModule())
  const lines = Math.floor((rows * rowBytes) / 512)
  const roof = entry('reading alone', () =>
    host.pool.each(lines, threads === 1 ? lines : 128, [
      { kernel: read, args: [perItem(matrix(), 512), COUNT] },
    ]),
  )
  // Threads begin with the first work there is for them, and take their time.
  for (roof.run(); host.pool.running < threads - 1; ) await setTimeout(5)
  const variants = forms.map((dot) => {
    const product = makeProduct(type, cols, { ...host, dot }, products)
    const run = (): void => product.multiply(matrix(), x, out, rows, tokens)
    return { entry: entry(dot, run), isProven: proof.holds(product, [tokens], memory) }
  })
  const speeds = contest([roof, ...variants.map((variant) => variant.entry)], wanted.rounds)
  dispose()
  return speeds.map((speed, i) => ({
    variant: i === 0 ? roof.name : variants[i - 1]!.entry.name,
    isProven: i === 0 || variants[i - 1]!.isProven,
    read: { low: speed.low / 1e9, median: speed.median / 1e9, high: speed.high / 1e9 },
  }))
}

function fill(bytes: Uint8Array, sample: Uint8Array): void {
  bytes.set(sample.subarray(0, bytes.length))
  for (let done = sample.length; done < bytes.length; done *= 2) bytes.copyWithin(done, 0, done)
}
