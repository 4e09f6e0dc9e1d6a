/**
 * What measurements of one's own tell of a setting: effects that both bear (the device, its runtime, the model's family) move with them, as
 * normal variables do when some of their sums are known. One run on a device fixes most of what is uncertain about its other models.
 */
import { cholesky, solve } from './cholesky.ts'
import { type Case, type Effects, lawOf, shared } from './effects.ts'
import { type Fits, lawNames, observedOf, promptCase } from './fit-laws.ts'
import { type LawName, laws } from './laws.ts'
import type { Sound } from './left-out.ts'

interface Known {
  readonly levels: Case['levels']
  readonly slopes: readonly number[]
}

/** Of one law: what was measured, the triangle of what the measurements share, and how far each lies above what was said, solved by it. */
interface ToldLaw {
  readonly known: readonly Known[]
  readonly lower: readonly Float64Array[]
  readonly pull: Float64Array
}

export type Told = Readonly<Record<LawName, ToldLaw>>

const NOTHING: ToldLaw = { known: [], lower: [], pull: new Float64Array(0) }
export const nothingTold: Told = {
  decode: NOTHING,
  prefill: NOTHING,
  firstToken: NOTHING,
  memory: NOTHING,
}

/** A law's word: seconds or bytes, the standard deviation of its logarithm, and what own measurements moved it by (a factor). */
export interface Word {
  readonly value: number
  readonly spread: number
  readonly parts: readonly number[]
  readonly moved: number
  /** The standard deviation that own measurements left, as a share of that without them. */
  readonly left: number
}

export function wordOf(fits: Fits, law: LawName, asked: Case, told: Told): Word {
  const effects = fits[law]
  const { seconds, slopes, parts } = lawOf(effects, laws[law], asked)
  const target = { levels: asked.levels, slopes }
  const noise = effects.noise ** 2
  const before = shared(effects, target, target)
  let variance = before
  let moved = 1
  const { known, lower, pull } = told[law]
  if (known.length) {
    const between = Float64Array.from(known, (one) => shared(effects, target, one))
    moved = Math.exp(dot(pull, between))
    variance -= dot(solve(lower, between), between)
  }
  const spread = Math.sqrt(Math.max(0, variance) + noise)
  return { value: seconds * moved, spread, parts, moved, left: spread / Math.sqrt(before + noise) }
}

/** Of measurements of one device. Prefill before the first token: a prompt's time, as they tell it, is not told twice. */
export function tell(fits: Fits, own: readonly Sound[]): Told {
  let told = nothingTold
  for (const law of lawNames) {
    const seen = own.flatMap((row) => {
      const prompt =
        law === 'firstToken' && row.row.promptTokens !== null
          ? wordOf(fits, 'prefill', promptCase(row, row.row.promptTokens, fits), told).value
          : null
      return observedOf(law, row, fits, prompt) ?? []
    })
    if (seen.length === 0) continue
    const effects: Effects = fits[law]
    const known = seen.map((one) => {
      const { seconds, slopes } = lawOf(effects, laws[law], one)
      return { levels: one.levels, slopes, off: Math.log(one.seconds / seconds) }
    })
    const lower = cholesky(
      known.map((a, i) =>
        Float64Array.from(known, (b, j) => shared(effects, a, b) + (i === j ? effects.noise ** 2 : 0)),
      ),
    )
    const pull = solve(
      lower,
      Float64Array.from(known, ({ off }) => off),
    )
    told = { ...told, [law]: { known, lower, pull } }
  }
  return told
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0)
