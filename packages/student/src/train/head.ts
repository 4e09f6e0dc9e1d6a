/**
 * The head and the loss: logits of the rows that count, a block of rows at a time so that they stay near, and their gradients made on the
 * way. loss = sum of weight * (-sum over tokens of p ln q), p being 1 for the token that comes or what a teacher expects.
 */
import { COUNT, perItem } from '@edgewise/engine/wasm'
import type { Matrix, Packed } from '../kernels/multiply.ts'
import { packedFloats } from '../kernels/pack.ts'
import type { Room } from '../kernels/room.ts'
import { COLS } from '../kernels/tile.ts'
import type { Target } from './batches.ts'
import type { Linear } from './linear.ts'

/** Rows of a block: two tickets of a product, and a few megabytes of logits. */
const ROWS = 192
const ROW_GRAIN = 8

export class Head {
  readonly #room: Room
  readonly #head: Linear
  readonly #vocab: number
  readonly #isTrained: boolean
  /** [ROWS, dim] states that count, and what comes back to them. */
  readonly #states: Matrix
  readonly #dStates: Matrix
  /** [ROWS, vocab], rows padded to whole panels */
  readonly #logits: Matrix
  readonly #numbers: number
  readonly #parts: number
  readonly #stats: number
  /** The head for logits, for their gradients, and a block of states for its own. */
  readonly #packed: readonly [number, number, number]

  constructor(room: Room, head: Linear, vocab: number, tokens: number, isTrained: boolean) {
    const dim = head.cols
    this.#room = room
    this.#head = head
    this.#vocab = vocab
    this.#isTrained = isTrained
    const rows = Math.min(ROWS, tokens)
    this.#states = room.matrix(rows, dim)
    this.#dStates = room.matrix(rows, dim)
    this.#logits = room.matrix(rows, COLS * Math.ceil(vocab / COLS))
    this.#numbers = room.place(rows)
    this.#parts = room.place(rows)
    this.#stats = room.place(2 * rows)
    this.#packed = [
      room.place(packedFloats(vocab, dim)),
      room.place(isTrained ? packedFloats(dim, vocab) : 0),
      room.place(packedFloats(dim, rows)),
    ]
  }

  /**
   * Loss of the targets, each weight times `factor`, and where the network is trained the gradient: of the head, added to, and of the
   * states, written to dx [n, dim]. `states` are [n, dim].
   */
  loss(
    states: Matrix,
    targets: readonly Target[],
    factor: number,
    n: number,
    dx: Matrix | undefined,
  ): number {
    const { products, pool, kernels } = this.#room
    const dim = this.#head.cols
    const vocab = this.#vocab
    const forLogits = products.packTransposed(this.#packed[0], this.#head.weight, vocab, dim)
    const forStates = this.#isTrained
      ? products.pack(this.#packed[1], this.#head.weight, dim, vocab)
      : undefined
    if (dx) pool.each((n * dim) / 4, 16_384, [{ kernel: kernels.zero, args: [perItem(dx.at, 16), COUNT] }])
    let loss = 0
    for (let first = 0; first < targets.length; first += ROWS) {
      const block = targets.slice(first, first + ROWS)
      this.#logitsOf(
        states,
        block.map(({ row }) => row),
        forLogits,
      )
      loss += this.#softmax(block, factor)
      if (forStates && dx) this.#back(block.length, forStates, dx)
    }
    return loss
  }

  /** [rows.length, vocab] of at most ROWS states; a view until memory grows or the next block. */
  logits(states: Matrix, rows: readonly number[]): Float32Array[] {
    const { products } = this.#room
    this.#logitsOf(
      states,
      rows,
      products.packTransposed(this.#packed[0], this.#head.weight, this.#vocab, this.#head.cols),
    )
    return rows.map((_, i) => this.#room.floats(this.#logits.at + 4 * i * this.#logits.ld, this.#vocab))
  }

  #logitsOf(states: Matrix, rows: readonly number[], forLogits: Packed): void {
    const { products, pool, kernels } = this.#room
    const dim = this.#head.cols
    this.#room.ints(this.#numbers, rows.length).set(rows)
    pool.each(rows.length, ROW_GRAIN, [
      {
        kernel: kernels.gather,
        args: [perItem(this.#states.at, 4 * dim), states.at, perItem(this.#numbers, 4), COUNT, dim],
      },
    ])
    products.multiply(this.#logits, this.#states, { ...forLogits, n: this.#logits.ld }, rows.length, false)
  }

  /** Logits to their gradients, and the loss. */
  #softmax(block: readonly Target[], factor: number): number {
    const { pool, kernels } = this.#room
    const { at, ld } = this.#logits
    const n = block.length
    const logits = this.#room.floats(at, n * ld)
    const parts = this.#room.floats(this.#parts, n)
    const tokens = block.map(({ id, teacher }) => teacher ?? { ids: [id], probabilities: [1] })
    // What is expected of the logits; the gradient takes their place.
    const expected = tokens.map(({ ids, probabilities }, i) =>
      ids.reduce((sum, id, j) => sum + probabilities[j]! * logits[i * ld + id]!, 0),
    )
    const masses = tokens.map(({ probabilities }) => probabilities.reduce((sum, p) => sum + p, 0))
    for (const [i, { weight }] of block.entries()) parts[i] = factor * weight * masses[i]!
    pool.each(n, ROW_GRAIN, [
      {
        kernel: kernels.lossRows,
        args: [
          perItem(at, 4 * ld),
          4 * ld,
          perItem(this.#stats, 8),
          perItem(this.#parts, 4),
          COUNT,
          this.#vocab,
          ld / 4,
        ],
      },
    ])
    const stats = this.#room.floats(this.#stats, 2 * n)
    let loss = 0
    for (const [i, { weight }] of block.entries()) {
      const { ids, probabilities } = tokens[i]!
      loss += factor * weight * (masses[i]! * (stats[2 * i]! + Math.log(stats[2 * i + 1]!)) - expected[i]!)
      for (const [j, id] of ids.entries()) {
        logits[i * ld + id] = logits[i * ld + id]! - factor * weight * probabilities[j]!
      }
    }
    return loss
  }

  #back(rows: number, forStates: Packed, dx: Matrix): void {
    const { products, pool, kernels } = this.#room
    const dim = this.#head.cols
    products.multiply(this.#dStates, this.#logits, forStates, rows, false)
    pool.each(dim / 4, 8, [
      {
        kernel: kernels.scatter,
        args: [perItem(dx.at, 16), perItem(this.#dStates.at, 16), this.#numbers, rows, 4 * dim, COUNT],
      },
    ])
    const { gradient } = this.#head
    if (gradient)
      products.addTransposed(
        gradient,
        this.#logits,
        products.pack(this.#packed[2], this.#states, dim, rows),
        this.#vocab,
      )
  }
}
