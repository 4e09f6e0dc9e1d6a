/**
 * Matrices of block types times activations, for one row length: one token reads the weights as they are, for several they
 * are laid out anew, a few rows at a time (block-tokens.ts), so that no matrix is ever held in another form than the
 * file's.
 */
import { BlockTokens } from './block-tokens.ts'
import { rowBlock } from './kernels/row-block.ts'
import { rowSuperBlock } from './kernels/row-super-block.ts'
import type { RowShape } from './kernels/tile.ts'
import { multiplySeveralTokens, type SeveralTokens } from './multiply-several.ts'
import { multiplyOneToken, type Product, type ProductHost } from './products.ts'
import { OneToken } from './tune/one-token.ts'
import type { BlockKernels } from './type-kernels.ts'

/** Others were no faster, by 3 % at most, on short rows and long ones, in cache and in memory. */
const oneToken: Record<32 | 256, RowShape> = {
  32: { flat: 4, unroll: 4 },
  256: { flat: 1, unroll: 1 },
}

export function multiplyBlocks(shared: BlockKernels, cols: number, host: ProductHost): Product {
  const { format, activation } = shared
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
  return new BlockProduct(one, new BlockTokens(shared, cols, host), host)
}

class BlockProduct implements Product {
  readonly oneToken: OneToken
  readonly several: SeveralTokens
  readonly #host: ProductHost

  constructor(oneToken: OneToken, several: SeveralTokens, host: ProductHost) {
    this.oneToken = oneToken
    this.several = several
    this.#host = host
  }

  batchesLike(n: number): readonly number[] {
    return this.several.batchesLike(n)
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const { several, oneToken } = this
    if (n > 1) multiplySeveralTokens([{ several, weights, out, rows }], x, n, this.#host)
    else multiplyOneToken([{ oneToken, weights, out, rows }], x, this.#host)
  }
}
