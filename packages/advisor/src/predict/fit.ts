/**
 * The fit: from published measurements to the effects of the laws and the ends of their intervals. Pure and deterministic; half a minute
 * for some hundred measurements, as the laws are fitted once a device and once a model of a device. The result is data (fitted.ts).
 */
import type { Facts, Measurement } from '../facts/types.ts'
import { type AllEnds, allEnds, type Ends, type EndsName } from './conformal.ts'
import type { Effects } from './effects.ts'
import { type Fits, fitLaws } from './fit-laws.ts'
import { type Held, leaveDevicesOut, leaveModelsOut } from './hold-out.ts'
import type { LawName } from './laws.ts'
import { type Reason, type Sound, sortOut } from './left-out.ts'

export interface Fitted {
  /** Of the facts it was fitted with. */
  readonly factsVersion: string
  readonly measurements: number
  readonly devices: number
  readonly leftOut: Readonly<Partial<Record<Reason, number>>>
  readonly laws: Readonly<Record<LawName, Effects>>
  readonly ends: AllEnds
}

/** Throws a plain Error where no measurement is sound. */
export function fit(measurements: readonly Measurement[], facts: Facts): Fitted {
  const { sound, leftOut } = sortOut(measurements, facts)
  const held = holdOut(sound)
  const counts: Partial<Record<Reason, number>> = {}
  for (const { reason } of leftOut) counts[reason] = (counts[reason] ?? 0) + 1
  return {
    factsVersion: facts.version,
    measurements: sound.length,
    devices: new Set(sound.map(({ device }) => device.id)).size,
    leftOut: counts,
    laws: rounded(fitLaws(sound, true)),
    ends: roundedEnds(allEnds(held)),
  }
}

/** All that is said of rows that a fit had not seen, at every stage. */
export function holdOut(sound: readonly Sound[]): readonly Held[] {
  return [...leaveDevicesOut(sound), ...leaveModelsOut(sound)]
}

/** To four digits after the point: what is kept is read by people, and a fit on another machine gives the same. */
const round = (value: number): number => Math.round(value * 1e4) / 1e4 || 0

function rounded(fits: Fits): Fits {
  const law = (effects: Effects): Effects => ({
    noise: round(effects.noise),
    factors: effects.factors.map(({ spread, levels }) => ({
      spread: round(spread),
      levels: Object.fromEntries(
        Object.entries(levels)
          .map(([level, { value, variance }]) => [level, { value: round(value), variance: round(variance) }])
          .toSorted(([a], [b]) => (a! < b! ? -1 : 1)),
      ),
    })),
  })
  return {
    decode: law(fits.decode),
    prefill: law(fits.prefill),
    firstToken: law(fits.firstToken),
    memory: law(fits.memory),
  }
}

function roundedEnds(ends: AllEnds): AllEnds {
  const law = (name: LawName): AllEnds[LawName] => {
    const of = (stage: EndsName): Ends => ({
      low: round(ends[name][stage].low),
      high: round(ends[name][stage].high),
    })
    return { cold: of('cold'), coldUnsure: of('coldUnsure'), known: of('known'), own: of('own') }
  }
  return {
    decode: law('decode'),
    prefill: law('prefill'),
    firstToken: law('firstToken'),
    memory: law('memory'),
  }
}
