/** The figures that rules look at, in one world (worlds.ts): shares of users, and dollars a month. */
import { auditShare, auditsNeeded, fixedCost } from '../economics/money.ts'
import type { Pick } from '../fleet/pick.ts'
import { NEARLY } from '../fleet/shares.ts'
import type { Case } from './case.ts'
import { bothMs, keepsIn, middle, staysOf, type World } from './worlds.ts'

/** One kind of device, answering alone. */
export interface Alone {
  readonly fits: boolean
  /** Milliseconds to what the use case asks for; null where nothing fits. */
  readonly ms: number | null
  /** What the use case asks for comes in time. */
  readonly inTime: boolean
  readonly keeps: boolean
}

/** One kind of device, answering first. */
export interface First {
  /** Share of its calls that stay; 0: its users go to the cloud at once. */
  readonly stays: number
  /** That the asked share of a user's calls meets. */
  readonly ms: number
  readonly inTime: boolean
}

export interface Figures {
  readonly alone: readonly Alone[]
  readonly first: readonly First[]
  /** Shares of users: whose device holds a model; whose device keeps the quality; whose device does all that is asked, time included. */
  readonly fits: number
  readonly keeps: number
  readonly good: number
  readonly inTime: { readonly device: number; readonly both: number; readonly cloud: number }
  /** When the device answers first: share of users for whom it does, and of calls that stay. */
  readonly takesPart: number
  readonly stays: number
  readonly usd: { readonly device: number; readonly both: number; readonly cloud: number }
  readonly linearKeeps: boolean | null
}

/** Dollars a month that the device's side costs whatever turns out to be true: what is shipped is decided before. */
export interface Fixed {
  readonly device: number
  readonly both: number
  /** Bytes of a download, on average over all users. */
  readonly bytes: { readonly device: number; readonly both: number }
  /** Of the calls that stay, those that audits send to the cloud as well. */
  readonly audits: number
}

export function fixedOf(of: Case): Fixed {
  const { engineering, volume, fit } = of.useCase
  const { bytes } = groundOf(of, middle)
  return {
    device: fixedCost(engineering, volume.users, bytes.device).usd,
    both: fixedCost(engineering, volume.users, bytes.both).usd,
    bytes,
    audits: auditShare(volume.callsPerMonth, auditsNeeded(1 - fit.keep)),
  }
}

export function figuresOf(of: Case, fixed: Fixed, world: World): Figures {
  const { useCase, callUsd, linear } = of
  const ground = groundOf(of, world)
  const month = callUsd * useCase.volume.callsPerMonth
  return {
    ...ground,
    usd: { device: fixed.device, both: fixed.both + month * paidShare(ground.stays, fixed), cloud: month },
    linearKeeps: linear === null ? null : linear.ends[world.linear] >= useCase.fit.keep,
  }
}

/** What does not hang on money, and the bytes of a download on average over all users. Computed once for each world of a case. */
export interface Ground extends Omit<Figures, 'usd' | 'linearKeeps'> {
  readonly bytes: { readonly device: number; readonly both: number }
}

function groundOf(of: Case, world: World): Ground {
  let found = of.known.get(world)
  if (found === undefined) of.known.set(world, (found = newGround(of, world)))
  return found
}

function newGround(of: Case, world: World): Ground {
  const sum = { fits: 0, keeps: 0, inTime: 0, good: 0, both: 0, takesPart: 0, stays: 0 }
  const bytes = { device: 0, both: 0 }
  const alone: Alone[] = []
  const first: First[] = []
  of.fleet.devices.forEach(({ share }, i) => {
    const one = aloneIn(of, of.picks[i]!, world)
    const other = firstIn(of, of.firstPicks[i]!, world)
    alone.push(one)
    first.push(other)
    if (one.fits) {
      sum.fits += share
      bytes.device += share * of.picks[i]!.prediction.fileBytes
    }
    if (one.keeps) sum.keeps += share
    if (one.inTime) sum.inTime += share
    if (one.inTime && one.keeps) sum.good += share
    if (other.inTime) sum.both += share
    if (other.stays > 0) {
      sum.takesPart += share
      bytes.both += share * of.firstPicks[i]!.prediction.fileBytes
    }
    sum.stays += share * other.stays
  })
  return {
    alone,
    first,
    fits: whole(sum.fits),
    keeps: whole(sum.keeps),
    good: whole(sum.good),
    inTime: {
      device: whole(sum.inTime),
      both: whole(sum.both),
      cloud: of.cloudMs <= of.useCase.latency.targetMs ? 1 : 0,
    },
    takesPart: whole(sum.takesPart),
    stays: whole(sum.stays),
    bytes,
  }
}

/** When the device answers first: the share of calls that the cloud is paid for, audits included. */
export const paidShare = (stays: number, { audits }: { readonly audits: number }): number =>
  1 - stays + audits * stays

/** Sums of many shares, without what rounding left. */
const whole = (share: number): number => (share > 1 - NEARLY ? 1 : Math.round(share * 1e12) / 1e12)

function aloneIn(of: Case, pick: Pick, world: World): Alone {
  if (pick === null || !pick.fits[world.speed]) return { fits: false, ms: null, inTime: false, keeps: false }
  const ms = pick.asked[world.speed]
  return {
    fits: true,
    ms,
    inTime: ms <= of.useCase.latency.targetMs,
    keeps: keepsIn(of, pick, world),
  }
}

function firstIn(of: Case, pick: Pick, world: World): First {
  const { targetMs } = of.useCase.latency
  const cloud = { stays: 0, ms: of.cloudMs, inTime: of.cloudMs <= targetMs }
  if (pick === null || !pick.fits[world.speed]) return cloud
  const stays = staysOf(of, pick, world)
  const ms = bothMs(of, pick, world.speed, stays)
  // Who would wait too long for the device goes to the cloud at once, where that is faster.
  if (stays === 0 || (ms > targetMs && of.cloudMs < ms)) return cloud
  return { stays, ms, inTime: ms <= targetMs }
}
