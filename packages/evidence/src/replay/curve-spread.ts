/**
 * How far the figures of a curve could be from those of all the calls there will ever be: a bootstrap over the items, or over a sample
 * of 65,536 of them (retained.ts), in at most 2,048 blocks.
 */
import { type Interval, percentiles } from '../statistics/bootstrap.ts'
import { seededRandom } from '../statistics/random.ts'
import { Retained } from './retained.ts'
import { areaOf, rankOf, type SortedSums } from './signal-groups.ts'

const BLOCKS = 2048
const DRAWS = 1000

export class CurveSpread {
  /** Signal, device, cloud, dollars. */
  readonly #items = new Retained(4)

  add(id: string, value: number, device: number, cloud: number, usd: number | null): void {
    this.#items.add(id, [value, device, cloud, usd ?? 0])
  }

  /** Of AUROC and area; null where they are no number. */
  intervals(
    costBy: 'usd' | 'calls',
    { seed, confidence }: { readonly seed: number; readonly confidence: number },
  ): readonly [Interval | null, Interval | null] {
    const { count } = this.#items
    const order = Uint32Array.from({ length: count }, (_, row) => row)
    order.sort((a, b) => this.#items.at(a, 0) - this.#items.at(b, 0) || a - b)
    const sums = this.#sums(order, costBy)
    const blocks = Math.min(count, BLOCKS)
    const drawn = [new Float64Array(DRAWS), new Float64Array(DRAWS)] as const
    const random = seededRandom(seed)
    const times = new Float64Array(blocks)
    const weights = new Float64Array(count)
    for (let draw = 0; draw < DRAWS; draw++) {
      times.fill(0)
      for (let i = 0; i < blocks; i++) times[Math.floor(random() * blocks)]! += 1
      for (let i = 0; i < count; i++) weights[i] = times[order[i]! % BLOCKS]!
      drawn[0][draw] = rankOf(sums, weights)
      drawn[1][draw] = areaOf(sums, weights)
    }
    const [rank, area] = drawn.map((draws) =>
      draws.some(Number.isFinite) ? percentiles(draws, confidence) : null,
    )
    return [rank!, area!]
  }

  #sums(order: Uint32Array, costBy: 'usd' | 'calls'): SortedSums {
    const column = (index: number): Float64Array =>
      Float64Array.from(order, (row) => this.#items.at(row, index))
    const [value, device, cloud] = [column(0), column(1), column(2)]
    const cost = costBy === 'usd' ? column(3) : new Float64Array(order.length).fill(1)
    return {
      value,
      items: new Float64Array(order.length).fill(1),
      device,
      cloud,
      worse: device.map((score, i) => Math.max(0, cloud[i]! - score)),
      cost,
      worseCost: cost.map((one, i) => (cloud[i]! > device[i]! ? one : 0)),
    }
  }
}
