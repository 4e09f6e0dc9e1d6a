/**
 * The product of one type and row length that is in use on this host. What of it so many tokens use is proven before they do:
 * where a form of dot product is wrong the next is taken, and plain TypeScript where none is right. All forms give the same bits,
 * so a race may choose among them for one token, where reading counts; for several, where arithmetic does, the first is best.
 */
import { byteLength, type TensorType, tensorTypes } from '../../../gguf/types.ts'
import type { KernelChoice } from '../../backend.ts'
import type { Dot } from '../features.ts'
import type { LinearMemory } from '../memory.ts'
import type { Product } from '../products.ts'
import { plainProduct } from './plain-product.ts'
import { Proof } from './proof.ts'
import { type Rows, race, raceMs } from './race.ts'
import { SAMPLE_ROWS } from './sample.ts'

/** Matrices that together take less than this are not worth a race: 0.2 ms of reading. */
const WORTH_BYTES = 4e6

interface Current {
  readonly product: Product
  /** Absent of plain TypeScript. */
  readonly dot: Dot | undefined
}

export class ProvenProduct {
  readonly type: TensorType
  readonly cols: number
  readonly #memory: LinearMemory
  readonly #make: (dot: Dot) => Product
  /** The forms to choose from, in the order they are tried; a wrong one leaves. */
  #forms: readonly Dot[]
  readonly #made: Map<Dot, Product> = new Map()
  readonly #wrong: string[] = []
  #proof: Proof | undefined
  /** Proven for one token; absent until it is first used. */
  #current: Current | undefined
  /** What multiplies one token instead, as it is faster; proven, too. */
  #faster: Current | undefined
  /** Its `batchesLike` that are proven, too. */
  readonly #several: Set<readonly number[]> = new Set()
  #gbPerSecond: number | undefined

  constructor(
    type: TensorType,
    cols: number,
    forms: readonly Dot[],
    memory: LinearMemory,
    make: (dot: Dot) => Product,
  ) {
    this.type = type
    this.cols = cols
    this.#forms = forms
    this.#memory = memory
    this.#make = make
  }

  /** What multiplies n tokens. Proving it takes a few ms at first, with emitting it. */
  for(n: number): Product {
    if (n === 1 && this.#faster) return this.#faster.product
    for (;;) {
      this.#current ??= this.#firstRight()
      const { product, dot } = this.#current
      if (n === 1 || dot === undefined) return product
      const counts = product.batchesLike(n)
      if (this.#several.has(counts)) return product
      if (this.#holds(product, counts)) {
        this.#several.add(counts)
        return product
      }
      this.#refuse(dot, `${dot}, several tokens`)
    }
  }

  /** Takes this form, which won a race earlier, for one token, if the host has it and it is right. */
  prefer(dot: string, gbPerSecond: number): void {
    const form = this.#forms.find((one) => one === dot)
    if (this.#gbPerSecond !== undefined || !form) return
    const product = this.#of(form)
    if (!this.#isRight(product, form)) return
    const known = { product, dot: form }
    if (form === this.#forms[0]) this.#current = known
    else this.#faster = known
    this.#gbPerSecond = gbPerSecond
  }

  /**
   * Lets the first two forms race on `matrices`, if that can be over at `deadline` of `performance.now()`, and takes the winner for one
   * token. What it is, or undefined where there was no race.
   */
  choose(matrices: readonly Rows[], deadline: number): { dot: Dot; gbPerSecond: number } | undefined {
    const { type, cols } = this
    this.for(1)
    // Known already, or no kernel at all.
    if (this.#gbPerSecond !== undefined || !this.#current?.dot) return undefined
    const { product, dot } = this.#current
    const bytes = matrices.reduce((sum, { rows }) => sum + byteLength(type, rows * cols), 0)
    const rivalForm = this.#forms.find((form) => form !== dot)
    // Products of floats are the same in the first two forms.
    const isWorth = tensorTypes[type].block > 1 && bytes >= WORTH_BYTES
    if (!product.oneToken || !rivalForm || !isWorth) return undefined
    if (performance.now() + raceMs(2) > deadline) return undefined
    const rival = this.#of(rivalForm)
    if (!rival.oneToken || !this.#isRight(rival, rivalForm)) return undefined
    const rowBytes = byteLength(type, cols)
    const { winner, gbPerSecond } = race([product.oneToken, rival.oneToken], matrices, rowBytes, this.#memory)
    const won = winner === 1 ? { product: rival, dot: rivalForm } : { product, dot }
    // Once more, as hosts compile a kernel anew when it has run for a while.
    if (!this.#isRight(won.product, won.dot)) return undefined
    if (winner === 1) this.#faster = won
    this.#gbPerSecond = gbPerSecond
    return { dot: won.dot, gbPerSecond }
  }

  /** Absent until it is first used. */
  get choice(): KernelChoice | undefined {
    const current = this.#faster ?? this.#current
    if (!current) return undefined
    const { dot } = current
    return {
      type: this.type,
      cols: this.cols,
      dot,
      gbPerSecond: this.#gbPerSecond,
      provenRows: SAMPLE_ROWS,
      wrong: this.#wrong,
    }
  }

  #firstRight(): Current {
    for (const dot of this.#forms) {
      const product = this.#of(dot)
      if (this.#isRight(product, dot)) return { product, dot }
    }
    console.warn(
      `edgewise: no kernel for ${this.type} rows of ${this.cols} gives right results on this host (${this.#wrong.join('; ')} are ` +
        'wrong): they are multiplied in plain TypeScript, which is slow; a newer browser or Node may have right ones',
    )
    return { product: plainProduct(this.type, this.cols, this.#memory), dot: undefined }
  }

  /** For one token; a form that is not leaves. */
  #isRight(product: Product, dot: Dot): boolean {
    if (this.#holds(product, [1])) return true
    this.#refuse(dot, dot)
    return false
  }

  #refuse(dot: Dot, what: string): void {
    this.#wrong.push(what)
    this.#forms = this.#forms.filter((form) => form !== dot)
    if (this.#faster?.dot === dot) this.#faster = undefined
    if (this.#current?.dot === dot) this.#current = undefined
    this.#several.clear()
    this.#gbPerSecond = undefined
  }

  #holds(product: Product, counts: readonly number[]): boolean {
    this.#proof ??= new Proof(this.type, this.cols)
    return this.#proof.holds(product, counts, this.#memory)
  }

  #of(dot: Dot): Product {
    const found = this.#made.get(dot)
    if (found) return found
    const product = this.#make(dot)
    this.#made.set(dot, product)
    return product
  }
}
