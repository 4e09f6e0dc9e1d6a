/**
 * Judged items by the value of a signal: the sums every bar's cost and quality come from, and the two figures of a curve over them
 * (defined in curve.ts). Up to 65,536 values are told apart, beyond that those that round down to the same four digits.
 */
import { roundDown } from '../statistics/significant.ts'

const MOST_VALUES = 65_536

/** Columns of sums, a row a value of the signal or an item, in ascending order of `value`. */
export interface SortedSums {
  /** -Infinity: without the signal. */
  readonly value: Float64Array
  readonly items: Float64Array
  readonly device: Float64Array
  readonly cloud: Float64Array
  /** Of max(0, cloud - device). */
  readonly worse: Float64Array
  /** Of going up, and of those that the cloud does better; dollars or calls. */
  readonly cost: Float64Array
  readonly worseCost: Float64Array
}

interface Group {
  items: number
  device: number
  cloud: number
  worse: number
  usd: number
  worseItems: number
  worseUsd: number
}

export class SignalGroups {
  isRounded = false
  #groups = new Map<number, Group>()

  /** `value`: -Infinity without the signal. `usd`: null when not known, which counts as free. */
  add(value: number, device: number, cloud: number, usd: number | null): void {
    const group = this.#group(value)
    group.items++
    group.device += device
    group.cloud += cloud
    group.usd += usd ?? 0
    if (cloud <= device) return
    group.worse += cloud - device
    group.worseItems++
    group.worseUsd += usd ?? 0
  }

  /** In calls where no cost is known. */
  sorted(): { readonly sums: SortedSums; readonly costBy: 'usd' | 'calls' } {
    const rows = [...this.#groups].sort(([a], [b]) => a - b)
    const costBy = rows.some(([, { usd }]) => usd > 0) ? 'usd' : 'calls'
    const column = (read: (group: Group) => number): Float64Array =>
      Float64Array.from(rows, ([, group]) => read(group))
    const sums: SortedSums = {
      value: Float64Array.from(rows, ([value]) => value),
      items: column(({ items }) => items),
      device: column(({ device }) => device),
      cloud: column(({ cloud }) => cloud),
      worse: column(({ worse }) => worse),
      cost: column(({ usd, items }) => (costBy === 'usd' ? usd : items)),
      worseCost: column(({ worseUsd, worseItems }) => (costBy === 'usd' ? worseUsd : worseItems)),
    }
    return { sums, costBy }
  }

  #group(value: number): Group {
    if (!this.isRounded && this.#groups.size === MOST_VALUES && !this.#groups.has(value)) this.#round()
    const at = this.isRounded ? roundDown(value) : value
    const known = this.#groups.get(at)
    if (known !== undefined) return known
    const group = { items: 0, device: 0, cloud: 0, worse: 0, usd: 0, worseItems: 0, worseUsd: 0 }
    this.#groups.set(at, group)
    return group
  }

  #round(): void {
    this.isRounded = true
    const exact = this.#groups
    this.#groups = new Map()
    for (const [value, group] of exact) {
      const sum = this.#group(value)
      for (const key of Object.keys(sum) as (keyof Group)[]) sum[key] += group[key]
    }
  }
}

/** A weight a row; absent: 1 each. */
type Weights = Float64Array | null

/** The area under the ROC curve. NaN when all are right, or all wrong. */
export function rankOf({ value, items, device }: SortedSums, weights: Weights = null): number {
  let right = 0
  let wrong = 0
  let below = 0
  for (let i = 0; i < value.length; ) {
    let rightHere = 0
    let wrongHere = 0
    const at = value[i]
    for (; i < value.length && value[i] === at; i++) {
      const weight = weights === null ? 1 : weights[i]!
      rightHere += weight * device[i]!
      wrongHere += weight * (items[i]! - device[i]!)
    }
    below += rightHere * (wrong + wrongHere / 2)
    right += rightHere
    wrong += wrongHere
  }
  return below / (right * wrong)
}

/** The area between chance (0) and oracle (1). NaN where the cloud is nowhere better. */
export function areaOf(sums: SortedSums, weights: Weights = null): number {
  const { value, device, cloud, worse, cost, worseCost } = sums
  let spent = 0
  let gained = 0
  let area = 0
  let best = 0
  let bestCost = 0
  for (let i = 0; i < value.length; ) {
    let costHere = 0
    let gainHere = 0
    const at = value[i]
    for (; i < value.length && value[i] === at; i++) {
      const weight = weights === null ? 1 : weights[i]!
      costHere += weight * cost[i]!
      gainHere += weight * (cloud[i]! - device[i]!)
      best += weight * worse[i]!
      bestCost += weight * worseCost[i]!
    }
    area += costHere * (gained + gainHere / 2)
    spent += costHere
    gained += gainHere
  }
  const chance = gained / 2
  const oracle = best * (1 - bestCost / (2 * spent))
  return best === 0 ? Number.NaN : (area / spent - chance) / (oracle - chance)
}
