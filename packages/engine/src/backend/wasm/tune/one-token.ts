/**
 * The kernel that multiplies a matrix with one token, in one of several shapes. All shapes give the same bits; which is the
 * fastest depends on the host, so it is chosen there (race.ts). A shape's kernel is emitted when it is first asked for.
 */
import { type Kernel, ModuleBuilder } from '../assembler.ts'
import { type RowProduct, type TileShape, tileKernel } from '../kernels/tile.ts'
import type { ThreadPool } from '../threads/pool.ts'

export class OneToken {
  /** The first is taken where nothing is known. */
  readonly shapes: readonly TileShape[]
  /** Bytes of one token's activations as the kernel reads them. */
  readonly activationBytes: number
  readonly #product: RowProduct
  readonly #pool: ThreadPool
  readonly #kernels: Map<TileShape, Kernel> = new Map()
  #shape: TileShape

  constructor(
    product: RowProduct,
    activationBytes: number,
    shapes: readonly [TileShape, ...TileShape[]],
    pool: ThreadPool,
  ) {
    this.shapes = shapes
    this.activationBytes = activationBytes
    this.#product = product
    this.#pool = pool
    this.#shape = shapes[0]
  }

  /** The shape in use. */
  get shape(): TileShape {
    return this.#shape
  }

  /** Takes another of `shapes` from now on. */
  use(shape: TileShape): void {
    this.#shape = shape
  }

  /** The kernel of `shape`, or of the one in use: one(weights, activations, out, rows, outStride), as kernels/tile.ts says. */
  kernel(shape: TileShape = this.#shape): Kernel {
    const found = this.#kernels.get(shape)
    if (found) return found
    const module = new ModuleBuilder()
    tileKernel(module, 'one', this.#product, shape)
    const { one } = this.#pool.load<'one'>(module)
    this.#kernels.set(shape, one)
    return one
  }
}

/** For people, and to tell the shapes of a list apart. */
export function shapeName({ rows, flat, unroll }: TileShape): string {
  return `${rows} rows, ${unroll === 1 ? '1 step' : `${unroll} steps`} a turn${flat > unroll ? `, flat to ${flat}` : ''}`
}
