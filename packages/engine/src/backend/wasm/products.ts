/**
 * What reads weights: the product of each type and row length, and the rows of tables. Kernels are emitted when they are first
 * needed: a model has two or three types of the sixteen. None is used before it was proven on this host: where one is wrong the
 * next form of dot product is taken, and plain TypeScript where none is right.
 */
import { byteLength, type TensorType } from '../../gguf/types.ts'
import { isBlockType, isSuperBlockType } from '../../quant/blocks.ts'
import type { KernelChoice } from '../backend.ts'
import type { Dot } from './features.ts'
import type { LinearMemory, Scratch } from './memory.ts'
import { multiplyBlocks } from './multiply-blocks.ts'
import { multiplyFloats } from './multiply-floats.ts'
import type { SeveralTokens } from './multiply-several.ts'
import { type OneToken, shapeName } from './tune/one-token.ts'
import { plainProduct } from './tune/plain-product.ts'
import { Proof } from './tune/proof.ts'
import { type Rows, race } from './tune/race.ts'
import { SAMPLE_ROWS } from './tune/sample.ts'
import type { TuneRecord } from './tune/store.ts'
import { type BlockKernels, blockKernels, type KernelHost, type QuantType } from './type-kernels.ts'

export interface Product {
  /** out [n, rows] = x [n, cols] times the transposed rows at `weights`; all are addresses or counts. */
  multiply(weights: number, x: number, out: number, rows: number, n: number): void
  /** Numbers of tokens that between them use all of the kernels that n > 1 tokens use; the same array for the same kernels. */
  batchesLike(n: number): readonly number[]
  /** What it multiplies one token with; undefined where that is no kernel. */
  readonly oneToken: OneToken | undefined
  /** What it multiplies several tokens with, where other matrices can be multiplied beside this one. */
  readonly several?: SeveralTokens
}

/** A matrix [rows, cols] at `weights`, and where its product with one token goes; all but `oneToken` are addresses or counts. */
export interface OneTokenProduct {
  readonly oneToken: OneToken
  readonly weights: number
  readonly out: number
  readonly rows: number
}

export interface ProductHost extends KernelHost {
  readonly memory: LinearMemory
  readonly scratch: Scratch
}

/** Makes the product of a type and row length on a host; tests plant a wrong one. */
export type MakeProduct = (type: TensorType, cols: number, host: ProductHost, products: Products) => Product

/** A type and row length that weights have. */
interface Pair {
  readonly type: TensorType
  readonly cols: number
  /** Of the shapes of the kernel for one token, by `shapeName`, the one to begin with. */
  wanted: string | undefined
  /** What gave wrong results, and the forms of which nothing is used. */
  readonly wrong: string[]
  readonly refused: Dot[]
  /** These are absent until it is first used. */
  proof: Proof | undefined
  proven: Proven | undefined
}

/** Proven for one token. */
interface Proven {
  readonly product: Product
  readonly dot: Dot | undefined
  readonly proof: Proof
  /** Its `batchesLike` that are proven, too. */
  readonly several: Set<readonly number[]>
  gbPerSecond: number | undefined
}

/** The forms of dot product that a host with the first of them has, too, in the order they are tried. */
const forms: Record<Dot, readonly Dot[]> = {
  'relaxed-i32': ['relaxed-i32', 'relaxed-i16', 'simd128'],
  'relaxed-i16': ['relaxed-i16', 'simd128'],
  simd128: ['simd128'],
}

/** Matrices of one kind that take less than this are not worth choosing a shape for: 0.2 ms of reading. */
const WORTH_BYTES = 4e6

/**
 * Times one token's activations at `x`, which are prepared once for all that take them alike; the threads take rows of all
 * matrices in one turn. `oneToken`s are of one row length.
 */
export function multiplyOneToken(
  products: readonly OneTokenProduct[],
  x: number,
  { pool, scratch }: Pick<ProductHost, 'pool' | 'scratch'>,
): void {
  const sizes = new Map(products.map(({ oneToken }) => [oneToken.preparation.kind, oneToken.activationBytes]))
  let free = scratch.at([...sizes.values()].reduce((sum, size) => sum + size, 0))
  const prepared = new Map<unknown, number>()
  const parts = products.map(({ oneToken, weights, out, rows }) => {
    const { kind, prepare } = oneToken.preparation
    let activations = prepared.get(kind)
    if (activations === undefined) {
      activations = prepare(x, free)
      free += oneToken.activationBytes
      prepared.set(kind, activations)
    }
    return oneToken.part(weights, activations, out, rows)
  })
  pool.all(parts)
}

export class Products {
  readonly #host: ProductHost
  readonly #make: MakeProduct
  readonly #pairs: Pair[] = []
  readonly #blocks: Map<string, BlockKernels> = new Map()

  constructor(host: ProductHost, make: MakeProduct = makeProduct) {
    this.#host = host
    this.#make = make
  }

  /** The number of the product for this type and row length. */
  find(type: TensorType, cols: number): number {
    const found = this.#pairs.findIndex((pair) => pair.type === type && pair.cols === cols)
    if (found >= 0) return found
    const nothing = { wanted: undefined, wrong: [], refused: [], proof: undefined, proven: undefined }
    return this.#pairs.push({ type, cols, ...nothing }) - 1
  }

