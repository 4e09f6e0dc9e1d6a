/**
 * f32, f16 and bf16 matrices times activations, for one row length. With 16-bit types the activations are rounded to theirs
 * first.
 */
import { ModuleBuilder } from './assembler.ts'
import { FloatTokens } from './float-tokens.ts'
import { type FloatType, floatFormat } from './kernels/float-format.ts'
import { narrowKernel } from './kernels/narrow.ts'
import { rowFloat } from './kernels/row-float.ts'
import type { RowShape } from './kernels/tile.ts'
import { multiplySeveralTokens } from './multiply-several.ts'
import { multiplyOneToken, type Product, type ProductHost } from './products.ts'
import { OneToken } from './tune/one-token.ts'

const shape: RowShape = { flat: 8, unroll: 8 }

export function multiplyFloats(type: FloatType, cols: number, host: ProductHost): Product {
  const { pool, dot } = host
  const format = floatFormat(type)
  const row = rowFloat(format, cols, format.isNarrow && dot !== 'simd128')
  const module = new ModuleBuilder()
  if (type !== 'f32') narrowKernel(module, 'narrow', type, format.scale)
  const narrow = type === 'f32' ? undefined : pool.load<'narrow'>(module).narrow
  const prepare = (x: number, to: number): number => {
    if (!narrow) return x
    narrow(x, to, cols)
    return to
  }
  const oneToken = new OneToken(row, 4 * cols, { kind: type, prepare }, shape, pool)
  const several = new FloatTokens(type, cols, format.bytes, row, narrow, pool)
  return {
    batchesLike: () => several.batchesLike(),
    oneToken,
    several,
    multiply(weights, x, out, rows, n) {
      if (n > 1) multiplySeveralTokens([{ several, weights, out, rows }], x, n, host)
      else multiplyOneToken([{ oneToken, weights, out, rows }], x, host)
    },
  }
}
