/**
 * Intervals from what the laws got wrong on rows that they had not seen. An error is the logarithm of what was measured over what was said,
 * in units of the law's own spread, which is wider where it knows less: of a runtime or line that it never saw. Ends are quantiles of those
 * errors, over all classes together (a class has too few devices for its own; with its own they covered no better), where a row weighs
 * one over the root of the rows of its device, between every row alike and every device alike. Of devices that were not seen, small ones
 * (phones, boards, handhelds: their cores do more or less with the bandwidth) and those whose bandwidth is only claimed have ends of their
 * own, where there are enough of them: their errors are larger.
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
 * Ends of a group of `held`, where that is of enough devices; else of all. In a group the quantile is taken half a device further out: that
 * of few devices lies too far in for one more (of the table's rows, 74 % were inside without, 80 % with half a device, 86 % with one).
 */
function endsOfGroup(held: readonly Held[], name: EndsName): Ends {
  const group = held.filter(({ stage, one }) => endsName(stage, one.device) === name)
  const devices = new Set(group.map(({ one }) => one.device.id)).size
  const parts = group.length < held.length
  return parts && devices >= ENOUGH ? endsOf(group, 0.5 / devices) : endsOf(held)
}

/** Of nothing: those of a normal distribution. */
const NORMAL: Ends = { low: -1.2816, high: 1.2816 }

/** `further`: how much further out than the level says, as a share of it. */
export function endsOf(held: readonly Held[], further = 0): Ends {
  if (held.length === 0) return NORMAL
  const rows = new Map<string, number>()
  for (const { one } of held) rows.set(one.device.id, (rows.get(one.device.id) ?? 0) + 1)
  const errors = held
    .map(({ one, observed, said, spread }) => ({
      error: (observed - said) / spread,
      weight: rows.get(one.device.id)! ** -0.5,
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

export const within = ({ observed, said, spread }: Held, ends: Ends): boolean => {
  const error = (observed - said) / spread
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
