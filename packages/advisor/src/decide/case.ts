/**
 * All that a verdict is made of, before anything is decided: the use case, the row of the price list, the fleet with its candidates. A change
 * that might turn the verdict is made to a copy of it (flips.ts).
 */
import { type Kept, keptBy } from '../economics/kept.ts'
import { usdPerCall } from '../economics/money.ts'
import { BEST, type End, type Ends, MIDDLE, WORST } from '../economics/split.ts'
import { priceOf } from '../facts/lookup.ts'
import type { CloudPrice, Facts } from '../facts/types.ts'
import { type Candidate, type Fleet, fleetOf } from '../fleet/fleet.ts'
import { type Pick, pickOf, poolOf } from '../fleet/pick.ts'
import type { Predict } from '../fleet/predictions.ts'
import type { UseCase } from '../use-case/types.ts'
import type { Ground } from './figures.ts'
import { bothMs, middle, staysOf, type World } from './worlds.ts'

/** What may be shipped to a device, and of each the milliseconds when the device answers alone and when it answers first. */
export interface Pool {
  readonly candidates: readonly Candidate[]
  readonly alone: readonly Ends[]
  readonly first: readonly Ends[]
}

export interface Case {
  readonly useCase: UseCase
  readonly price: CloudPrice
  readonly fleet: Fleet
  /** By device of the fleet: what may be shipped to it; what is, when the device answers alone; what is, when it answers first. */
  readonly pools: readonly Pool[]
  readonly picks: readonly Pick[]
  readonly firstPicks: readonly Pick[]
  readonly callUsd: number
  /** To what the use case asks for. */
  readonly cloudMs: number
  /** Share of examples that the cloud gets right; 1 where nobody measured it. */
  readonly cloudRight: number
  /** What a linear classifier keeps; null: not measured. */
  readonly linear: Kept | null
  /** What was computed of the devices, by world: a new one with every change of devices, shares, times or quality. */
  readonly known: Map<World, Ground>
}

/** Throws AdvisorError for an id that the facts lack. The use case was checked. */
export function caseOf(useCase: UseCase, facts: Facts, predict: Predict): Case {
  const { fit, volume, cloud } = useCase
  const price = priceOf(facts, cloud.model)
  const fleet = fleetOf(useCase, facts, predict)
  const measured = fit.measured.find(({ who }) => who === 'cloud')
  return pooled({
    useCase,
    price,
    fleet,
    callUsd: usdPerCall(price, volume),
    cloudMs: cloudMs(useCase),
    cloudRight: measured === undefined ? 1 : measured.right / measured.of,
    linear: keptBy('linear', fit.measured),
  })
}

/** With what may be shipped decided anew: after a change of the candidates. */
export function pooled(of: Omit<Case, 'pools' | 'picks' | 'firstPicks' | 'known'>): Case {
  const { keep } = of.useCase.fit
  const pools = of.fleet.devices.map((device): Pool => {
    const candidates = poolOf(device, keep)
    return {
      candidates,
      alone: candidates.map((candidate) => whereFits(candidate, candidate.asked)),
      first: candidates.map((candidate): Ends => {
        const stays = staysOf(of, candidate, middle)
        const at = (end: End): number => bothMs(of, candidate, end, stays)
        return whereFits(candidate, [at(WORST), at(MIDDLE), at(BEST)])
      }),
    }
  })
  return picked({ ...of, pools })
}

/** Nothing is in time at an end at which it does not fit. */
const whereFits = ({ fits }: Candidate, [worst, likely, best]: Ends): Ends => [
  fits[WORST] ? worst : Number.MAX_VALUE,
  fits[MIDDLE] ? likely : Number.MAX_VALUE,
  fits[BEST] ? best : Number.MAX_VALUE,
]

/** With what is shipped decided anew: after a change of the target. */
export function picked(of: Omit<Case, 'picks' | 'firstPicks' | 'known'>): Case {
  const { fit, latency } = of.useCase
  const { targetMs } = latency
  return {
    ...of,
    picks: of.pools.map(({ candidates, alone }) => pickOf(candidates, alone, targetMs, fit.keep)),
    firstPicks: of.pools.map(({ candidates, first }) => pickOf(candidates, first, targetMs, fit.keep)),
    known: new Map(),
  }
}

/** Milliseconds of the cloud to what the use case asks for: `first token + (output tokens - 1) / tokens a second`. */
export function cloudMs({ cloud, latency, volume }: UseCase): number {
  const rest = latency.of === 'first-token' ? 0 : ((volume.outputTokens - 1) / cloud.decodeTps) * 1000
  return cloud.firstTokenMs + rest
}
