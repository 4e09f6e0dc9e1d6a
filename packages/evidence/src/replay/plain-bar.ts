/**
 * The plain baseline of every router: a bar on the mean log-probability of the device's answer, the lowest whose cost is not above the
 * policy's. It is found on the very items it is measured on, which flatters it, not the policy.
 */

import { LogHistogram } from '../statistics/log-histogram.ts'
import { FIGURES, figuresOf, strategyOf } from './figures.ts'
import type { Strategy } from './result.ts'
import { Retained } from './retained.ts'
import { type Facts, Tally, type Way } from './tally.ts'

/** Floating-point sums in another order are off by less. */
const SLACK = 1e-9

const COLUMNS = 10

export class PlainBar {
  readonly #items = new Retained(COLUMNS)

  /** `signal`: NaN where the item has none. */
  add(id: string, signal: number, facts: Facts, policy: Way): void {
    const place = policy.place === 'device' ? 1 : policy.place === 'cloud' ? 2 : 0
    this.#items.add(id, [
      signal,
      facts.device,
      facts.cloud,
      facts.usd,
      facts.deviceMs,
      facts.cloudMs,
      place,
      policy.askedDevice ? 1 : 0,
      policy.askedCloud ? 1 : 0,
      policy.ms,
    ])
  }

  /** How many items the bar was found on, when that is not all of them; null when it is. */
  get sampled(): number | null {
    return this.#items.isSample ? this.#items.count : null
  }

  /** null when no item has the signal, or even the lowest bar costs more than the policy. */
  strategy(
    name: string,
    billBy: 'usd' | 'calls',
    options: { readonly confidence: number; readonly seed: number },
  ): Strategy | null {
    const threshold = this.#threshold(billBy)
    if (threshold === null) return null
    const tally = new Tally(2)
    const histogram = new LogHistogram()
    for (let row = 0; row < this.#items.count; row++) {
      const facts = this.#facts(row)
      const stays = this.#items.at(row, 0) >= threshold
      const way: Way = {
        place: stays ? 'device' : 'cloud',
        askedDevice: true,
        askedCloud: !stays,
        ms: stays ? facts.deviceMs : facts.deviceMs + facts.cloudMs,
      }
      histogram.add(way.ms)
      tally.add(facts, [way, this.#policy(row)])
    }
    const estimates = tally.estimates(
      (items, [way, policy]) => figuresOf(items, way!, policy!, billBy).slice(0, FIGURES),
      options,
    )
    const { confidence } = options
    return strategyOf(estimates, 0, {
      name,
      threshold: Number.isFinite(threshold) ? threshold : null,
      histogram,
      confidence,
    })
  }

  /** The bar; infinite when nothing is kept. Items without the signal are below every bar. */
  #threshold(billBy: 'usd' | 'calls'): number | null {
    const { count } = this.#items
    const cost = (row: number): number => {
      const usd = this.#items.at(row, 3)
      return billBy === 'calls' ? 1 : Number.isNaN(usd) ? 0 : usd
    }
    const withSignal: number[] = []
    let allowed = 0
    let spent = 0
    for (let row = 0; row < count; row++) {
      if (this.#items.at(row, 8) === 1) allowed += cost(row)
      if (Number.isNaN(this.#items.at(row, 0))) spent += cost(row)
      else withSignal.push(row)
    }
    allowed *= 1 + SLACK
    if (withSignal.length === 0 || spent > allowed) return null
    withSignal.sort((a, b) => this.#items.at(a, 0) - this.#items.at(b, 0))
    for (let i = 0; i < withSignal.length; ) {
      const value = this.#items.at(withSignal[i]!, 0)
      let more = 0
      for (; i < withSignal.length && this.#items.at(withSignal[i]!, 0) === value; i++)
        more += cost(withSignal[i]!)
      if (spent + more > allowed) return value
      spent += more
    }
    return Number.POSITIVE_INFINITY
  }

  #facts(row: number): Facts {
    const at = (column: number): number => this.#items.at(row, column)
    return { device: at(1), cloud: at(2), usd: at(3), deviceMs: at(4), cloudMs: at(5) }
  }

  #policy(row: number): Way {
    const at = (column: number): number => this.#items.at(row, column)
    return {
      place: at(6) === 1 ? 'device' : at(6) === 2 ? 'cloud' : null,
      askedDevice: at(7) === 1,
      askedCloud: at(8) === 1,
      ms: at(9),
    }
  }
}
