/** From sums to the figures of a `Strategy`: which ratio each figure is, in one place, for the policy and all its baselines. */
import type { Estimate } from '../statistics/bootstrap.ts'
import type { LogHistogram } from '../statistics/log-histogram.ts'
import type { Strategy } from './result.ts'
import { costShare, type ItemSums, type WaySums } from './tally.ts'

/** Numbers that `figuresOf` gives. */
export const FIGURES = 12

/** The figures of one way in the order `strategyOf` reads them; `lead` is over `policy`. What has an empty denominator is no number. */
export function figuresOf(
  items: ItemSums,
  way: WaySums,
  policy: WaySums,
  billBy: 'usd' | 'calls',
): readonly number[] {
  return [
    way.score / items.scored,
    way.score / items.cloud,
    way.harm / items.scored,
    way.gain / items.scored,
    way.onDevice / items.items,
    way.onCloud / items.items,
    way.askedDevice / items.items,
    way.askedCloud / items.items,
    items.costed === 0 ? Number.NaN : way.usd / items.costed,
    1 - costShare(items, way, billBy),
    way.ms / way.timed,
    (policy.score - way.score) / items.scored,
  ]
}

export interface About {
  readonly name: string
  readonly model?: string
  readonly threshold?: number | null
  /** Of latencies; null where there is none. */
  readonly histogram: LogHistogram | null
  readonly confidence: number
  readonly isPolicy?: boolean
}

/** A strategy of the estimates of `figuresOf`, from index `at`. */
export function strategyOf(estimates: readonly (Estimate | null)[], at: number, about: About): Strategy {
  const figure = (index: number): Estimate | null => estimates[at + index] ?? null
  const { name, model = null, threshold = null, histogram, confidence, isPolicy = false } = about
  return {
    name,
    model,
    threshold,
    quality: figure(0),
    kept: figure(1),
    harm: figure(2),
    gain: figure(3),
    answered: { device: figure(4), cloud: figure(5) },
    asked: { device: figure(6), cloud: figure(7) },
    usdPerCall: figure(8),
    billCut: figure(9),
    latencyMs: {
      mean: figure(10),
      p50: histogram?.quantile(0.5, confidence) ?? null,
      p95: histogram?.quantile(0.95, confidence) ?? null,
    },
    lead: isPolicy ? null : figure(11),
  }
}
