/** f16 and f32 matrices times activations, for one row length: which kernel runs over which rows and tokens. */
import { instantiate, type Kernel, ModuleBuilder } from './assembler.ts'
import { rowFloat } from './kernels/row-float.ts'
import { type TileShape, tileKernel } from './kernels/tile.ts'
import type { Product } from './products.ts'

const tokensAtOnce = 4
const oneToken: TileShape = { rows: 4, tokens: 1, flat: 8, unroll: 8 }
const severalTokens: TileShape = { rows: 2, tokens: tokensAtOnce, flat: 8, unroll: 2 }

/** Bytes of rows that serve all tokens before the next rows are read: they stay in the core's own cache. */
const stripBytes = 65_536

export function multiplyFloats(
  type: 'f16' | 'f32',
  cols: number,
  memory: WebAssembly.Memory,
  f16Table: number,
): Product {
  const rows = rowFloat(cols, type, f16Table)
  const module = new ModuleBuilder()
  tileKernel(module, 'one', rows, oneToken)
  tileKernel(module, 'several', rows, severalTokens)
  return new FloatProduct(instantiate<'one' | 'several'>(module, memory), cols, type === 'f16' ? 2 : 4)
}

class FloatProduct implements Product {
  readonly rowBytes: number
  readonly #kernels: Record<'one' | 'several', Kernel>
  readonly #activationBytes: number

  constructor(kernels: Record<'one' | 'several', Kernel>, cols: number, bytes: number) {
    this.#kernels = kernels
    this.rowBytes = cols * bytes
    this.#activationBytes = cols * 4
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const outStride = rows * 4
    const strip = n === 1 ? rows : Math.max(16, Math.floor(stripBytes / this.rowBytes))
    for (let row = 0; row < rows; row += strip) {
      const from = weights + row * this.rowBytes
      const count = Math.min(strip, rows - row)
      for (let token = 0; token < n; ) {
        const tokens = n - token >= tokensAtOnce ? tokensAtOnce : 1
        const kernel = tokens === 1 ? this.#kernels.one : this.#kernels.several
        kernel(from, x + token * this.#activationBytes, out + token * outStride + row * 4, count, outStride)
        token += tokens
      }
    }
  }
}
