/** AdamW over what is trained, with the gradient clipped to a length. Moments and weights are in the room; nothing here depends on threads. */
import { type ChunkArg, COUNT, perItem } from '@edgewise/engine/wasm'
import { BLOCK } from '../kernels/adam.ts'
import type { Room } from '../kernels/room.ts'
import type { Arena } from './weights.ts'

const BETA1 = 0.9
const BETA2 = 0.98
const EPSILON = 1e-8
/** Of matrices; gains do not decay. */
const DECAY = 0.05
/** What longer gradients are brought to. */
export const LONGEST = 1

export class Optimizer {
  readonly #room: Room
  readonly #arena: Arena
  readonly #m: number
  readonly #v: number
  readonly #sums: number

  constructor(room: Room, arena: Arena) {
    this.#room = room
    this.#arena = arena
    this.#m = room.place(arena.size)
    this.#v = room.place(arena.size)
    this.#sums = room.place(arena.size / BLOCK)
  }

  /** What must be kept to go on: values and both moments, [size] each; views, until memory grows. */
  get state(): readonly Float32Array<ArrayBuffer>[] {
    return [this.#arena.values, this.#m, this.#v].map((at) => this.#room.floats(at, this.#arena.size))
  }

  /** Before the gradients of a step are added up. */
  clear(): void {
    const { pool, kernels } = this.#room
    pool.each(this.#arena.size / 4, 16_384, [
      { kernel: kernels.zero, args: [perItem(this.#arena.gradients, 16), COUNT] },
    ])
  }

  /** Length of the gradient. */
  length(): number {
    const { pool, kernels } = this.#room
    const blocks = this.#arena.size / BLOCK
    pool.each(blocks, 16, [
      {
        kernel: kernels.squares,
        args: [perItem(this.#sums, 4), perItem(this.#arena.gradients, 4 * BLOCK), COUNT],
      },
    ])
    return Math.sqrt(this.#room.floats(this.#sums, blocks).reduce((sum, part) => sum + part, 0))
  }

  /** Step number `step` (from 1), with the gradient times `clip`. */
  update(step: number, rate: number, clip: number): void {
    const { matrices, size } = this.#arena
    this.#part(0, matrices, DECAY, step, rate, clip)
    this.#part(matrices, size - matrices, 0, step, rate, clip)
  }

  #part(first: number, count: number, decay: number, step: number, rate: number, clip: number): void {
    const { pool, kernels } = this.#room
    const from = (base: number): ChunkArg => perItem(base + 4 * first, 16)
    pool.each(count / 4, 4096, [
      {
        kernel: kernels.adam,
        args: [
          ...[from(this.#arena.values), from(this.#arena.gradients), from(this.#m), from(this.#v), COUNT],
          ...[
            clip,
            BETA1,
            BETA2,
            1 - rate * decay,
            rate / (1 - BETA1 ** step),
            1 / Math.sqrt(1 - BETA2 ** step),
            EPSILON,
          ],
        ],
      },
    ])
  }
}
