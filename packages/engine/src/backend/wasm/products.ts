/**
 * What reads weights: the product of each type and row length, and the rows of tables. Kernels are emitted when they are first
 * needed: a model has two or three types of the sixteen. None is used before it was proven on this host: where one is wrong the
 * next form of dot product is taken, and plain TypeScript where none is right.
 */
import { byteLength, type TensorType } from '../../gguf/types.ts'
import { isBlockType, isSuperBlockType } from '../../quant/blocks.ts'
import type { KernelChoice } from '../backend.ts'
import type { Dot } from './features.ts'
import type { LinearMemory, Scratch } from './memory.ts'
import { multiplyBlocks } from './multiply-blocks.ts'
import { multiplyFloats } from './multiply-floats.ts'
import type { SeveralTokens } from './multiply-several.ts'
import type { Part } from './threads/pool.ts'
import type { OneToken } from './tune/one-token.ts'
import { ProvenProduct } from './tune/proven-product.ts'
import type { Rows } from './tune/race.ts'
import type { TuneRecord } from './tune/store.ts'
import { type BlockKernels, blockKernels, type KernelHost, type QuantType } from './type-kernels.ts'

export interface Product {
  /** out [n, rows] = x [n, cols] times the transposed rows at `weights`; all are addresses or counts. */
  multiply(weights: number, x: number, out: number, rows: number, n: number): void
  /** Numbers of tokens that between them use all of the kernels that n > 1 tokens use; the same array for the same kernels. */
  batchesLike(n: number): readonly number[]
  /** What it multiplies one token with; undefined where that is no kernel. */
  readonly oneToken: OneToken | undefined
  /** What it multiplies several tokens with, where other matrices can be multiplied beside this one. */
  readonly several?: SeveralTokens
}

/** A matrix [rows, cols] at `weights`, and where its product with one token goes; all but `oneToken` are addresses or counts. */
export interface OneTokenProduct {
  readonly oneToken: OneToken
  readonly weights: number
  readonly out: number
  readonly rows: number
}

export interface ProductHost extends KernelHost {
  readonly memory: LinearMemory
  readonly scratch: Scratch
}

/** Makes the product of a type and row length on a host; tests plant a wrong one. */
export type MakeProduct = (type: TensorType, cols: number, host: ProductHost, products: Products) => Product

/** The forms of dot product that a host with the first of them has, too, in the order they are tried. */
const forms: Record<Dot, readonly Dot[]> = {
  'relaxed-i32': ['relaxed-i32', 'relaxed-i16', 'simd128'],
  'relaxed-i16': ['relaxed-i16', 'simd128'],
  simd128: ['simd128'],
}

/**
 * Times one token's activations at `x`, which are prepared once for all that take them alike; the threads take rows of all
 * matrices in one turn. `oneToken`s are of one row length.
 */
export function multiplyOneToken(
  products: readonly OneTokenProduct[],
  x: number,
  { pool, scratch }: Pick<ProductHost, 'pool' | 'scratch'>,
): void {
  let bytes = 0
  for (const { oneToken } of products) bytes += oneToken.activationBytes
  let free = scratch.at(bytes)
  let kind: unknown
  let activations = 0
  const parts: Part[] = []
  for (const { oneToken, weights, out, rows } of products) {
    const { preparation, activationBytes } = oneToken
    // Matrices of one kind mostly stand side by side.
    if (preparation.kind !== kind) {
      activations = preparation.prepare(x, free)
      free += activationBytes
      kind = preparation.kind
    }
    if (pool.threads === 1) oneToken.run(weights, activations, out, rows)
    else parts.push(oneToken.part(weights, activations, out, rows))
  }
  pool.all(parts)
}

export class Products {
  readonly #host: ProductHost
  readonly #make: MakeProduct
  readonly #made: ProvenProduct[] = []
  readonly #blocks: Map<string, BlockKernels> = new Map()

  constructor(host: ProductHost, make: MakeProduct = makeProduct) {
    this.#host = host
    this.#make = make
  }

  /** The number of the product for this type and row length. */
  find(type: TensorType, cols: number): number {
    const found = this.#made.findIndex((made) => made.type === type && made.cols === cols)
    if (found >= 0) return found
    const host = this.#host
    const make = (dot: Dot): Product => this.#make(type, cols, { ...host, dot }, this)
    return this.#made.push(new ProvenProduct(type, cols, forms[host.dot], host.memory, make)) - 1
  }

  /** What multiplies n tokens, proven. */
  at(number: number, n: number): Product {
    return this.#made[number]!.for(n)
  }

  /**
   * Proves what multiplies `matrices`, by the number of their product, and takes the fastest: as `record` has it, or else the
   * winners of races until `deadline` (of `performance.now()`), which are added to it. Most bytes first; what there was no time
   * for keeps the usual form. Returns whether `record` is another.
   */
  tune(matrices: ReadonlyMap<number, readonly Rows[]>, record: TuneRecord, deadline: number): boolean {
    let isChanged = false
    const bytesOf = (number: number): number => {
      const { type, cols } = this.#made[number]!
      return matrices.get(number)!.reduce((sum, { rows }) => sum + byteLength(type, rows * cols), 0)
    }
    for (const number of [...matrices.keys()].sort((a, b) => bytesOf(b) - bytesOf(a))) {
      const product = this.#made[number]!
      const key = `${product.type} ${product.cols}`
      const known = record[key]
      if (known) product.prefer(known.dot, known.gbPerSecond)
      const chosen = product.choose(matrices.get(number)!, deadline)
      if (!chosen) continue
      record[key] = chosen
      isChanged = true
    }
    return isChanged
  }

  /** What is in use by now. */
  choices(): KernelChoice[] {
    return this.#made.flatMap(({ choice }) => choice ?? [])
  }

  blockKernels(type: QuantType, host: ProductHost): BlockKernels {
    return remembered(this.#blocks, `${type} ${host.dot}`, () => blockKernels(type, host))
  }
}

/** The right one. */
export function makeProduct(type: TensorType, cols: number, host: ProductHost, products: Products): Product {
  if (isBlockType(type) || isSuperBlockType(type)) {
    return multiplyBlocks(products.blockKernels(type, host), cols, host)
  }
  return multiplyFloats(type, cols, host)
}

function remembered<Value>(made: Map<string, Value>, key: string, make: () => Value): Value {
  const found = made.get(key)
  if (found) return found
  const value = make()
  made.set(key, value)
  return value
}
