/**
 * f32, f16 and bf16 matrices times activations, for one row length. One token reads the weights as they are; several take
 * them four at a time from a strip of rows, which the 16-bit types widen to f32 once for all. Those types also have the
 * activations rounded to theirs first.
 */
import { type Kernel, ModuleBuilder } from './assembler.ts'
import { type FloatType, floatFormat } from './kernels/float-format.ts'
import { narrowKernel } from './kernels/narrow.ts'
import { rowFloat } from './kernels/row-float.ts'
import { type RowShape, type TileShape, tileKernel } from './kernels/tile.ts'
import type { Scratch } from './memory.ts'
import { multiplyOneToken, type Product, type ProductHost } from './products.ts'
import type { ThreadPool } from './threads/pool.ts'
import { OneToken } from './tune/one-token.ts'

const tokensAtOnce = 4
/** Shapes that are the fastest somewhere, the usual one first. */
const oneToken: readonly [RowShape, ...RowShape[]] = [{ flat: 8, unroll: 8 }]
const severalTokens: TileShape = { rows: 2, tokens: tokensAtOnce, flat: 8, unroll: 2 }

/** Fewer than these are taken one by one. */
const manyLike = [tokensAtOnce]
const fewLike: readonly number[] = []

/** Bytes of f32 rows that serve all tokens before the next rows are read: they stay in the core's own cache. */
const stripBytes = 65_536

/** What a 16-bit type needs besides. */
interface Narrow {
  /** narrow(x, out, count): activations rounded to the type. */
  readonly narrow: Kernel
  /** The kernel that writes values as f32; asked for when it is needed. */
  readonly widen: () => Kernel
}

/** `widen` gives the kernel that writes the type as f32. */
export function multiplyFloats(
  type: FloatType,
  cols: number,
  { pool, f16Table, scratch, dot }: ProductHost,
  widen: () => Kernel,
): Product {
  const format = floatFormat(type, f16Table)
  const isFused = format.isNarrow && dot !== 'simd128'
  const module = new ModuleBuilder()
  tileKernel(module, 'several', rowFloat(floatFormat('f32', f16Table), cols, isFused), severalTokens)
  if (type !== 'f32') {
    narrowKernel(module, 'narrow', type)
    narrowKernel(module, 'narrowOne', type, format.scale)
  }
  const { narrow, narrowOne, several } = pool.load<'several' | 'narrow' | 'narrowOne'>(module)
  const prepare = (x: number, to: number): number => {
    if (type === 'f32') return x
    narrowOne(x, to, cols)
    return to
  }
  const one = new OneToken(rowFloat(format, cols, isFused), 4 * cols, { kind: type, prepare }, oneToken, pool)
  return new FloatProduct(
    one,
    several,
    cols,
    format.bytes,
    type === 'f32' ? undefined : { narrow, widen },
    scratch,
    pool,
  )
}

class FloatProduct implements Product {
  readonly oneToken: OneToken
  readonly #several: Kernel
  readonly #cols: number
  readonly #rowBytes: number
  readonly #narrow: Narrow | undefined
  readonly #scratch: Scratch
  readonly #pool: ThreadPool

  constructor(
    oneToken: OneToken,
    several: Kernel,
    cols: number,
    bytes: number,
    narrow: Narrow | undefined,
    scratch: Scratch,
    pool: ThreadPool,
  ) {
    this.oneToken = oneToken
    this.#several = several
    this.#cols = cols
    this.#rowBytes = cols * bytes
    this.#narrow = narrow
    this.#scratch = scratch
    this.#pool = pool
  }

  batchesLike(n: number): readonly number[] {
    return n < tokensAtOnce ? fewLike : manyLike
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const together = Math.floor(n / tokensAtOnce) * tokensAtOnce
    if (together > 0) this.#multiplyFours(weights, x, out, rows, together)
    for (let token = together; token < n; token++) {
      const product = { oneToken: this.oneToken, weights, out: out + token * rows * 4, rows }
      multiplyOneToken([product], x + token * this.#cols * 4, { pool: this.#pool, scratch: this.#scratch })
    }
  }

  /** n tokens, a multiple of `tokensAtOnce`: strip by strip. */
  #multiplyFours(weights: number, x: number, out: number, rows: number, n: number): void {
    const cols = this.#cols
    const outStride = rows * 4
    const strip = Math.max(16, Math.floor(stripBytes / (4 * cols)))
    const activations = this.#narrowed(x, n, strip)
    for (let row = 0; row < rows; row += strip) {
      const count = Math.min(strip, rows - row)
      const wide = this.#asFloats(weights + row * this.#rowBytes, count, n)
      for (let token = 0; token < n; token += tokensAtOnce) {
        const to = out + token * outStride + row * 4
        this.#several(wide, activations + token * cols * 4, to, count, outStride)
      }
    }
  }

  /** The address of the activations of n tokens as this type takes them; in scratch, with room behind for a strip. */
  #narrowed(x: number, n: number, strip: number): number {
    if (!this.#narrow) return x
    const address = this.#scratch.at((n + strip) * this.#cols * 4)
    this.#narrow.narrow(x, address, n * this.#cols)
    return address
  }

  /** The address of `count` rows as f32: behind the narrowed activations of n tokens. */
  #asFloats(rows: number, count: number, n: number): number {
    if (!this.#narrow) return rows
    const wide = this.#scratch.at(n * this.#cols * 4) + n * this.#cols * 4
    this.#narrow.widen()(wide, rows, count * this.#cols)
    return wide
  }
}
