/** Keys and values of one layer in the reference backend: as f32 that f16 can hold. */
import { DisposedError } from '../../errors.ts'
import { readHalf, roundToHalf, writeHalf } from '../../quant/half.ts'
import type { LayerCache } from '../backend.ts'
import { storedPositions } from '../check-positions.ts'
import { allocate } from './allocate.ts'

/** What the cache keeps of a number. */
export function cachedNumber(value: number): number {
  return Math.abs(value) < 2 ** -14 ? 0 : roundToHalf(value)
}

interface Numbers {
  /** [positions, kvHeads, headDim] */
  readonly keys: Float32Array
  /** [positions, kvHeads, headDim] */
  readonly values: Float32Array
}

export class ReferenceLayerCache implements LayerCache {
  readonly positions: number
  readonly #kvHeads: number
  readonly #headDim: number
  /** Absent after `free`. */
  #numbers: Numbers | undefined
  constructor(positions: number, kvHeads: number, headDim: number) {
    this.positions = positions
    this.#kvHeads = kvHeads
    this.#headDim = headDim
    const length = positions * kvHeads * headDim
    const make = (): Float32Array => new Float32Array(length)
    this.#numbers = allocate(() => ({ keys: make(), values: make() }), 8 * length)
  }

  get numbers(): Numbers {
    if (!this.#numbers) throw new DisposedError('layer cache')
    return this.#numbers
  }

  read(from: number, to: number, into: Uint8Array): void {
    this.#walk(from, to - from, into, (numbers, at, place) => {
      writeHalf(into, place, numbers[at]!)
    })
  }

  write(at: number, bytes: Uint8Array, count: number): void {
    this.#walk(at, count, bytes, (numbers, number, place) => {
      numbers[number] = cachedNumber(readHalf(bytes, place))
    })
  }

  free(): void {
    this.#numbers = undefined
  }

  /** Calls `visit` with each number of `count` positions from `first` on, and its place in `bytes`. */
  #walk(
    first: number,
    count: number,
    bytes: Uint8Array,
    visit: (numbers: Float32Array, at: number, place: number) => void,
  ): void {
    const { keys, values } = this.numbers
    const [kvHeads, headDim] = [this.#kvHeads, this.#headDim]
    const stored = storedPositions(this.positions, first, count, bytes.length, 4 * kvHeads * headDim)
    for (const [part, numbers] of [keys, values].entries()) {
      for (let head = 0; head < kvHeads; head++) {
        for (let i = 0; i < count; i++) {
          const row = (first + i) * kvHeads + head
          const place = (part * kvHeads + head) * stored + i
          for (let d = 0; d < headDim; d++) visit(numbers, row * headDim + d, 2 * (place * headDim + d))
        }
      }
    }
  }
}
