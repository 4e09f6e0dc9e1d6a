/**
 * The proof that a product is right on this host: what it gives for a sample of weights against what the reference gives.
 * Where sums are exact a result must be too; elsewhere it may differ by what the order of f32 additions can do.
 */
import type { TensorType } from '../../../gguf/types.ts'
import { dequantize } from '../../../quant/quant.ts'
import { multiply } from '../../reference/multiply.ts'
import { unpack } from '../../reference/weight.ts'
import type { LinearMemory } from '../memory.ts'
import type { Product } from '../products.ts'
import {
  SAMPLE_ROWS,
  SAMPLE_TOKENS,
  sampleActivations,
  sampleWeights,
  UNEVEN_ROW,
  UNEVEN_TOKEN,
} from './sample.ts'

/** Of a result, or of the sum of its terms' magnitudes: some ten times what additions lose, far below what a mistake does. */
const TOLERANCE = 2 ** -18

/** One type and row length. Of more tokens than there are in the sample, they come again. */
export class Proof {
  readonly #weights: Uint8Array
  readonly #x: Float32Array
  /** [SAMPLE_TOKENS, SAMPLE_ROWS] each. */
  readonly #expected: Float32Array
  readonly #allowed: Float64Array

  constructor(type: TensorType, cols: number) {
    this.#weights = sampleWeights(type, cols)
    this.#x = sampleActivations(cols)
    this.#expected = new Float32Array(SAMPLE_TOKENS * SAMPLE_ROWS)
    const numbers = unpack(type, this.#weights, SAMPLE_ROWS * cols)
    multiply(this.#expected, numbers, this.#x, SAMPLE_ROWS, cols, SAMPLE_TOKENS)
    const values = new Float32Array(SAMPLE_ROWS * cols)
    dequantize(type, this.#weights, values)
    this.#allowed = Float64Array.from(this.#expected, (result, i) => {
      const [token, row] = [Math.floor(i / SAMPLE_ROWS), i % SAMPLE_ROWS]
      const isExact = token !== UNEVEN_TOKEN && row !== UNEVEN_ROW
      return (
        TOLERANCE * (isExact ? Math.abs(result) : magnitude(values, row * cols, this.#x, token * cols, cols))
      )
    })
  }

  /** Whether `product` gives what it should, for each of these numbers of tokens; every token of the sample has its turn. */
  holds(product: Product, counts: readonly number[], memory: LinearMemory): boolean {
    if (counts.length === 0) return true
    const copies = Math.ceil((SAMPLE_TOKENS - 1 + Math.max(...counts)) / SAMPLE_TOKENS)
    const sizes = [this.#weights.length, copies * this.#x.byteLength, copies * this.#expected.byteLength]
    const places = sizes.map((bytes) => memory.allocate(bytes))
    const [weights, x, out] = places as [number, number, number]
    const tokenBytes = this.#x.byteLength / SAMPLE_TOKENS
    try {
      new Uint8Array(memory.memory.buffer, weights, this.#weights.length).set(this.#weights)
      const tokens = new Float32Array(memory.memory.buffer, x, copies * this.#x.length)
      for (let i = 0; i < copies; i++) tokens.set(this.#x, i * this.#x.length)
      const holdsFrom = (first: number, n: number): boolean => {
        new Float32Array(memory.memory.buffer, out, n * SAMPLE_ROWS).fill(Number.NaN)
        product.multiply(weights, x + first * tokenBytes, out, SAMPLE_ROWS, n)
        return this.#isRight(new Float32Array(memory.memory.buffer, out, n * SAMPLE_ROWS), first)
      }
      return counts.every((n) => {
        for (let first = 0; first < SAMPLE_TOKENS; first += n) if (!holdsFrom(first, n)) return false
        return true
      })
    } finally {
      for (const place of places) memory.release(place)
    }
  }

  #isRight(out: Float32Array, first: number): boolean {
    return out.every((value, i) => {
      const at = (first * SAMPLE_ROWS + i) % this.#expected.length
      return Math.abs(value - this.#expected[at]!) <= this.#allowed[at]!
    })
  }
}

function magnitude(w: Float32Array, row: number, x: Float32Array, token: number, cols: number): number {
  let sum = 0
  for (let i = 0; i < cols; i++) sum += Math.abs(w[row + i]! * x[token + i]!)
  return sum
}
