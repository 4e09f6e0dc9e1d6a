/**
 * Models of the trace beside the pair, each as if it answered everything: one of them may be better than any router between two others
 * at the same cost. Only models that have a score wherever the pair has can be compared, and a cost wherever the cloud has.
 */

import { BlockSums } from '../statistics/bootstrap.ts'
import { LogHistogram } from '../statistics/log-histogram.ts'
import type { Outcome } from '../trace/item.ts'
import { strategyOf } from './figures.ts'
import type { Strategy } from './result.ts'
import type { Facts, Way } from './tally.ts'

/** Models that are looked at; those that come later are not. */
export const MOST_MODELS = 128

const WIDTH = 11

interface Other {
  readonly sums: BlockSums
  readonly row: number[]
  readonly histogram: LogHistogram
  scored: number
  costed: number
}

export interface Limits {
  /** Items with both scores, and with a cost at the cloud, in all. */
  readonly scored: number
  readonly costed: number
  /** What the policy costs, dollars a call; where no cost is known, calls to the cloud a call. */
  readonly cost: number
  readonly billBy: 'usd' | 'calls'
}

export class Constants {
  readonly #models = new Map<string, Other>()
  #others = 0

  /** Models beyond `MOST_MODELS` were seen. */
  get isCut(): boolean {
    return this.#others > 0
  }

  add(model: string, { score, costUsd, latencyMs }: Outcome, facts: Facts, policy: Way): void {
    const other = this.#model(model)
    if (other === null) return
    const { row } = other
    const scored = !Number.isNaN(facts.device) && score !== null
    const costed = !Number.isNaN(facts.usd) && costUsd !== null
    const timed = !Number.isNaN(facts.deviceMs) && latencyMs !== null
    if (scored) other.scored++
    if (costed) other.costed++
    if (timed) other.histogram.add(latencyMs)
    const answered = policy.place === 'device' ? facts.device : policy.place === 'cloud' ? facts.cloud : 0
    row[0] = scored ? 1 : 0
    row[1] = scored ? score : 0
    row[2] = scored ? facts.cloud : 0
    row[3] = scored ? Math.max(0, facts.cloud - score) : 0
    row[4] = scored ? Math.max(0, score - facts.cloud) : 0
    row[5] = scored ? answered : 0
    row[6] = costed ? 1 : 0
    row[7] = costed ? costUsd : 0
    row[8] = costed ? facts.usd : 0
    row[9] = timed ? 1 : 0
    row[10] = timed ? latencyMs : 0
    other.sums.add(row)
  }

  /** The best of them that costs no more and scores more than `least`; null when there is none. */
  best(
    { scored, costed, cost, billBy }: Limits,
    least: number,
    options: { readonly confidence: number; readonly seed: number },
  ): Strategy | null {
    let best: { readonly name: string; readonly other: Other } | null = null
    let quality = least
    for (const [name, other] of this.#models) {
      const total = other.sums.total()
      const costs = billBy === 'usd' ? total[7]! / total[6]! : 1
      const comparable = other.scored === scored && (billBy === 'calls' || other.costed === costed)
      if (!comparable || costs > cost * (1 + 1e-9) || total[1]! / total[0]! <= quality) continue
      quality = total[1]! / total[0]!
      best = { name, other }
    }
    if (best === null) return null
    const { name, other } = best
    const estimates = other.sums.estimates(
      (s) => [
        s[1]! / s[0]!,
        s[1]! / s[2]!,
        s[3]! / s[0]!,
        s[4]! / s[0]!,
        0,
        1,
        0,
        1,
        s[7]! / s[6]!,
        billBy === 'usd' ? 1 - s[7]! / s[8]! : 0,
        s[10]! / s[9]!,
        (s[5]! - s[1]!) / s[0]!,
      ],
      options,
    )
    const { confidence } = options
    return strategyOf(estimates, 0, {
      name: `always ${name}`,
      model: name,
      histogram: other.histogram,
      confidence,
    })
  }

  #model(name: string): Other | null {
    const known = this.#models.get(name)
    if (known !== undefined) return known
    if (this.#models.size === MOST_MODELS) {
      this.#others++
      return null
    }
    const other = {
      sums: new BlockSums(WIDTH),
      row: new Array<number>(WIDTH).fill(0),
      histogram: new LogHistogram(),
      scored: 0,
      costed: 0,
    }
    this.#models.set(name, other)
    return other
  }
}
