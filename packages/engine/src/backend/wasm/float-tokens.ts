/** Several tokens times f32, f16 or bf16 matrices of one row length. */
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { batchFloatKernel } from './kernels/batch-float.ts'
import type { RowProduct } from './kernels/tile.ts'
import { inFours, type Matrix, rowsOfChunk, type SeveralTokens, tokensOfChunk } from './multiply-several.ts'
import { COUNT, type Part, perItem, type ThreadPool } from './threads/pool.ts'

/** Four, three and two. */
const batches = [9]

export class FloatTokens implements SeveralTokens {
  readonly kind: unknown
  readonly tokenBytes: number
  readonly #cols: number
  readonly #rowBytes: number
  readonly #narrow: Kernel | undefined
  readonly #pool: ThreadPool
  readonly #product: RowProduct
  #kernel: Kernel | undefined

  /** `narrow` makes activations those of a 16-bit type. */
  constructor(
    kind: unknown,
    cols: number,
    valueBytes: number,
    product: RowProduct,
    narrow: Kernel | undefined,
    pool: ThreadPool,
  ) {
    this.kind = kind
    this.tokenBytes = 4 * cols
    this.#cols = cols
    this.#rowBytes = valueBytes * cols
    this.#product = product
    this.#narrow = narrow
    this.#pool = pool
  }

  batchesLike(): readonly number[] {
    return batches
  }

  roomBytes(): number {
    return 0
  }

  prepare(x: number, to: number, n: number): number {
    const [cols, kernel] = [this.#cols, this.#narrow]
    if (!kernel) return x
    const args = [perItem(x, 4 * cols), perItem(to, 4 * cols), { ...COUNT, count: cols }]
    this.#pool.each(n, tokensOfChunk(cols), [{ kernel, args }])
    return to
  }

  part({ weights, out, rows }: Matrix, prepared: number, n: number): Part {
    const args = [perItem(weights, this.#rowBytes), prepared, perItem(out, 4), COUNT, rows * 4, ...inFours(n)]
    // Arithmetic of floats takes some four times as long as that of bytes.
    const grain = rowsOfChunk(rows, 8 * this.#cols * n, 12, this.#pool.threads)
    return { items: rows, grain, calls: [{ kernel: this.#batch(), args }] }
  }

  /** Emitted when it is first asked for. */
  #batch(): Kernel {
    if (this.#kernel) return this.#kernel
    const module = new ModuleBuilder()
    batchFloatKernel(module, 'batch', this.#product)
    this.#kernel = this.#pool.load<'batch'>(module).batch
    return this.#kernel
  }
}
