/** The matrix products by type and row length: their kernels are emitted when the first such matrix arrives. */
import type { TensorType } from '../../gguf/types.ts'
import { type BlockHost, multiplyBlocks } from './multiply-blocks.ts'
import { multiplyFloats } from './multiply-floats.ts'

export interface Product {
  /** Bytes of one row of weights. */
  readonly rowBytes: number
  /** out [n, rows] = x [n, cols] times the transposed rows at `weights`; all four are addresses or counts. */
  multiply(weights: number, x: number, out: number, rows: number, n: number): void
}

export class Products {
  readonly #host: BlockHost
  readonly #made: { readonly type: TensorType; readonly cols: number; readonly product: Product }[] = []

  constructor(host: BlockHost) {
    this.#host = host
  }

  /** The number of the product for this type and row length. */
  find(type: TensorType, cols: number): number {
    const found = this.#made.findIndex((made) => made.type === type && made.cols === cols)
    if (found >= 0) return found
    const { memory, f16Table } = this.#host
    const product =
      type === 'q8_0' || type === 'q4_0'
        ? multiplyBlocks(type, cols, this.#host)
        : multiplyFloats(type, cols, memory, f16Table)
    return this.#made.push({ type, cols, product }) - 1
  }

  at(number: number): Product {
    return this.#made[number]!.product
  }
}