  /** For n tokens. What they use is proven when it is first asked for, which takes a few ms with emitting it. */
  at(number: number, n: number): Product {
    const pair = this.#pairs[number]!
    for (;;) {
      const { product, dot, proof, several } = this.#proven(pair)
      if (n === 1) return product
      const counts = product.batchesLike(n)
      if (several.has(counts)) return product
      if (proof.holds(product, counts, this.#host.memory)) {
        several.add(counts)
        return product
      }
      pair.wrong.push(`${dot}, several tokens`)
      pair.refused.push(dot!)
      pair.proven = undefined
    }
  }

  /**
   * Proves what multiplies `matrices`, by the number of their product, and takes the fastest shapes: those in `record`, or else the
   * winners of a race until `deadline`, which are added to it. Most bytes first; what there was no time for keeps the usual shape.
   * Returns whether `record` is another.
   */
  tune(matrices: ReadonlyMap<number, readonly Rows[]>, record: TuneRecord, deadline: number): boolean {
    let isChanged = false
    const bytesOf = (number: number): number => {
      const { type, cols } = this.#pairs[number]!
      return matrices.get(number)!.reduce((sum, { rows }) => sum + byteLength(type, rows * cols), 0)
    }
    for (const number of [...matrices.keys()].sort((a, b) => bytesOf(b) - bytesOf(a))) {
      const pair = this.#pairs[number]!
      const key = `${pair.type} ${pair.cols}`
      pair.wanted ??= record[key]?.shape
      const proven = this.#proven(pair)
      proven.gbPerSecond ??= record[key]?.gbPerSecond
      const { oneToken } = proven.product
      if (!oneToken || oneToken.shapes.length === 1) continue
      if (proven.gbPerSecond !== undefined || bytesOf(number) < WORTH_BYTES) continue
      const rowBytes = byteLength(pair.type, pair.cols)
      const result = race(oneToken, matrices.get(number)!, rowBytes, this.#host.memory, deadline)
      if (!result) continue
      if (!this.#useFirstRight(proven, pair.wrong, [result.shape, ...oneToken.shapes])) continue
      proven.gbPerSecond = result.gbPerSecond
      record[key] = { shape: shapeName(oneToken.shape), gbPerSecond: result.gbPerSecond }
      isChanged = true
    }
    return isChanged
  }

  /** What is in use by now. */
  choices(): KernelChoice[] {
    return this.#pairs.flatMap(({ type, cols, wrong, proven }) => {
      if (!proven) return []
      const { product, dot, gbPerSecond } = proven
      const shape = product.oneToken && shapeName(product.oneToken.shape)
      return { type, cols, dot, shape, gbPerSecond, provenRows: SAMPLE_ROWS, wrong }
    })
  }

  blockKernels(type: QuantType, host: ProductHost): BlockKernels {
    return remembered(this.#blocks, `${type} ${host.dot}`, () => blockKernels(type, host))
  }

  #proven(pair: Pair): Proven {
    pair.proven ??= this.#prove(pair)
    return pair.proven
  }

  #prove(pair: Pair): Proven {
    const { type, cols, wanted, wrong, refused } = pair
    const proof = (pair.proof ??= new Proof(type, cols))
    const proven = { proof, several: new Set<readonly number[]>(), gbPerSecond: undefined }
    for (const dot of forms[this.#host.dot].filter((form) => !refused.includes(form))) {
      const product = this.#make(type, cols, { ...this.#host, dot }, this)
      const shapes = product.oneToken?.shapes ?? []
      const first = shapes.find((shape) => shapeName(shape) === wanted)
      const ofForm = { ...proven, product, dot }
      if (this.#useFirstRight(ofForm, wrong, first ? [first, ...shapes] : shapes)) return ofForm
      refused.push(dot)
    }
    console.warn(
      `edgewise: no kernel for ${type} rows of ${cols} gives right results on this host (${wrong.join('; ')} are wrong): ` +
        'they are multiplied in plain TypeScript, which is slow; a newer browser or Node may have right ones',
    )
    return { ...proven, product: plainProduct(type, cols, this.#host.memory), dot: undefined }
  }

  /** Takes the first of `shapes` that is right for one token; true as well where there are none to choose from. */
  #useFirstRight(
    { product, dot, proof }: Proven,
    wrong: string[],
    shapes: readonly OneToken['shape'][],
  ): boolean {
    const { oneToken } = product
    if (!oneToken) return true
    return shapes.some((shape) => {
      const name = `${dot}, ${shapeName(shape)}`
      if (wrong.includes(name)) return false
      oneToken.use(shape)
      const isRight = proof.holds(product, [1], this.#host.memory)
      if (!isRight) wrong.push(name)
      return isRight
    })
  }
}

/** The right one. */
export function makeProduct(type: TensorType, cols: number, host: ProductHost, products: Products): Product {
  if (isBlockType(type) || isSuperBlockType(type)) {
    return multiplyBlocks(products.blockKernels(type, host), cols, host)
  }
  return multiplyFloats(type, cols, host)
}

function remembered<Value>(made: Map<string, Value>, key: string, make: () => Value): Value {
  const found = made.get(key)
  if (found) return found
  const value = make()
  made.set(key, value)
  return value
}
