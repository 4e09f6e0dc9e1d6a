/**
 * What turns a verdict: the least change of one answer, found by deciding again (steps outward, then bisection). A verdict turns where what it
 * leans to does; one that is uncertain also where it becomes certain.
 */
import { count, milliseconds, percent } from '@edgewise/evidence'
import { usdPerCall } from '../economics/money.ts'
import { scaledPrice } from '../economics/price-change.ts'
import type { FleetDevice } from '../fleet/fleet.ts'
import type { UseCase } from '../use-case/types.ts'
import { type Case, picked, pooled } from './case.ts'
import { type Decided, isCertain, type Leaning, leaning } from './choose.ts'
import { fixedOf } from './figures.ts'
import type { Answer, Flip } from './types.ts'
import { money } from './words.ts'

/** Factors are tried up to 8^6, about 260,000. */
const STEPS = 6
const GROWTH = 8
const HALVINGS = 12
/** From no call the first step is to so many. */
const FIRST_CALLS = 1000

export function flipsOf(of: Case, base: Decided): readonly Flip[] {
  return [
    ...[...numbers(of), ...shares(of)].flatMap((knob) => turns(knob, base)),
    ...models(of).flatMap((model) => quality(of, model, base)),
    ...words(of, base),
  ]
}

/** A number that can be turned. */
interface Knob {
  readonly what: string
  readonly now: number
  readonly least: number
  readonly most: number
  /** Shares go by equal steps, all else by equal factors. */
  readonly isShare: boolean
  readonly with: (value: number) => Case
  readonly told: (value: number) => string
}

function numbers(of: Case): readonly Knob[] {
  const { useCase, price, callUsd } = of
  const { volume, latency } = useCase
  return [
    {
      what: 'callsPerMonth',
      now: volume.callsPerMonth,
      least: 1,
      most: 1e12,
      isShare: false,
      with: (callsPerMonth) => ({ ...of, useCase: { ...useCase, volume: { ...volume, callsPerMonth } } }),
      told: count,
    },
    {
      what: 'targetMs',
      now: latency.targetMs,
      least: 1,
      most: 3_600_000,
      isShare: false,
      with: (targetMs) => picked({ ...of, useCase: { ...useCase, latency: { ...latency, targetMs } } }),
      told: milliseconds,
    },
    {
      what: `price of ${price.id}`,
      now: 1,
      least: 1 / 64,
      most: 64,
      isShare: false,
      with: (factor) => {
        const scaled = scaledPrice(price, factor)
        return { ...of, price: scaled, callUsd: usdPerCall(scaled, volume) }
      },
      told: (factor) => `${perMillion(1e6 * callUsd * factor)} a million calls`,
    },
  ]
}

/** To three digits. */
const perMillion = (usd: number): string => money(Number(usd.toPrecision(3)))

/** What would be shipped, three at most. */
const models = ({ picks, firstPicks }: Case): readonly string[] =>
  [...new Set([...picks, ...firstPicks].flatMap((pick) => (pick === null ? [] : [pick.model.id])))].slice(
    0,
    3,
  )

/** As if a model were known to keep just so much: where what is chosen turns, seen from what is measured, or from both sides. */
function quality(of: Case, model: string, base: Decided): readonly Flip[] {
  const kept = [...of.picks, ...of.firstPicks].find((pick) => pick?.model.id === model)!.kept
  const leansAt = (value: number): Leaning => leaning(withQuality(of, model, value))
  const top = leansAt(1)
  const values = [1, 0.9, 0.75, 0.5, 0.25, 0]
  const turn = values.findIndex((value) => leansAt(value) !== top)
  if (turn < 0) return []
  const at = between(values[turn - 1]!, values[turn]!, (value) =>
    leansAt(value) === top ? null : leansAt(value),
  )
  const below = leansAt(at)
  const what = `quality of ${model}`
  const now = kept === null ? 'not measured' : `${percent(kept.ends[1])} of the cloud's`
  const down = { what, now, at: `below ${percent(at)} of the cloud's`, then: below }
  const up = { what, now, at: `${percent(at)} of the cloud's or more`, then: top }
  if (kept === null) return [up, down]
  // What is measured lies on one side: the other is what turns it.
  return [kept.ends[1] >= at ? down : up].filter(({ then }) => then !== base.leans)
}

