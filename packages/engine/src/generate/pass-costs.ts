/**
 * What a pass over the weights costs by the number of its tokens, as seen on this host: measured, smoothed, and guessed
 * where nothing was seen. And the account that keeps drafts from costing more than a small part of plain decoding.
 * A pure function of the numbers it is told; times are in milliseconds, costs in passes of one token.
 */
import type { Model } from '../model/model.ts'

/** Tokens of a pass at most. Longer ones paid only where nearly all of a draft holds, and keep the host waiting. */
export const LONGEST_PASS = 16

/** What a further token in a pass is taken to cost before any was measured. */
const ASSUMED_STEP = 0.25
/** Times of a size that are needed before it is believed: the first ones hold the compiler's work. */
const ENOUGH = 3
/** Passes after which a time counts no more. */
const STALE = 256
/** Passes after which a single token's time is measured again: everything is in its unit. */
const SINGLE_STALE = 48
/** What drafts may cost beyond what they gain: so much at once, in passes of one token, and so much of every pass. */
const ALLOWANCE = 1
const ALLOWED = 0.02
/** What is gained may be risked again, up to so much. */
const MOST_CREDIT = 8
/** The clock of a page may have steps of 0.1 ms. */
const LEAST_MS = 0.02

export class PassCosts {
  #passes = 0
  readonly #single = new Estimate()
  /** By tokens of the pass: its time over that of a pass of one. */
  readonly #ratios = Array.from({ length: LONGEST_PASS + 1 }, () => new Estimate())
  #credit = ALLOWANCE

  /** Whether the time of one token is known well enough to compare with. */
  get isReady(): boolean {
    return this.#single.seen >= ENOUGH && this.#passes - this.#single.at < SINGLE_STALE
  }

  /** Passes of one token that drafts may cost now when all of them are wrong. */
  get credit(): number {
    return this.#credit
  }

  /** A pass of `tokens` took `ms`. */
  measured(tokens: number, ms: number): void {
    this.#passes++
    if (tokens === 1) this.#single.add(Math.max(ms, LEAST_MS), this.#passes)
    else if (tokens <= LONGEST_PASS && this.#single.seen > 0) {
      this.#ratios[tokens]!.add(Math.max(ms, LEAST_MS) / this.#single.value, this.#passes)
    }
  }

  /** `ms` as passes of one token. */
  inPasses(ms: number): number {
    return this.#single.seen > 0 ? ms / this.#single.value : 0
  }

  /** The account: what a pass gained or lost against plain decoding, in passes of one token. */
  settle(gain: number): void {
    const allowed = this.#credit < ALLOWANCE ? Math.min(ALLOWANCE, this.#credit + ALLOWED) : this.#credit
    this.#credit = Math.min(MOST_CREDIT, Math.max(-MOST_CREDIT, allowed + gain))
  }

  /** The cost of a pass of `tokens` (1 to LONGEST_PASS), in passes of one. */
  of(tokens: number): number {
    if (this.#isKnown(tokens)) return tokens === 1 ? 1 : this.#ratios[tokens]!.value
    let below = tokens - 1
    while (!this.#isKnown(below)) below--
    let above = tokens + 1
    while (above <= LONGEST_PASS && !this.#isKnown(above)) above++
    const low = this.of(below)
    const seen = below === 1 ? ASSUMED_STEP : Math.max(0, low - 1) / (below - 1)
    const step = above <= LONGEST_PASS ? (this.of(above) - low) / (above - below) : seen
    const assumed = low + step * (tokens - below)
    const { seen: times, value } = this.#ratios[tokens]!
    return times > 0 ? Math.min(assumed, value) : assumed
  }

  /**
   * What a pass of `tokens` that took `ms` counts for: where its cost is known, that, as a slow moment of the host is not the
   * draft's fault; else what it was, up to what its tokens one by one would cost.
   */
  spent(tokens: number, ms: number): number {
    return this.#isKnown(tokens) ? this.of(tokens) : Math.min(tokens, this.inPasses(ms))
  }

  #isKnown(tokens: number): boolean {
    if (tokens === 1) return true
    const { seen, at } = this.#ratios[tokens]!
    return seen >= ENOUGH && this.#passes - at < STALE
  }
}

/** The least of the first ENOUGH values, then a mean that moves a quarter of the way, and no value moves it far. */
export class Estimate {
  value = 0
  seen = 0
  /** When the last value came, on the caller's clock. */
  at = 0

  add(value: number, at = 0): void {
    this.at = at
    if (this.seen++ === 0) this.value = value
    else if (this.seen <= ENOUGH) this.value = Math.min(this.value, value)
    else this.value *= 1 + 0.25 * Math.min(0.5, Math.max(-0.5, value / this.value - 1))
  }
}

const known = new WeakMap<Model, PassCosts>()

/** Those of a model: they are the host's and the file's, so that all its sessions share them. */
export function passCostsOf(model: Model): PassCosts {
  const costs = known.get(model) ?? new PassCosts()
  known.set(model, costs)
  return costs
}
