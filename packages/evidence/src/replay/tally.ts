/**
 * Sums of a replay, from which every figure comes: of the items themselves (shared by all), and of each way to answer them. All ways
 * stand in the same blocks, so a draw of the bootstrap draws the same items for all of them and differences are paired.
 */
import type { Place } from '../receipt.ts'
import { BlockSums, type Estimate } from '../statistics/bootstrap.ts'

/** An item as numbers; NaN is what is not known. */
export interface Facts {
  /** Scores; both or neither. */
  readonly device: number
  readonly cloud: number
  /** Dollars of the cloud's answer. */
  readonly usd: number
  /** Both or neither. */
  readonly deviceMs: number
  readonly cloudMs: number
}

/** How an item is answered. */
export interface Way {
  readonly place: Place | null
  readonly askedDevice: boolean
  readonly askedCloud: boolean
  /** NaN: not known. */
  readonly ms: number
}

/** Sums over the items, as `Facts` says. */
export interface ItemSums {
  readonly items: number
  readonly scored: number
  readonly device: number
  readonly cloud: number
  /** Of max(0, cloud - device), and max(0, device - cloud). */
  readonly worse: number
  readonly better: number
  readonly costed: number
  readonly usd: number
  readonly timed: number
  readonly deviceMs: number
  readonly cloudMs: number
  /** Of the scored items: how many have a cost, and its sum. */
  readonly scoredCosted: number
  readonly scoredUsd: number
}

/** Sums of one way over the same items. */
export interface WaySums {
  readonly onDevice: number
  readonly onCloud: number
  readonly askedDevice: number
  readonly askedCloud: number
  readonly score: number
  readonly harm: number
  readonly gain: number
  readonly usd: number
  /** Over `timed` items whose latency the way knows. */
  readonly timed: number
  readonly ms: number
}

const ITEM = 13
const WAY = 10

export class Tally {
  readonly #sums: BlockSums
  readonly #row: number[]

  /** `ways`: how many ways are tallied side by side. */
  constructor(ways: number) {
    this.#sums = new BlockSums(ITEM + WAY * ways)
    this.#row = new Array<number>(ITEM + WAY * ways).fill(0)
  }

  add({ device, cloud, usd, deviceMs, cloudMs }: Facts, ways: readonly Way[]): void {
    const row = this.#row
    const scored = !Number.isNaN(device)
    const costed = !Number.isNaN(usd)
    const timed = !Number.isNaN(deviceMs)
    const worse = scored ? Math.max(0, cloud - device) : 0
    const better = scored ? Math.max(0, device - cloud) : 0
    row[0] = 1
    row[1] = scored ? 1 : 0
    row[2] = scored ? device : 0
    row[3] = scored ? cloud : 0
    row[4] = worse
    row[5] = better
    row[6] = costed ? 1 : 0
    row[7] = costed ? usd : 0
    row[8] = timed ? 1 : 0
    row[9] = timed ? deviceMs : 0
    row[10] = timed ? cloudMs : 0
    row[11] = scored && costed ? 1 : 0
    row[12] = scored && costed ? usd : 0
    let at = ITEM
    for (const { place, askedDevice, askedCloud, ms } of ways) {
      const onDevice = place === 'device'
      const onCloud = place === 'cloud'
      const known = timed && !Number.isNaN(ms)
      row[at] = onDevice ? 1 : 0
      row[at + 1] = onCloud ? 1 : 0
      row[at + 2] = askedDevice ? 1 : 0
      row[at + 3] = askedCloud ? 1 : 0
      row[at + 4] = !scored ? 0 : onDevice ? device : onCloud ? cloud : 0
      row[at + 5] = onDevice ? worse : 0
      row[at + 6] = onDevice ? better : 0
      row[at + 7] = costed && askedCloud ? usd : 0
      row[at + 8] = known ? 1 : 0
      row[at + 9] = known ? ms : 0
      at += WAY
    }
    this.#sums.add(row)
  }

