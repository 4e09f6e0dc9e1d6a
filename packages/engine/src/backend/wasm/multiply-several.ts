/**
 * Matrices of block types times several tokens: every row is read once for all of them. The bits of a token's results are
 * the same whatever tokens stand beside it.
 */
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { type BatchShape, batchKernel, roomBytes } from './kernels/batch.ts'
import type { ProductHost } from './products.ts'
import { COUNT, type Part, perItem, perThread } from './threads/pool.ts'
import type { BlockKernels } from './type-kernels.ts'

/** How many rows and tokens are taken at once. */
type Take = Pick<BatchShape, 'quads' | 'together'>

/**
 * Twelve sums of four rows are what sixteen registers hold beside what goes into them. Two quads times six tokens take the
 * fewest loads; three quads are for numbers that are no sum of sixes and fives.
 */
const manyTokens: Take = { quads: 2, together: [6, 5] }
const fewTokens: Take = { quads: 3, together: [4, 3, 2] }

/** Six and five; two, and four and three. */
const manyLike = [11]
const fewLike = [2, 7]

/** Operations that make a chunk of rows worth handing out, some 3 us, and that need no more than one, some 20 us. */
const chunkOps = { least: 5e5, most: 4e6 }

/** Activations that are rounded on the calling thread, in less time than others take to join in. */
const aloneValues = 16_384

export class SeveralTokens {
  readonly shared: BlockKernels
  readonly #cols: number
  readonly #host: ProductHost
  readonly #kernels: Map<Take, Kernel> = new Map()

  constructor(shared: BlockKernels, cols: number, host: ProductHost) {
    this.shared = shared
    this.#cols = cols
    this.#host = host
  }

  /** Numbers of tokens that between them use all of the kernel that n tokens use. */
  batchesLike(n: number): readonly number[] {
    return divided(n).take === manyTokens ? manyLike : fewLike
  }

  /** Bytes of one token's rounded activations. */
  get tokenBytes(): number {
    return this.#blocks * this.shared.batch.activationBlock
  }

  get #blocks(): number {
    return this.#cols / this.shared.format.values
  }

  /** Bytes of room that each thread needs for n tokens. */
  roomBytes(n: number): number {
    return roomBytes(this.#shape(divided(n).take))
  }

  /** Rounds the activations of n tokens at `x`. */
  quantize(x: number, quantized: number, n: number): void {
    const [blocks, cols, kernel] = [this.#blocks, this.#cols, this.shared.batchQuantize]
    if (n * cols <= aloneValues) {
      kernel(x, quantized, n * blocks)
      return
    }
    const args = [perItem(x, 4 * cols), perItem(quantized, this.tokenBytes), { ...COUNT, count: blocks }]
    this.#host.pool.each(n, Math.ceil(aloneValues / cols), [{ kernel, args }])
  }

  /** out [n, rows] = the rounded activations of n tokens times the transposed rows at `weights`; `room` is every thread's. */
  part({ weights, out, rows }: Matrix, quantized: number, n: number, room: number, roomBytes: number): Part {
    const { take, counts } = divided(n)
    const { threads } = this.#host.pool
    const opsOfRow = 2 * this.#cols * n
    const ops = Math.min(chunkOps.most, Math.max(chunkOps.least, (rows * opsOfRow) / (4 * threads)))
    const tileRows = 4 * take.quads
    const args = [
      perItem(weights, this.#blocks * this.shared.format.bytes),
      quantized,
      perItem(out, 4),
      COUNT,
      rows * 4,
      perThread(room, roomBytes),
      ...counts,
    ]
    const grain = threads === 1 ? rows : tileRows * Math.ceil(ops / opsOfRow / tileRows)
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
    const { format, batch } = this.shared
    return { ...take, format, batch, blocks: this.#blocks }
  }
}

/** A matrix [rows, cols] at `weights`, and where its product goes; addresses and counts. */
export interface Matrix {
  readonly weights: number
  readonly out: number
  readonly rows: number
}

export interface SeveralProduct extends Matrix {
  readonly several: SeveralTokens
}

/**
 * Times the activations [n, cols] at `x`, n > 1, which are rounded once for all that take them alike; the threads take rows
 * of all matrices in one turn. All are of one row length.
 */
export function multiplySeveralTokens(
  products: readonly SeveralProduct[],
  x: number,
  n: number,
  { pool, scratch }: Pick<ProductHost, 'pool' | 'scratch'>,
): void {
  const kinds = new Map(products.map(({ several }) => [several.shared, several]))
  const roomBytes = Math.max(...products.map(({ several }) => several.roomBytes(n)))
  const room = scratch.at(
    [...kinds.values()].reduce((sum, { tokenBytes }) => sum + n * tokenBytes, pool.threads * roomBytes),
  )
  let free = room + pool.threads * roomBytes
  const quantized = new Map<BlockKernels, number>()
  for (const [kind, several] of kinds) {
    several.quantize(x, free, n)
    quantized.set(kind, free)
    free += n * several.tokenBytes
  }
  pool.all(
    products.map(({ several, ...matrix }) =>
      several.part(matrix, quantized.get(several.shared)!, n, room, roomBytes),
    ),
  )
}

/** How n > 1 tokens are taken: as sixes and fives, or as fours, threes and twos. */
function divided(n: number): { readonly take: Take; readonly counts: readonly number[] } {
  const fives = (6 - (n % 6)) % 6
  if (5 * fives <= n) return { take: manyTokens, counts: [(n - 5 * fives) / 6, fives] }
  if (n === 2) return { take: fewTokens, counts: [0, 0, 1] }
  const threes = (4 - (n % 4)) % 4
  return { take: fewTokens, counts: [(n - 3 * threes) / 4, threes, 0] }
}
