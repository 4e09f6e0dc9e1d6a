/**
 * Is the mean of bounded values below 0? An answer that holds for every n and every distribution, by betting: the smaller the values,
 * the smaller the p-value, and their order does not matter. For losses of 0 and 1 alone the exact binomial tail (binomial.ts) is
 * tighter; for others this is tighter than the bounds of Hoeffding and Bentkus (testing/hoeffding-bentkus.ts, held beside it in tests).
 */

/**
 * The capital of one who bets that the mean of `x` is below 0: an e-value of "it is 0 or more", so its inverse is a p-value
 * (Waudby-Smith and Ramdas 2024, Estimating means of bounded random variables by betting). Stakes are fixed before a value is seen:
 * the mean over a row of stakes, each double the one before it, of the product of 1 - stake x. `x` must never be above `highest`.
 */
export class Bets {
  readonly #stakes: readonly number[]
  readonly #logs: Float64Array

  /**
   * `deviation`: what the standard deviation of x is expected to be, for the smallest stake; the others are for smaller ones.
   * `count`: how many values will come. `usual`: the p-value that stakes are to do best at. What is asked in the end may be another, but
   * must not choose the stakes: what passes at one level would not always pass at a more lenient one.
   */
  constructor(highest: number, deviation: number, count: number, usual: number) {
    const most = 0.98 / highest
    const first = Math.min(most, Math.sqrt((2 * Math.log(1 / usual)) / Math.max(1, count)) / deviation)
    const stakes: number[] = []
    for (let stake = first; stake < most && stakes.length < 12; stake *= 2) stakes.push(stake)
    this.#stakes = stakes.length === 0 ? [most] : stakes
    this.#logs = new Float64Array(this.#stakes.length)
  }

  /** One more value, or `times` of it. */
  add(x: number, times = 1): void {
    for (let i = 0; i < this.#logs.length; i++) this.#logs[i]! += times * Math.log1p(-this.#stakes[i]! * x)
  }

  /** A value that was added is another one. */
  replace(before: number, after: number): void {
    for (let i = 0; i < this.#logs.length; i++)
      this.#logs[i]! += Math.log1p(-this.#stakes[i]! * after) - Math.log1p(-this.#stakes[i]! * before)
  }

  /** 1 / capital, at most 1: a p-value of "the mean is 0 or more". */
  get pValue(): number {
    const top = Math.max(...this.#logs)
    const sum = this.#logs.reduce((total, log) => total + Math.exp(log - top), 0)
    return Math.min(1, Math.exp(-top) / (sum / this.#logs.length))
  }
}