  /** The sums of everything, read by `read`. */
  total<T>(read: (items: ItemSums, ways: readonly WaySums[]) => T): T {
    return this.#read(this.#sums.total(), read)
  }

  /** Figures of the sums, each with its interval; null where it is no finite number. */
  estimates(
    figures: (items: ItemSums, ways: readonly WaySums[]) => readonly number[],
    options: { readonly confidence: number; readonly seed: number },
  ): (Estimate | null)[] {
    return this.#sums.estimates((sums) => this.#read(sums, figures), options)
  }

  #read<T>(sums: Float64Array, read: (items: ItemSums, ways: readonly WaySums[]) => T): T {
    const ways: WaySums[] = []
    for (let at = ITEM; at < sums.length; at += WAY) ways.push(waySums(sums, at))
    return read(itemSums(sums), ways)
  }
}

function itemSums(sums: Float64Array): ItemSums {
  return {
    items: sums[0]!,
    scored: sums[1]!,
    device: sums[2]!,
    cloud: sums[3]!,
    worse: sums[4]!,
    better: sums[5]!,
    costed: sums[6]!,
    usd: sums[7]!,
    timed: sums[8]!,
    deviceMs: sums[9]!,
    cloudMs: sums[10]!,
    scoredCosted: sums[11]!,
    scoredUsd: sums[12]!,
  }
}

function waySums(sums: Float64Array, at: number): WaySums {
  return {
    onDevice: sums[at]!,
    onCloud: sums[at + 1]!,
    askedDevice: sums[at + 2]!,
    askedCloud: sums[at + 3]!,
    score: sums[at + 4]!,
    harm: sums[at + 5]!,
    gain: sums[at + 6]!,
    usd: sums[at + 7]!,
    timed: sums[at + 8]!,
    ms: sums[at + 9]!,
  }
}

/** The scored items alone: what a way that needs scores is a share of. */
export const scoredOnly = (items: ItemSums): ItemSums => ({
  ...items,
  items: items.scored,
  costed: items.scoredCosted,
  usd: items.scoredUsd,
})

/** Every call at the device alone. */
export const allOnDevice = (items: ItemSums): WaySums => ({
  onDevice: items.items,
  onCloud: 0,
  askedDevice: items.items,
  askedCloud: 0,
  score: items.device,
  harm: items.worse,
  gain: items.better,
  usd: 0,
  timed: items.timed,
  ms: items.deviceMs,
})

/** Every call at the cloud alone. */
export const allOnCloud = (items: ItemSums): WaySums => ({
  onDevice: 0,
  onCloud: items.items,
  askedDevice: 0,
  askedCloud: items.items,
  score: items.cloud,
  harm: 0,
  gain: 0,
  usd: items.usd,
  timed: items.timed,
  ms: items.cloudMs,
})

/** What the sums cost, as a share of the cloud alone. */
export const costShare = (items: ItemSums, way: WaySums, billBy: 'usd' | 'calls'): number =>
  billBy === 'usd' ? way.usd / items.usd : way.askedCloud / items.items

/** Calls that are sent up by chance, each with the probability at which that costs what `way` costs; its expectation. */
export function randomMix(items: ItemSums, way: WaySums, billBy: 'usd' | 'calls'): WaySums {
  const share = Math.min(1, costShare(items, way, billBy))
  const device = allOnDevice(items)
  const cloud = allOnCloud(items)
  const mixed = (key: keyof WaySums): number => (1 - share) * device[key] + share * cloud[key]
  return {
    onDevice: mixed('onDevice'),
    onCloud: mixed('onCloud'),
    askedDevice: mixed('askedDevice'),
    askedCloud: mixed('askedCloud'),
    score: mixed('score'),
    harm: mixed('harm'),
    gain: mixed('gain'),
    usd: mixed('usd'),
    timed: items.timed,
    ms: mixed('ms'),
  }
}
