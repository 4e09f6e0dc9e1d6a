/**
 * What a signal is worth: cost and quality of every bar that could be put on it, as one curve, and two figures of it. One pass in
 * constant memory: up to 65,536 distinct values of the signal are told apart, from there on values are rounded down to four
 * significant digits (a bar at such a number keeps the same answers).
 */
import type { Estimate } from '../statistics/bootstrap.ts'
import { judgedItem, type ModelPair, type TraceItem } from '../trace/item.ts'
import { CurveSpread } from './curve-spread.ts'
import { areaOf, rankOf, SignalGroups, type SortedSums } from './signal-groups.ts'

export interface CurvePoint {
  /** The bar: answers of the device whose signal is at least this stay; null: none does. */
  readonly threshold: number | null
  /** Share of the items that go up. */
  readonly escalated: number
  /** What that costs, as a share of what the cloud alone costs. */
  readonly cost: number
  /** Mean score. */
  readonly quality: number
  /** Mean of max(0, cloud's score - device's) over all items, of those that stay. */
  readonly harm: number
}

export interface Curve {
  readonly pair: ModelPair
  readonly signal: string
  /** One a bar, from the lowest, where only items without the signal go up, to the one that keeps nothing. */
  readonly points: readonly CurvePoint[]
  /**
   * How well the signal tells right answers of the device from wrong ones (Mann-Whitney, ties half; an item without the signal is below
   * all others). A score between 0 and 1 counts as that share of a right answer and the rest of a wrong one. null when all are right or
   * all wrong.
   */
  readonly auroc: Estimate | null
  /**
   * The area under the curve of quality over cost, 0 for sending up by chance and 1 for the oracle: (A - A_chance) / (A_oracle -
   * A_chance). Each A is an integral over the cost from 0 to 1, by trapezoids: between two bars calls are mixed by chance. Chance is the
   * straight line from always-device to always-cloud; the oracle the line from always-device to sending up exactly what the cloud does
   * better, and level from there on. Ours, after the area of the performance gap recovered in RouteLLM (Ong et al. 2024), which has
   * no oracle. Below 0: worse than chance. null where the cloud is nowhere better.
   */
  readonly area: Estimate | null
  readonly counts: {
    readonly items: number
    /** With a score of both models: what the curve is over. */
    readonly scored: number
    /** Of them, without the signal. */
    readonly withoutSignal: number
  }
  readonly costBy: 'usd' | 'calls'
  /** Values of the signal were rounded down to four significant digits. */
  readonly isRounded: boolean
}

export interface CurveSettings {
  readonly pair: ModelPair
  readonly signal: string
  /** Of the bootstrap. Default 1. */
  readonly seed?: number
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number
}

/** The curve; [] of points and no figures where no item has both scores. */
export async function curve(
  items: Iterable<TraceItem> | AsyncIterable<TraceItem>,
  { pair, signal, seed = 1, confidence = 0.95 }: CurveSettings,
): Promise<Curve> {
  const groups = new SignalGroups()
  const spread = new CurveSpread()
  let count = 0
  const add = (item: TraceItem): void => {
    count++
    const judged = judgedItem(item, pair)
    if (judged === null) return
    const { device, cloud } = judged
    const value = Object.hasOwn(device.signals, signal) ? device.signals[signal]! : Number.NEGATIVE_INFINITY
    const seen = Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
    groups.add(seen, device.score, cloud.score, cloud.costUsd)
    spread.add(`${item.task}\n${item.id}`, seen, device.score, cloud.score, cloud.costUsd)
  }
  if (Symbol.iterator in items) for (const item of items) add(item)
  else for await (const item of items) add(item)

  const { sums, costBy } = groups.sorted()
  const { items: scored } = totalOf(sums)
  const [rank, area] = spread.intervals(costBy, { seed, confidence })
  const estimate = (value: number, interval: typeof rank): Estimate | null =>
    Number.isFinite(value) && interval !== null ? { value, ...interval } : null
  return {
    pair,
    signal,
    points: pointsOf(sums),
    auroc: estimate(rankOf(sums), rank),
    area: estimate(areaOf(sums), area),
    counts: {
      items: count,
      scored,
      withoutSignal: sums.value[0] === Number.NEGATIVE_INFINITY ? sums.items[0]! : 0,
    },
    costBy,
    isRounded: groups.isRounded,
  }
}

function totalOf({ items, device, cost }: SortedSums): { items: number; device: number; cost: number } {
  const sum = (column: Float64Array): number => column.reduce((total, value) => total + value, 0)
  return { items: sum(items), device: sum(device), cost: sum(cost) }
}

function pointsOf(sums: SortedSums): CurvePoint[] {
  const total = totalOf(sums)
  const { length } = sums.value
  const points: CurvePoint[] = []
  let escalated = 0
  let cost = 0
  let quality = total.device
  let harm = sums.worse.reduce((sum, value) => sum + value, 0)
  for (let i = 0; i <= length; i++) {
    // Those without the signal go up under every bar.
    if (i === length || sums.value[i] !== Number.NEGATIVE_INFINITY) {
      points.push({
        threshold: i === length ? null : sums.value[i]!,
        escalated: escalated / total.items,
        cost: total.cost === 0 ? 0 : cost / total.cost,
        quality: quality / total.items,
        // Floating-point sums do not come back to 0 by themselves.
        harm: i === length ? 0 : Math.max(0, harm / total.items),
      })
    }
    if (i === length) break
    escalated += sums.items[i]!
    cost += sums.cost[i]!
    quality += sums.cloud[i]! - sums.device[i]!
    harm -= sums.worse[i]!
  }
  return length === 0 ? [] : points
}
