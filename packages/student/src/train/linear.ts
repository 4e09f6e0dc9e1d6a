/**
 * Linear layers: y = W x, with low-rank adapters y += scale B (A x) on some of its rows, and the gradients of whatever is trained. A layer
 * may be several tensors of the file that read the same x. Weights are packed when they are used: that costs one token's worth of work.
 */
import type { Matrix, Packed, Products } from '../kernels/multiply.ts'
import { packedFloats } from '../kernels/pack.ts'
import type { Room } from '../kernels/room.ts'

export interface Linear {
  /** [rows, cols] */
  readonly weight: Matrix
  readonly rows: number
  readonly cols: number
  /** [rows, cols]; undefined where the weight stays as it is. */
  readonly gradient?: Matrix
  readonly adapters: readonly Adapter[]
}

export interface Adapter {
  /** Its rows in the layer. */
  readonly from: number
  readonly rows: number
  /** A multiple of 4: what the rank lacks to one stays zero. */
  readonly rank: number
  readonly scale: number
  /** [rank, cols] and [rows, rank] */
  readonly a: Matrix
  readonly b: Matrix
  readonly gradientA: Matrix
  readonly gradientB: Matrix
  /** [tokens, rank] scale A x, kept from forward to backward. */
  readonly low: Matrix
}

export class Linears {
  readonly #room: Room
  readonly #products: Products
  readonly #packed: number
  /** [tokens, rank] */
  readonly #dLow: Matrix

  /** For layers of at most `largest` floats, packed; `tokens` and `rank` are the most there are. */
  constructor(room: Room, layers: readonly Linear[], tokens: number) {
    this.#room = room
    this.#products = room.products
    const sizes = layers.flatMap(({ rows, cols }) => [
      packedFloats(rows, cols),
      packedFloats(cols, rows),
      packedFloats(cols, tokens),
    ])
    const low = layers.flatMap(({ cols, adapters }) =>
      adapters.flatMap(({ rows, rank }) => [
        packedFloats(rank, cols),
        packedFloats(cols, rank),
        packedFloats(rows, rank),
        packedFloats(rank, rows),
        packedFloats(rank, tokens),
      ]),
    )
    const rank = Math.max(0, ...layers.flatMap(({ adapters }) => adapters.map((adapter) => adapter.rank)))
    this.#packed = room.place(Math.max(...sizes, ...low))
    this.#dLow = room.matrix(rank > 0 ? tokens : 0, rank)
  }

  /** y [n, rows] = W x, or += where it goes on; x is [n, cols]. */
  forward(y: Matrix, x: Matrix, linear: Linear, n: number, goesOn: boolean): void {
    const { weight, rows, cols } = linear
    const products = this.#products
    products.multiply(y, x, products.packTransposed(this.#packed, weight, rows, cols), n, goesOn)
    for (const { from, rows, rank, scale, a, b, low } of linear.adapters) {
      products.multiply(low, x, products.packTransposed(this.#packed, a, rank, cols), n, false)
      this.#scale(low, n, rank, scale)
      products.multiply(column(y, from), low, products.packTransposed(this.#packed, b, rows, rank), n, true)
    }
  }

  /** dx [n, cols] = what y's gradient makes of it (left out where nobody asks), and the gradients of weights and adapters go on. */
  backward(dx: Matrix | undefined, dy: Matrix, x: Matrix, linear: Linear, n: number): void {
    const { weight, gradient, rows, cols } = linear
    const products = this.#products
    if (dx) products.multiply(dx, dy, products.pack(this.#packed, weight, cols, rows), n, false)
    if (gradient) products.addTransposed(gradient, dy, this.#packTokens(x, cols, n), rows)
    for (const { from, rows, rank, scale, a, b, gradientA, gradientB, low } of linear.adapters) {
      const part = column(dy, from)
      const dLow = { at: this.#dLow.at, ld: rank }
      products.addTransposed(gradientB, part, this.#packTokens(low, rank, n), rows)
      products.multiply(dLow, part, products.pack(this.#packed, b, rank, rows), n, false)
      this.#scale(dLow, n, rank, scale)
      if (dx) products.multiply(dx, dLow, products.pack(this.#packed, a, cols, rank), n, true)
      products.addTransposed(gradientA, dLow, this.#packTokens(x, cols, n), rank)
    }
  }

  #packTokens(x: Matrix, cols: number, n: number): Packed {
    return this.#products.pack(this.#packed, x, cols, n)
  }

  #scale({ at }: Matrix, n: number, width: number, factor: number): void {
    this.#room.kernels.scale(at, factor, (n * width) / 4)
  }
}

const column = ({ at, ld }: Matrix, first: number): Matrix => ({ at: at + 4 * first, ld })
