/**
 * Matrices of block types times activations, for one row length: decoding reads the weights as they are, one token at a
 * time; prefill takes tokens in fours and widens a strip of weights once for all of them, so that no matrix is ever held
 * in another form than the file's.
 */
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { batchKernel } from './kernels/batch.ts'
import { rowBlock } from './kernels/row-block.ts'
import { rowSuperBlock } from './kernels/row-super-block.ts'
import type { TileShape } from './kernels/tile.ts'
import type { Scratch } from './memory.ts'
import { multiplyOneToken, type Product, type ProductHost } from './products.ts'
import type { ThreadPool } from './threads/pool.ts'
import { OneToken } from './tune/one-token.ts'
import type { BlockKernels } from './type-kernels.ts'

/** Shapes that are the fastest somewhere, the usual one first. Blocks of 256 are long already. */
const oneToken: Record<32 | 256, readonly [TileShape, ...TileShape[]]> = {
  32: [{ rows: 4, tokens: 1, flat: 18, unroll: 2 }],
  256: [{ rows: 4, tokens: 1, flat: 1, unroll: 1 }],
}

/** Bytes of widened rows that serve all tokens before the next rows are read: they stay in the core's own cache. */
const stripBytes = 65_536

export function multiplyBlocks(shared: BlockKernels, cols: number, host: ProductHost): Product {
  const { format, activation, batch } = shared
  const blocks = cols / format.values
  const row = format.values === 32 ? rowBlock : rowSuperBlock
  const one = new OneToken(
    row(format, activation, cols, host.dot),
    blocks * activation.bytes,
    {
      kind: shared,
      prepare: (x, to) => {
        shared.quantize(x, to, blocks)
        return to
      },
    },
    oneToken[format.values],
    host.pool,
  )
  const module = new ModuleBuilder()
  batchKernel(module, 'four', { format: batch, blocks, fours: 1 })
  batchKernel(module, 'eight', { format: batch, blocks, fours: 2 })
  return new BlockProduct(shared, blocks, one, host.pool.load<Multiply>(module), host)
}

type Multiply = 'four' | 'eight'

class BlockProduct implements Product {
  readonly batches = [1, 4, 8]
  readonly oneToken: OneToken
  readonly #shared: BlockKernels
  readonly #blocks: number
  readonly #multiply: Record<Multiply, Kernel>
  readonly #scratch: Scratch
  readonly #pool: ThreadPool
  /** Bytes of a row as the file has it, and of one token's activations. */
  readonly #rowBytes: number
  readonly #tokenBytes: number

  constructor(
    shared: BlockKernels,
    blocks: number,
    oneToken: OneToken,
    multiply: Record<Multiply, Kernel>,
    { scratch, pool }: ProductHost,
  ) {
    this.oneToken = oneToken
    this.#shared = shared
    this.#blocks = blocks
    this.#multiply = multiply
    this.#scratch = scratch
    this.#pool = pool
    this.#rowBytes = blocks * shared.format.bytes
    this.#tokenBytes = 4 * blocks * shared.format.values
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const fours = Math.floor(n / 4)
    if (fours > 0) this.#multiplyFours(weights, x, out, rows, fours)
    for (let token = 4 * fours; token < n; token++) {
      const product = { oneToken: this.oneToken, weights, out: out + token * rows * 4, rows }
      multiplyOneToken([product], x + token * this.#tokenBytes, { pool: this.#pool, scratch: this.#scratch })
    }
  }

  /** 4 * `fours` tokens: strip by strip of widened weights, and within it eight tokens at a time. */
  #multiplyFours(weights: number, x: number, out: number, rows: number, fours: number): void {
    const { batch, interleave, widen } = this.#shared
    const { four, eight } = this.#multiply
    const blocks = this.#blocks
    const fourBytes = blocks * batch.activationBlock
    const widenedRow = blocks * batch.weightBlock
    const strip = Math.max(4, Math.floor(stripBytes / widenedRow / 4) * 4)
    const activations = this.#scratch.at(fours * fourBytes + strip * widenedRow)
    const widened = activations + fours * fourBytes
    for (let i = 0; i < fours; i++) {
      interleave(x + 4 * i * this.#tokenBytes, activations + i * fourBytes, blocks, this.#tokenBytes)
    }
    for (let row = 0; row < rows; row += strip) {
      const count = Math.min(strip, rows - row)
      widen(weights + row * this.#rowBytes, widened, count * blocks)
      for (let i = 0; i < fours; ) {
        const together = Math.min(2, fours - i)
        const kernel = together === 2 ? eight : four
        kernel(widened, activations + i * fourBytes, out + (4 * i * rows + row) * 4, count, rows * 4)
        i += together
      }
    }
  }
}
