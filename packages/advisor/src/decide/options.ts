/**
 * The options with their numbers over the whole fleet, and the steps that led to each. An interval over the fleet has its ends where all devices
 * err the same way at once (fleet/shares.ts).
 */
import { latencyAt } from '../fleet/shares.ts'
import type { Predicted } from '../predict/types.ts'
import type { Case } from './case.ts'
import { usersOfChoice } from './choose.ts'
import { type Figures, type Fixed, figuresOf, paidShare } from './figures.ts'
import { type Rule, rules } from './rules.ts'
import { cloudLatencyStep, cloudSteps, fixedSteps, inTimeStep, splitSteps } from './steps.ts'
import type { Choice, Option, Shipped } from './types.ts'
import { exactly } from './words.ts'
import { middle, oneEnd, type World } from './worlds.ts'

const PERCENTILES = [0.5, 0.75, 0.9, 0.95, 0.99] as const
/** Of predictions, and of shares that were measured. */
const SPEED_LEVEL = 0.8
const MEASURED_LEVEL = 0.95

/** The figures in the middle, and with one thing at an end. */
export interface Worlds {
  readonly middle: Figures
  readonly others: readonly { readonly of: keyof World; readonly figures: Figures }[]
}

export function worldsOf(of: Case, fixed: Fixed): Worlds {
  return {
    middle: figuresOf(of, fixed, middle),
    others: oneEnd.map(({ of: thing, world }) => ({ of: thing, figures: figuresOf(of, fixed, world) })),
  }
}

/** All options: on the device, both, the cloud, and no LLM where a linear classifier was measured. */
export function optionsOf(of: Case, fixed: Fixed, worlds: Worlds): readonly Option[] {
  const known = { of, fixed, worlds }
  return [onDevice(known), both(known), cloud(known), ...(of.linear === null ? [] : [noLlm(known)])]
}

interface Known {
  readonly of: Case
  readonly fixed: Fixed
  readonly worlds: Worlds
}

function onDevice(known: Known): Option {
  const { of, fixed, worlds } = known
  const ships = shippedBy(of, (i) => (worlds.middle.alone[i]!.fits ? of.picks[i]! : null))
  return {
    answer: 'on-device',
    ruledOutBy: ruledOut(known, 'on-device'),
    ships,
    usersInTime: over(known, SPEED_LEVEL, ['speed'], ({ inTime }) => inTime.device),
    ...latencies(known, 'on-device'),
    quality: aloneQuality(of, ships),
    usdPerMonth: exactly(fixed.device),
    fixedUsdPerMonth: fixed.device,
    usdPerCall: exactly(0),
    staysShare: exactly(1),
    worksOffline: true,
    derivation: [
      inTimeStep(of, worlds.middle, 'on-device'),
      ...fixedSteps(of, fixed.bytes.device, fixed.device),
    ],
  }
}

function both(known: Known): Option {
  const { of, fixed, worlds } = known
  const { useCase, callUsd } = of
  const ships = shippedBy(of, (i) => (worlds.middle.first[i]!.stays > 0 ? of.firstPicks[i]! : null))
  const stays = over(known, SPEED_LEVEL, ['speed', 'quality', 'signal'], (figures) => figures.stays)
  const perCall = (share: number): number => callUsd * paidShare(share, fixed)
  const usdPerCall = {
    ...stays,
    value: perCall(stays.value),
    low: perCall(stays.high),
    high: perCall(stays.low),
  }
  const month = (call: number): number => fixed.both + call * useCase.volume.callsPerMonth
  return {
    answer: 'hybrid',
    ruledOutBy: ruledOut(known, 'hybrid'),
    ships,
    usersInTime: over(known, SPEED_LEVEL, ['speed'], ({ inTime }) => inTime.both),
    ...latencies(known, 'hybrid'),
    quality: ships.some(({ model }) => keptOf(of, model) === null) ? null : bothQuality(known),
    usdPerMonth: {
      ...usdPerCall,
      value: month(usdPerCall.value),
      low: month(usdPerCall.low),
      high: month(usdPerCall.high),
    },
    fixedUsdPerMonth: fixed.both,
    usdPerCall,
    staysShare: stays,
    worksOffline: worlds.middle.takesPart >= useCase.latency.share,
    derivation: [
      inTimeStep(of, worlds.middle, 'hybrid'),
      ...cloudSteps(of),
      ...fixedSteps(of, fixed.bytes.both, fixed.both),
      ...splitSteps(of, fixed, stays.value),
    ],
  }
}

function cloud(known: Known): Option {
  const { of, worlds } = known
  const usdPerCall = exactly(of.callUsd)
  return {
    answer: 'cloud',
    ruledOutBy: ruledOut(known, 'cloud'),
    ships: [],
    usersInTime: exactly(worlds.middle.inTime.cloud),
    ...latencies(known, 'cloud'),
    quality: exactly(1),
    usdPerMonth: exactly(worlds.middle.usd.cloud),
    fixedUsdPerMonth: 0,
    usdPerCall,
    staysShare: exactly(0),
    worksOffline: false,
    derivation: [...cloudSteps(of), cloudLatencyStep(of)],
  }
}

