/**
 * Do values still come from where the earlier ones came from? A conformal test martingale (Vovk, Gammerman, Shafer 2005): the rank of
 * each value among all before it, ties broken by chance, is uniform while their order means nothing; bets on ranks that are too high,
 * too low, too central or too far out make money otherwise. Exact for every distribution, and may be looked at at any time.
 */
import { seededRandom } from '../statistics/random.ts'
import { Capital } from './capital.ts'

/** On the first two Legendre polynomials over [0, 1], whose means are 0: location, and spread. */
const SIZES = [0.3, 0.6, 0.9]
const BETS = SIZES.flatMap((size) => [
  (rank: number): number => 1 + size * (2 * rank - 1),
  (rank: number): number => 1 - size * (2 * rank - 1),
  (rank: number): number => 1 + size * (6 * rank * (rank - 1) + 1),
  (rank: number): number => 1 - size * (6 * rank * (rank - 1) + 1),
])

export class Exchangeability {
  readonly #capital: Capital = new Capital(BETS.length)
  readonly #random: () => number
  /** Distinct values in ascending order, and how often each was there. */
  readonly #values: number[] = []
  readonly #counts: number[] = []
  #total = 0

  /** `before`: values that were there already, ascending, with their counts. */
  constructor(before: readonly (readonly [value: number, count: number])[], seed: number) {
    this.#random = seededRandom(seed)
    for (const [value, count] of before) {
      this.#values.push(value)
      this.#counts.push(count)
      this.#total += count
    }
  }

  /** Of values added. */
  get seen(): number {
    return this.#capital.seen
  }

  /** At least 1 / p with probability at most p while nothing has changed. */
  get evidence(): number {
    return this.#capital.value
  }

  add(value: number): void {
    const at = this.#place(value)
    let below = 0
    for (let i = 0; i < at; i++) below += this.#counts[i]!
    const equal = ++this.#counts[at]!
    this.#total++
    const rank = (below + this.#random() * equal) / this.#total
    this.#capital.add(BETS.map((bet) => bet(rank)))
  }

  /** Where the value stands among the distinct ones, made room for. */
  #place(value: number): number {
    let low = 0
    let high = this.#values.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#values[middle]! < value) low = middle + 1
      else high = middle
    }
    if (this.#values[low] !== value) {
      this.#values.splice(low, 0, value)
      this.#counts.splice(low, 0, 0)
    }
    return low
  }
}
