/** How a product multiplies one token: by the rows of four quarters of the matrix at once (kernels/four-rows.ts). */
import { type Kernel, ModuleBuilder } from '../assembler.ts'
import { fourRowsKernel, quarter } from '../kernels/four-rows.ts'
import { type RowProduct, type RowShape, rowBytes } from '../kernels/tile.ts'
import { chunkRows } from '../threads/chunk-rows.ts'
import { COUNT, type Part, perItem, type ThreadPool } from '../threads/pool.ts'

/** How one token's activations become what the kernel reads. */
export interface Preparation {
  /** Kernels of the same kind read the same. */
  readonly kind: unknown
  /** From the activations at `x`, at `to` if it needs room: where they are then. */
  readonly prepare: (x: number, to: number) => number
}

export class OneToken {
  /** Bytes of one token's activations as the kernel reads them. */
  readonly activationBytes: number
  readonly preparation: Preparation
  readonly #product: RowProduct
  readonly #shape: RowShape
  readonly #pool: ThreadPool
  #kernel: Kernel | undefined

  constructor(
    product: RowProduct,
    activationBytes: number,
    preparation: Preparation,
    shape: RowShape,
    pool: ThreadPool,
  ) {
    this.activationBytes = activationBytes
    this.preparation = preparation
    this.#product = product
    this.#shape = shape
    this.#pool = pool
  }

  /** The work of out [rows] = a matrix [rows, cols] at `weights` times prepared activations. */
  part(weights: number, activations: number, out: number, rows: number): Part {
    const { steps, rest, weightStep } = this.#product
    const bytes = rowBytes(steps, rest, weightStep)
    // Chunks go across the quarters, so that the streams of memory go on where the last chunk left them.
    const items = quarter(rows)
    const args = [weights, activations, out, rows, perItem(0, 1), COUNT]
    return {
      items,
      grain: chunkRows(items, 4 * bytes, this.#pool.threads),
      calls: [{ kernel: this.#kernelOnce(), args }],
    }
  }

  /** The same, done at once by the calling thread. */
  run(weights: number, activations: number, out: number, rows: number): void {
    this.#kernelOnce()(weights, activations, out, rows, 0, quarter(rows))
  }

  #kernelOnce(): Kernel {
    this.#kernel ??= this.#emit()
    return this.#kernel
  }

  #emit(): Kernel {
    const module = new ModuleBuilder()
    fourRowsKernel(module, 'one', this.#product, this.#shape)
    return this.#pool.load<'one'>(module).one
  }
}
