/**
 * What a pair of models can give on a trace, before any bar is set: how often each is right, what somebody who knew in advance would send
 * up, and how well the device's signal tells its right answers from its wrong ones. Items without both judged answers do not count.
 */
import { auroc } from '../statistics/auroc.ts'
import { judgedItem, type ModelPair, type TraceItem } from './item.ts'

/** Shares of `n`, 0 to 1; null where there is nothing to take them of. */
export interface PairSummary {
  /** Items that both have answered and somebody has judged. */
  readonly n: number
  /** Mean score of the device alone. */
  readonly weak: number | null
  /** Mean score of the cloud alone. */
  readonly strong: number | null
  /** Mean of the better score of both: no choice between them gets above it. */
  readonly either: number | null
  /** Where the cloud's score is above the device's: what an oracle would escalate. */
  readonly oracleEscalation: number | null
  /** Of the device's signal for its right answers, with a score of at least 0.5, over the items that have it; 0.5 is a coin. */
  readonly auroc: number | null
}

/** O(n log n) time; one number and one bit an item are held. */
export function pairSummary(
  items: Iterable<TraceItem>,
  pair: ModelPair,
  signal = 'meanLogprob',
): PairSummary {
  let n = 0
  let weak = 0
  let strong = 0
  let either = 0
  let escalated = 0
  const signals: { signal: number; right: boolean }[] = []
  for (const item of items) {
    const judged = judgedItem(item, pair)
    if (judged === null) continue
    const { device, cloud } = judged
    n++
    weak += device.score
    strong += cloud.score
    either += Math.max(device.score, cloud.score)
    if (cloud.score > device.score) escalated++
    if (Object.hasOwn(device.signals, signal))
      signals.push({ signal: device.signals[signal]!, right: device.score >= 0.5 })
  }
  const share = (sum: number): number | null => (n === 0 ? null : sum / n)
  return {
    n,
    weak: share(weak),
    strong: share(strong),
    either: share(either),
    oracleEscalation: share(escalated),
    auroc: auroc(signals),
  }
}
