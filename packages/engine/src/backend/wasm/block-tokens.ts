/** Several tokens times matrices of one block type and row length: every row is read once for all of them. */
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { type BatchShape, batchKernel, roomBytes } from './kernels/batch.ts'
import { inFours, type Matrix, rowsOfChunk, type SeveralTokens, tokensOfChunk } from './multiply-several.ts'
import type { ProductHost } from './products.ts'
import { COUNT, type Part, perItem, perThread } from './threads/pool.ts'
import type { BlockKernels } from './type-kernels.ts'

/** How many rows and tokens are taken at once. */
type Take = Pick<BatchShape, 'quads' | 'together'>

/**
 * Twelve sums of four rows are what sixteen registers hold beside what goes into them. Two quads times six tokens take the
 * fewest loads; three quads are for numbers that are no sum of sixes and fives. Where products need a register before they
 * are added, fewer sums are left.
 */
const manyTokens: Take = { quads: 2, together: [6, 5] }
const fewTokens: Take = { quads: 3, together: [4, 3, 2] }
const withProducts: Take = { quads: 2, together: [4, 3, 2] }

/** Six and five; four, three and two. */
const manyLike = [11]
const fewLike = [9]

export class BlockTokens implements SeveralTokens {
  readonly kind: BlockKernels
  readonly #cols: number
  readonly #host: ProductHost
  readonly #kernels: Map<Take, Kernel> = new Map()

  constructor(shared: BlockKernels, cols: number, host: ProductHost) {
    this.kind = shared
    this.#cols = cols
    this.#host = host
  }

  batchesLike(n: number): readonly number[] {
    return this.#divided(n).take === manyTokens ? manyLike : fewLike
  }

  get tokenBytes(): number {
    return this.#blocks * this.kind.batch.activationBlock
  }

  get #blocks(): number {
    return this.#cols / this.kind.format.values
  }

  roomBytes(n: number): number {
    return roomBytes(this.#shape(this.#divided(n).take))
  }

  prepare(x: number, to: number, n: number): number {
    const [blocks, cols, kernel] = [this.#blocks, this.#cols, this.kind.batchQuantize]
    const args = [perItem(x, 4 * cols), perItem(to, this.tokenBytes), { ...COUNT, count: blocks }]
    this.#host.pool.each(n, tokensOfChunk(cols), [{ kernel, args }])
    return to
  }

  part({ weights, out, rows }: Matrix, prepared: number, n: number, room: number, roomBytes: number): Part {
    const { take, counts } = this.#divided(n)
    const args = [
      perItem(weights, this.#blocks * this.kind.format.bytes),
      prepared,
      perItem(out, 4),
      COUNT,
      rows * 4,
      perThread(room, roomBytes),
      ...counts,
    ]
    const grain = rowsOfChunk(rows, 2 * this.#cols * n, 4 * take.quads, this.#host.pool.threads)
    return { items: rows, grain, calls: [{ kernel: this.#kernel(take), args }] }
  }

  /** Emitted when it is first asked for. */
  #kernel(take: Take): Kernel {
    const found = this.#kernels.get(take)
    if (found) return found
    const module = new ModuleBuilder()
    batchKernel(module, 'batch', this.#shape(take))
    const { batch } = this.#host.pool.load<'batch'>(module)
    this.#kernels.set(take, batch)
    return batch
  }

  #shape(take: Take): BatchShape {
    const { format, batch } = this.kind
    return { ...take, format, batch, blocks: this.#blocks }
  }

  /** How n > 1 tokens are taken. */
  #divided(n: number): { readonly take: Take; readonly counts: readonly number[] } {
    const { dot, operand } = this.kind.batch
    if (dot !== 'relaxed-i32' || operand === 'pairs') return { take: withProducts, counts: inFours(n) }
    const fives = (6 - (n % 6)) % 6
    if (5 * fives > n) return { take: fewTokens, counts: inFours(n) }
    return { take: manyTokens, counts: [(n - 5 * fives) / 6, fives] }
  }
}
