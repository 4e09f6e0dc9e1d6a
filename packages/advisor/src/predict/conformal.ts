/**
 * Intervals from what the laws got wrong on rows that they had not seen. An error is the logarithm of what was measured over what was said,
 * in units of the law's own spread, which is wider where it knows less: of a runtime or line that it never saw. Ends are quantiles of those
 * errors, over all classes together (a class has too few devices for its own; with its own they covered no better), where a row weighs
 * one over the root of the rows of its device, between every row alike and every device alike. Of devices that were not seen, small ones
 * (phones, boards, handhelds: their cores do more or less with the bandwidth) and those whose bandwidth is only claimed have ends of their
 * own: their errors are larger. Where these are too few for that, theirs or those of all, whichever lie further out.
 */
import type { Device, DeviceClass } from '../facts/types.ts'
import type { Held, Stage } from './hold-out.ts'
import type { LawName } from './laws.ts'

/** Probability that an interval is made for. */
export const LEVEL = 0.8

/** In units of the spread: the lower end, 0 or below, and the upper, 0 or above. */
export interface Ends {
  readonly low: number
  readonly high: number
}

/** A stage, or the first of them for devices that are small or whose bandwidth is claimed. */
export type EndsName = Stage | 'coldUnsure'

export type AllEnds = Readonly<Record<LawName, Readonly<Record<EndsName, Ends>>>>

/** Devices that a group needs for ends of its own. */
const ENOUGH = 15

const small: ReadonlySet<DeviceClass> = new Set(['phone', 'phone-mid', 'sbc', 'handheld'])

export function endsName(stage: Stage, device: Pick<Device, 'class' | 'basis'>): EndsName {
  return stage === 'cold' && (small.has(device.class) || device.basis === 'claimed') ? 'coldUnsure' : stage
}

/**
 * Ends of a group of `held`, where that is of enough devices; else of all, and for the unsure no less than their own. In a group the quantile is taken half a device further out: that
 * of few devices lies too far in for one more (of the table's rows, 74 % were inside without, 80 % with half a device, 86 % with one).
 */
function endsOfGroup(held: readonly Held[], name: EndsName): Ends {
  const group = held.filter(({ stage, one }) => endsName(stage, one.device) === name)
  const devices = new Set(group.map(({ one }) => one.device.id)).size
  const all = endsOf(held)
  if (devices === 0 || group.length === held.length) return all
  const own = endsOf(group, 0.5 / devices)
  if (devices >= ENOUGH) return own
  return name === 'coldUnsure' ? { low: Math.min(all.low, own.low), high: Math.max(all.high, own.high) } : all
}

/**
 * A prompt takes a token's time, too, and the first token the prompt's, whose errors are no part of their laws' own spreads. Of a device that
 * was not seen these count as no less than devices differ by: their effects' spread of 0.2 with any runtime, and 0.2 with one.
 */
export function spreadOf(law: LawName, stage: Stage, spread: number): number {
  return stage === 'cold' && (law === 'prefill' || law === 'firstToken')
    ? Math.max(spread, 0.2 * Math.SQRT2)
    : spread
}

const errorOf = ({ law, stage, observed, said, spread }: Held): number =>
  (observed - said) / spreadOf(law, stage, spread)

/** Of nothing: those of a normal distribution. */
const NORMAL: Ends = { low: -1.2816, high: 1.2816 }

/** `further`: how much further out than the level says, as a share of it. */
export function endsOf(held: readonly Held[], further = 0): Ends {
  if (held.length === 0) return NORMAL
  const rows = new Map<string, number>()
  for (const { one } of held) rows.set(one.device.id, (rows.get(one.device.id) ?? 0) + 1)
  const errors = held
    .map((row) => ({
      error: errorOf(row),
      weight: rows.get(row.one.device.id)! ** -0.5,
    }))
    .toSorted((a, b) => a.error - b.error)
  const total = errors.reduce((sum, { weight }) => sum + weight, 0)
  const quantile = (share: number): number => {
    let below = 0
    for (const { error, weight } of errors) {
      below += weight
      if (below >= share * total) return error
    }
    return errors.at(-1)!.error
  }
  const upper = Math.min(1, ((1 + LEVEL) / 2) * (1 + further))
  return { low: Math.min(0, quantile(1 - upper)), high: Math.max(0, quantile(upper)) }
}

/** Where nothing was told for a law, its ends for a device of which other models were seen. */
export function allEnds(held: readonly Held[]): AllEnds {
  const of = (law: LawName): AllEnds[LawName] => {
    const stage = (name: Stage): readonly Held[] =>
      held.filter((one) => one.law === law && one.stage === name)
    const own = stage('own')
    return {
      cold: endsOfGroup(stage('cold'), 'cold'),
      coldUnsure: endsOfGroup(stage('cold'), 'coldUnsure'),
      known: endsOf(stage('known')),
      own: endsOf(own.length ? own : stage('known')),
    }
  }
  return {
    decode: of('decode'),
    prefill: of('prefill'),
    firstToken: of('firstToken'),
    memory: of('memory'),
  }
}

export const within = (held: Held, ends: Ends): boolean => {
  const error = errorOf(held)
  return error >= ends.low && error <= ends.high
}

/** Whether each row, all of one law and stage, lies in the interval that the errors of all other devices make. */
export function covered(held: readonly Held[]): readonly boolean[] {
  const ends = new Map<string, Ends>()
  return held.map((one) => {
    const device = one.one.device.id
    let of = ends.get(device)
    if (!of) {
      const others = held.filter((other) => other.one.device.id !== device)
      of = endsOfGroup(others, endsName(one.stage, one.one.device))
      ends.set(device, of)
    }
    return within(one, of)
  })
}
