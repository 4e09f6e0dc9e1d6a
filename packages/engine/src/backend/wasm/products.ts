/**
 * What reads weights: the product of each type and row length, and the rows of tables. Kernels are emitted when the first
 * matrix that needs them arrives, those of tables with the first row read: a model has two or three types of the sixteen.
 */
import { type TensorType, tensorTypes } from '../../gguf/types.ts'
import { isBlockType, isSuperBlockType } from '../../quant/blocks.ts'
import type { Kernel } from './assembler.ts'
import type { Scratch } from './memory.ts'
import { multiplyBlocks } from './multiply-blocks.ts'
import { multiplyFloats } from './multiply-floats.ts'
import type { OneToken } from './tune/one-token.ts'
import {
  type BlockKernels,
  blockKernels,
  embedding,
  type KernelHost,
  type QuantType,
} from './type-kernels.ts'

export interface Product {
  /** out [n, rows] = x [n, cols] times the transposed rows at `weights`; all are addresses or counts. */
  multiply(weights: number, x: number, out: number, rows: number, n: number): void
  /** What it multiplies one token with. */
  readonly oneToken: OneToken
}

export interface ProductHost extends KernelHost {
  readonly scratch: Scratch
}

export class Products {
  readonly #host: ProductHost
  readonly #made: { readonly type: TensorType; readonly cols: number; readonly product: Product }[] = []
  readonly #blocks: Map<QuantType, BlockKernels> = new Map()
  readonly #embeddings: Map<TensorType, Kernel> = new Map()

  constructor(host: ProductHost) {
    this.#host = host
  }

  /** The number of the product for this type and row length. */
  find(type: TensorType, cols: number): number {
    const found = this.#made.findIndex((made) => made.type === type && made.cols === cols)
    if (found >= 0) return found
    return this.#made.push({ type, cols, product: this.#make(type, cols) }) - 1
  }

  at(number: number): Product {
    return this.#made[number]!.product
  }

  /** out [cols] = the row of a table at address `row`. */
  embed(type: TensorType, cols: number, out: number, row: number): void {
    this.#embedding(type)(out, row, cols / tensorTypes[type].block)
  }

  #make(type: TensorType, cols: number): Product {
    if (isBlockType(type) || isSuperBlockType(type)) {
      return multiplyBlocks(this.#blockKernels(type), cols, this.#host)
    }
    return multiplyFloats(type, cols, this.#host, () => this.#embedding(type))
  }

  #blockKernels(type: QuantType): BlockKernels {
    const found = this.#blocks.get(type)
    if (found) return found
    const made = blockKernels(type, this.#host)
    this.#blocks.set(type, made)
    return made
  }

  #embedding(type: TensorType): Kernel {
    const found = this.#embeddings.get(type)
    if (found) return found
    const made = embedding(type, this.#host)
    this.#embeddings.set(type, made)
    return made
  }
}
