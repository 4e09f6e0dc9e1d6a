/**
 * A test that may be looked at after every observation: the money of one who bets against "nothing has changed". Ville's inequality
 * (1939): while nothing has, money that began as 1 ever reaches 1 / p with probability at most p, however long one watches. Every
 * `PERIOD` observations a share of what is still in the purse goes on fresh bets, so that a change is noticed that comes late.
 */
const PERIOD = 50

export class Capital {
  /** What lies on each bet. */
  readonly #staked: Float64Array
  #purse = 1
  #seen = 0

  constructor(bets: number) {
    this.#staked = new Float64Array(bets)
  }

  /** Observations so far. */
  get seen(): number {
    return this.#seen
  }

  get value(): number {
    return this.#staked.reduce((sum, stake) => sum + stake, this.#purse)
  }

  /** `factors`: what each bet makes of a unit, 0 or more, with a mean of at most 1 while nothing has changed. */
  add(factors: readonly number[]): void {
    if (this.#seen++ % PERIOD === 0) {
      const round = Math.floor(this.#seen / PERIOD) + 1
      // Of the first purse 1/2, then 1/6, 1/12, ...: 1 / (j (j + 1)) adds up to 1.
      const share = 1 / (round * (round + 1))
      this.#purse = Math.max(0, this.#purse - share)
      for (let i = 0; i < this.#staked.length; i++) this.#staked[i]! += share / this.#staked.length
    }
    for (let i = 0; i < this.#staked.length; i++) this.#staked[i]! *= factors[i]!
  }
}
