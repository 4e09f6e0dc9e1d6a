/**
 * Confidence intervals by the bootstrap (Efron 1979), in constant memory: items are summed up in at most `BLOCKS` blocks, one item
 * each while there are no more, and blocks are drawn with replacement. For figures that are functions of sums (means, ratios of means).
 */
import { seededRandom } from './random.ts'

export interface Interval {
  readonly low: number
  readonly high: number
}

export interface Estimate extends Interval {
  readonly value: number
}

const BLOCKS = 2048
const DRAWS = 1000

/** Sums of `width` columns. */
export class BlockSums {
  readonly width: number
  /** `[BLOCKS, width]` */
  readonly #sums: Float64Array
  #items = 0

  constructor(width: number) {
    this.width = width
    this.#sums = new Float64Array(BLOCKS * width)
  }

  get items(): number {
    return this.#items
  }

  /** Adds an item: one number a column. Items go round the blocks, so each block holds items of the whole time. */
  add(values: readonly number[]): void {
    const at = (this.#items++ % BLOCKS) * this.width
    for (let i = 0; i < this.width; i++) this.#sums[at + i]! += values[i]!
  }

  /** The sums of all items. */
  total(): Float64Array {
    const total = new Float64Array(this.width)
    for (let i = 0; i < this.#sums.length; i++) total[i % this.width]! += this.#sums[i]!
    return total
  }

  /**
   * For each figure of `figures(sums)` its value and the interval between the percentiles of `1 - confidence`, over 1,000 draws of
   * the blocks. A figure that is not finite for the sums themselves comes back as null.
   */
  estimates(
    figures: (sums: Float64Array) => readonly number[],
    { confidence = 0.95, seed = 1 }: { readonly confidence?: number; readonly seed?: number } = {},
  ): (Estimate | null)[] {
    const values = figures(this.total())
    const blocks = Math.min(this.#items, BLOCKS)
    const drawn = values.map(() => new Float64Array(DRAWS))
    const random = seededRandom(seed)
    const sums = new Float64Array(this.width)
    for (let draw = 0; draw < DRAWS; draw++) {
      sums.fill(0)
      for (let i = 0; i < blocks; i++) {
        const at = Math.floor(random() * blocks) * this.width
        for (let j = 0; j < this.width; j++) sums[j]! += this.#sums[at + j]!
      }
      const again = figures(sums)
      for (let f = 0; f < values.length; f++) drawn[f]![draw] = again[f]!
    }
    return values.map((value, f) =>
      Number.isFinite(value) ? { value, ...percentiles(drawn[f]!, confidence) } : null,
    )
  }
}

/** Draws that are no number (an empty denominator) say nothing and are left out. */
export function percentiles(draws: Float64Array, confidence: number): Interval {
  const sorted = draws.filter(Number.isFinite).sort()
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!
  return { low: at((1 - confidence) / 2), high: at((1 + confidence) / 2) }
}