function withQuality(of: Case, model: string, value: number): Case {
  const kept = { ends: [value, value, value] as const, right: value, beside: true }
  const devices = of.fleet.devices.map(
    (device): FleetDevice => ({
      ...device,
      candidates: device.candidates.map((one) => (one.model.id === model ? { ...one, kept } : one)),
    }),
  )
  return pooled({ ...of, fleet: { ...of.fleet, devices } })
}

/** Of the most common device; the others keep their proportions. */
function shares(of: Case): readonly Knob[] {
  const { devices } = of.fleet
  if (devices.length < 2) return []
  const top = devices.reduce((a, b) => (b.share > a.share ? b : a))
  return [
    {
      what: `share of ${top.at.device}`,
      now: top.share,
      least: 0,
      most: 1,
      isShare: true,
      with: (value) => ({
        ...of,
        known: new Map(),
        fleet: {
          ...of.fleet,
          devices: devices.map((device) => ({
            ...device,
            share: device === top ? value : (device.share * (1 - value)) / (1 - top.share),
          })),
        },
      }),
      told: percent,
    },
  ]
}

/** The nearest turn below and above, of those there are. */
function turns(knob: Knob, base: Decided): readonly Flip[] {
  const answerAt = (value: number): Answer | null => turned(knob.with(value), base)
  return [knob.least, knob.most].flatMap((end): readonly Flip[] => {
    const values = steps(knob.now, end, knob)
    const at = values.findIndex((value, i) => i > 0 && answerAt(value) !== null)
    if (at < 0) return []
    const value = between(values[at - 1]!, values[at]!, answerAt)
    const now = knob.told(knob.now)
    const there = knob.told(knob.isShare ? value : outward(value, knob.now))
    // Two that are nearer to each other than words tell.
    const turnsAt = there === now ? `just ${value > knob.now ? 'above' : 'below'} ${now}` : there
    return [{ what: knob.what, now, at: turnsAt, then: answerAt(value)! }]
  })
}

/** To three digits, away from `now`: it was found to no more of them, and what is told must turn it. */
function outward(value: number, now: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 2)
  const steps = value / unit
  return Number(((value > now ? Math.ceil(steps) : Math.floor(steps)) * unit).toPrecision(3))
}

/** What it would be then, where that is a turn: it leans elsewhere, or what was uncertain is certain. */
function turned(then: Case, base: Decided): Answer | null {
  const fixed = fixedOf(then)
  const leans = leaning(then, fixed)
  if (leans !== base.leans) return leans
  return base.answer === 'uncertain' && isCertain(then, fixed, leans) ? leans : null
}

/** From `now` to an end, `now` first. */
function steps(now: number, end: number, { isShare }: Knob): readonly number[] {
  if (now === end) return [now]
  if (isShare) return Array.from({ length: 6 }, (_, i) => now + ((end - now) * i) / 5)
  const factor = end > now ? GROWTH : 1 / GROWTH
  const found = [now]
  for (let i = 0; i < STEPS && found.at(-1) !== end; i++) {
    const next = found.at(-1) === 0 ? FIRST_CALLS : found.at(-1)! * factor
    found.push(factor > 1 ? Math.min(next, end) : Math.max(next, end))
  }
  return found
}

/** Where it turns: `held` does not, `found` does. */
function between(held: number, found: number, answerAt: (value: number) => Answer | null): number {
  let [from, to] = [held, found]
  for (let i = 0; i < HALVINGS; i++) {
    const half = (from + to) / 2
    if (answerAt(half) === null) from = half
    else to = half
  }
  return to
}

/** Answers in words: another privacy, another need to be offline. */
function words(of: Case, base: Decided): readonly Flip[] {
  const { useCase } = of
  const tried: readonly {
    readonly what: 'privacy' | 'offline'
    readonly at: string
    readonly then: UseCase
  }[] = [
    ...(['nothing-leaves', 'structured-only', 'redacted', 'anything'] as const).map((privacy) => ({
      what: 'privacy' as const,
      at: privacy,
      then: { ...useCase, privacy },
    })),
    ...(['must', 'better', 'no'] as const).map((offline) => ({
      what: 'offline' as const,
      at: offline,
      then: { ...useCase, offline },
    })),
  ]
  return tried.flatMap(({ what, at, then }): readonly Flip[] => {
    if (useCase[what] === at) return []
    const answer = turned({ ...of, useCase: then }, base)
    return answer === null ? [] : [{ what, now: useCase[what], at, then: answer }]
  })
}
