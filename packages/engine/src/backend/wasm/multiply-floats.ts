/**
 * f32, f16 and bf16 matrices times activations, for one row length. One token reads the weights as they are; several take
 * them four at a time from a strip of rows, which the 16-bit types widen to f32 once for all.
 */
import { instantiate, type Kernel, ModuleBuilder } from './assembler.ts'
import { type FloatType, floatFormat } from './kernels/float-format.ts'
import { rowFloat } from './kernels/row-float.ts'
import { type TileShape, tileKernel } from './kernels/tile.ts'
import type { Scratch } from './memory.ts'
import type { Product, ProductHost } from './products.ts'

const tokensAtOnce = 4
const oneToken: TileShape = { rows: 4, tokens: 1, flat: 8, unroll: 8 }
const severalTokens: TileShape = { rows: 2, tokens: tokensAtOnce, flat: 8, unroll: 2 }

/** Bytes of f32 rows that serve all tokens before the next rows are read: they stay in the core's own cache. */
const stripBytes = 65_536

/** `widen`: the type's kernel that writes values as f32; asked for when it is needed. */
export function multiplyFloats(
  type: FloatType,
  cols: number,
  { memory, f16Table, scratch }: ProductHost,
  widen: () => Kernel,
): Product {
  const format = floatFormat(type, f16Table)
  const module = new ModuleBuilder()
  tileKernel(module, 'one', rowFloat(format, cols), oneToken)
  tileKernel(module, 'several', rowFloat(floatFormat('f32', f16Table), cols), severalTokens)
  const kernels = instantiate<'one' | 'several'>(module, memory)
  return new FloatProduct(kernels, cols, format.bytes, type === 'f32' ? undefined : widen, scratch)
}

class FloatProduct implements Product {
  readonly #kernels: Record<'one' | 'several', Kernel>
  readonly #cols: number
  readonly #rowBytes: number
  readonly #widen: (() => Kernel) | undefined
  readonly #scratch: Scratch

  constructor(
    kernels: Record<'one' | 'several', Kernel>,
    cols: number,
    bytes: number,
    widen: (() => Kernel) | undefined,
    scratch: Scratch,
  ) {
    this.#kernels = kernels
    this.#cols = cols
    this.#rowBytes = cols * bytes
    this.#widen = widen
    this.#scratch = scratch
  }

  multiply(weights: number, x: number, out: number, rows: number, n: number): void {
    const cols = this.#cols
    const outStride = rows * 4
    const together = Math.floor(n / tokensAtOnce) * tokensAtOnce
    const strip = n === 1 ? rows : Math.max(16, Math.floor(stripBytes / (4 * cols)))
    for (let row = 0; row < rows; row += strip) {
      const from = weights + row * this.#rowBytes
      const count = Math.min(strip, rows - row)
      const wide = together > 0 ? this.#asFloats(from, count, strip) : from
      for (let token = 0; token < n; ) {
        const place = [x + token * cols * 4, out + token * outStride + row * 4, count, outStride] as const
        if (token < together) this.#kernels.several(wide, ...place)
        else this.#kernels.one(from, ...place)
        token += token < together ? tokensAtOnce : 1
      }
    }
  }

  /** The address of `count` rows as f32. */
  #asFloats(rows: number, count: number, strip: number): number {
    if (!this.#widen) return rows
    const wide = this.#scratch.at(strip * this.#cols * 4)
    this.#widen()(wide, rows, count * this.#cols)
    return wide
  }
}