function noLlm(known: Known): Option {
  const [low, value, high] = known.of.linear!.ends
  const nothing = { ...exactly(0) }
  return {
    answer: 'no-llm',
    ruledOutBy: [],
    ships: [],
    usersInTime: exactly(1),
    latencyMs: nothing,
    percentiles: PERCENTILES.map((share) => ({ share, ms: nothing })),
    quality: { low, value, high, level: MEASURED_LEVEL },
    usdPerMonth: nothing,
    fixedUsdPerMonth: 0,
    usdPerCall: nothing,
    staysShare: exactly(1),
    worksOffline: true,
    derivation: [
      {
        what: 'time and money of a linear classifier',
        formula:
          'well under a millisecond and a file of some hundred kB: counted as 0; its engineering is not counted',
        value: 0,
        unit: 'ms',
        from: [],
      },
    ],
  }
}

function ruledOut({ of, worlds }: Known, choice: Choice): readonly string[] {
  const forbids = ({ weight, of: choices, holds }: Rule): boolean =>
    weight === 'forbids' && choices.includes(choice) && holds(of, worlds.middle, choice)
  return rules.filter(forbids).map(({ name }) => name)
}

/** A figure in the middle, and its least and largest where one of `things` is at an end. */
function over(
  { worlds }: Known,
  level: number,
  things: readonly (keyof World)[],
  figure: (figures: Figures) => number,
): Predicted {
  const value = figure(worlds.middle)
  const ends = worlds.others.filter(({ of }) => things.includes(of)).map(({ figures }) => figure(figures))
  return { value, low: Math.min(value, ...ends), high: Math.max(value, ...ends), level }
}

function latencies(
  known: Known,
  choice: 'on-device' | 'hybrid' | 'cloud',
): Pick<Option, 'latencyMs' | 'percentiles'> {
  const { of, worlds } = known
  const at = (share: number): Predicted | null => {
    if (choice === 'cloud') return exactly(of.cloudMs)
    const in_ = (figures: Figures): number | null =>
      latencyAt(users(of, figures, worlds.middle, choice), share)
    const value = in_(worlds.middle)
    if (value === null) return null
    const ends = worlds.others.flatMap(({ of: thing, figures }) =>
      thing === 'speed' ? [in_(figures) ?? value] : [],
    )
    return { value, low: Math.min(value, ...ends), high: Math.max(value, ...ends), level: SPEED_LEVEL }
  }
  return {
    latencyMs: at(of.useCase.latency.share),
    percentiles: PERCENTILES.map((share) => ({ share, ms: at(share) })),
  }
}

/** Of memory the likelier case is taken at both ends: who probably gets no answer has no latency. */
function users(
  of: Case,
  figures: Figures,
  likely: Figures,
  choice: 'on-device' | 'hybrid',
): ReturnType<typeof usersOfChoice> {
  const found = usersOfChoice(of, figures, choice)
  return choice === 'hybrid'
    ? found
    : found.map((one, i) => {
        const pick = of.picks[i]!
        if (!likely.alone[i]!.fits || pick === null) return { ...one, ms: null }
        return one.ms === null ? { ...one, ms: pick.asked[0] } : one
      })
}

function shippedBy(of: Case, pickAt: (i: number) => Case['picks'][number]): readonly Shipped[] {
  return of.fleet.devices.flatMap(({ at, share }, i) => {
    const pick = pickAt(i)
    if (pick === null) return []
    const { fileBytes } = pick.prediction
    return [{ device: at.device, model: pick.model.id, quantisation: pick.quantisation.id, share, fileBytes }]
  })
}

function keptOf({ picks, firstPicks }: Case, model: string): readonly [number, number, number] | null {
  const pick = [...picks, ...firstPicks].find((one) => one?.model.id === model)
  return pick?.kept?.ends ?? null
}

/** The mean over the users who get a model. */
function aloneQuality(of: Case, ships: readonly Shipped[]): Predicted | null {
  const users = ships.reduce((sum, { share }) => sum + share, 0)
  if (users === 0) return null
  const mean = [0, 0, 0]
  for (const { model, share } of ships) {
    const kept = keptOf(of, model)
    if (kept === null) return null
    for (let end = 0; end < 3; end++) mean[end]! += (share / users) * kept[end]!
  }
  return { low: mean[0]!, value: mean[1]!, high: mean[2]!, level: MEASURED_LEVEL }
}

/** What a bar is set to keep, where there is one; the device's own where it needs none; the cloud's elsewhere. */
function bothQuality({ of, worlds }: Known): Predicted {
  const mean = [0, 0, 0]
  of.fleet.devices.forEach(({ share }, i) => {
    const { stays } = worlds.middle.first[i]!
    const kept = of.firstPicks[i]?.kept?.ends
    const { keep } = of.useCase.fit
    const ends = stays === 0 ? [1, 1, 1] : stays === 1 && kept ? kept : [keep, keep, Math.max(1, keep)]
    for (let end = 0; end < 3; end++) mean[end]! += share * ends[end]!
  })
  return { low: mean[0]!, value: mean[1]!, high: mean[2]!, level: MEASURED_LEVEL }
}
