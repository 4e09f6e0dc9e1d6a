/**
 * The kernel that multiplies a matrix with one token, in one of several shapes. All shapes give the same bits; which is the
 * fastest depends on the host, so it is chosen there (race.ts). A shape's kernel is emitted when it is first asked for.
 */
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
  /** The first is taken where nothing is known. */
  readonly shapes: readonly RowShape[]
  /** Bytes of one token's activations as the kernel reads them. */
  readonly activationBytes: number
  readonly preparation: Preparation
  readonly #product: RowProduct
  readonly #pool: ThreadPool
  readonly #kernels: Map<RowShape, Kernel> = new Map()
  #shape: RowShape

  constructor(
    product: RowProduct,
    activationBytes: number,
    preparation: Preparation,
    shapes: readonly [RowShape, ...RowShape[]],
    pool: ThreadPool,
  ) {
    this.shapes = shapes
    this.activationBytes = activationBytes
    this.preparation = preparation
    this.#product = product
    this.#pool = pool
    this.#shape = shapes[0]
  }

  /** The shape in use. */
  get shape(): RowShape {
    return this.#shape
  }

  /** Takes another of `shapes` from now on. */
  use(shape: RowShape): void {
    this.#shape = shape
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
      calls: [{ kernel: this.kernel(), args }],
    }
  }

  /** The kernel of `shape`, or of the one in use: one(weights, activations, out, rows, first, count), as
   * kernels/four-rows.ts says. */
  kernel(shape: RowShape = this.#shape): Kernel {
    const found = this.#kernels.get(shape)
    if (found) return found
    const module = new ModuleBuilder()
    fourRowsKernel(module, 'one', this.#product, shape)
    const { one } = this.#pool.load<'one'>(module)
    this.#kernels.set(shape, one)
    return one
  }
}

/** For people, and to tell the shapes of a list apart. */
export function shapeName({ flat, unroll }: RowShape): string {
  return `${unroll === 1 ? '1 step' : `${unroll} steps`} a turn${flat > unroll ? `, flat to ${flat}` : ''}`
}
