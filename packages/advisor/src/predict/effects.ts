/**
 * A law with effects: a time that is a sum of parts (seconds), each times e to the sum of the effects on it, all times e to the sum of the
 * effects on the whole. Effects are fitted to observed times in their logarithm, robustly (Huber's weights, on what an observation is off
 * as on effects), and shrunk to nothing the fewer observations bear them (empirical Bayes: the spread of a factor's levels is estimated
 * from all of them together). Deterministic. Of every effect the value and its variance are kept.
 */
import { cholesky, inverseDiagonal, solve } from './cholesky.ts'

/** A kind of effect, of which each level has its own: `runtime` with `llama.cpp`, `MLX`. */
export interface Factor {
  readonly name: string
  /** Which part it is on; null: the whole. */
  readonly part: number | null
  /** Standard deviation of its levels that the estimate starts from, and is drawn towards as if four levels had shown it; in logarithms. */
  readonly spread: number
}

/** Parts in seconds, above 0 in sum, and the level of each factor (null: none). */
export interface Case {
  readonly parts: readonly number[]
  readonly levels: readonly (string | null)[]
}

export interface Observed extends Case {
  /** Seconds. */
  readonly seconds: number
}

export interface Effect {
  readonly value: number
  readonly variance: number
}

/** What was fitted: for each factor, in their order, the spread of its levels and the effect of each. */
export interface Effects {
  readonly factors: readonly { readonly spread: number; readonly levels: Readonly<Record<string, Effect>> }[]
  /** Standard deviation of an observation around the law, robust. */
  readonly noise: number
}

const ROUNDS = 6
/** In standard deviations: where an observation's weight begins to fall, and where an effect's shrinkage does. */
const OFF = 1.5
const FAR = 0.7
/** Levels' worth of belief in the spread that a factor starts with. */
const BELIEF = 4
const LEAST_NOISE = 0.05

export const noEffects = (factors: readonly Factor[]): Effects => ({
  factors: factors.map(({ spread }) => ({ spread, levels: {} })),
  noise: 0.15,
})

/** The time of a case in seconds, its parts after their effects (before those on the whole), and how each factor moves its logarithm. */
export function lawOf(
  effects: Effects,
  factors: readonly Factor[],
  { parts, levels }: Case,
): { readonly seconds: number; readonly parts: readonly number[]; readonly slopes: readonly number[] } {
  const on = parts.map(() => 0)
  let whole = 0
  for (let f = 0; f < factors.length; f++) {
    const level = levels[f]
    if (level === null || level === undefined) continue
    const value = effects.factors[f]!.levels[level]?.value ?? 0
    const part = factors[f]!.part
    if (part === null) whole += value
    else on[part]! += value
  }
  let sum = 0
  const scaled = parts.map((part, i) => {
    const value = part * Math.exp(on[i]!)
    sum += value
    return value
  })
  const slopes = factors.map(({ part }, f) =>
    typeof levels[f] !== 'string' ? 0 : part === null ? 1 : scaled[part]! / sum,
  )
  return { seconds: sum * Math.exp(whole), parts: scaled, slopes }
}

/** Needs an observation at least; throws a plain Error without one. */
export function fitEffects(observed: readonly Observed[], factors: readonly Factor[]): Effects {
  if (observed.length === 0) throw new Error('nothing was observed: a law needs a measurement at least')
  let effects = noEffects(factors)
  for (let round = 0; round < ROUNDS; round++) effects = improve(effects, observed, factors)
  return effects
}

/** One step of Gauss and Newton under the weights of the last, then the spreads that its effects tell (expectation-maximisation). */
function improve(last: Effects, observed: readonly Observed[], factors: readonly Factor[]): Effects {
  const index = new Map<string, number>()
  const of: { readonly factor: number; readonly level: string }[] = []
  const rows = observed.map((seen) => {
    const { seconds, slopes } = lawOf(last, factors, seen)
    const terms: { readonly at: number; readonly slope: number }[] = []
    seen.levels.forEach((level, factor) => {
      if (level === null) return
      const key = `${factor} ${level}`
      let at = index.get(key)
      if (at === undefined) {
        at = of.length
        index.set(key, at)
        of.push({ factor, level })
      }
      terms.push({ at, slope: slopes[factor]! })
    })
    return { terms, off: Math.log(seen.seconds / seconds) }
  })
  const before = Float64Array.from(of, ({ factor, level }) => last.factors[factor]!.levels[level]?.value ?? 0)
  const pull = Float64Array.from(of, ({ factor }, at) => {
    const far = FAR * last.factors[factor]!.spread
    return Math.min(1, far / Math.max(Math.abs(before[at]!), Number.MIN_VALUE))
  })
  const matrix = of.map(() => new Float64Array(of.length))
  const right = new Float64Array(of.length)
  for (const { terms, off } of rows) {
    const weight =
      Math.min(1, (OFF * last.noise) / Math.max(Math.abs(off), Number.MIN_VALUE)) / last.noise ** 2
    const target = terms.reduce((sum, { at, slope }) => sum + slope * before[at]!, off)
    for (const { at, slope } of terms) {
      right[at]! += weight * slope * target
      const row = matrix[at]!
      for (const other of terms) row[other.at]! += weight * slope * other.slope
    }
  }
  of.forEach(({ factor }, at) => {
    matrix[at]![at]! += pull[at]! / last.factors[factor]!.spread ** 2
  })
  const lower = cholesky(matrix)
  const values = solve(lower, right)
  const variances = inverseDiagonal(lower)
  const next = factors.map(({ spread }, factor) => {
    let squares = BELIEF * spread ** 2
    let count = BELIEF
    const levels: Record<string, Effect> = {}
    of.forEach((level, at) => {
      if (level.factor !== factor) return
      squares += pull[at]! * (values[at]! ** 2 + variances[at]!)
      count++
      levels[level.level] = { value: values[at]!, variance: variances[at]! }
    })
    return { spread: Math.sqrt(squares / count), levels }
  })
  const offs = observed.map((seen) =>
    Math.abs(Math.log(seen.seconds / lawOf({ factors: next, noise: 0 }, factors, seen).seconds)),
  )
  // The median of a normal distribution's absolute values is 0.6745 of its standard deviation.
  return { factors: next, noise: Math.max(LEAST_NOISE, median(offs) / 0.6745) }
}

/** Of at least one; the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** What two cases' logarithms share of uncertainty: of every effect that both have. Of a case with itself, its variance without noise. */
export function shared(
  effects: Effects,
  a: { readonly levels: Case['levels']; readonly slopes: readonly number[] },
  b: { readonly levels: Case['levels']; readonly slopes: readonly number[] },
): number {
  let sum = 0
  for (let f = 0; f < effects.factors.length; f++) {
    const level = a.levels[f]
    if (level === null || level === undefined || level !== b.levels[f]) continue
    const factor = effects.factors[f]!
    sum += a.slopes[f]! * b.slopes[f]! * (factor.levels[level]?.variance ?? factor.spread ** 2)
  }
  return sum
}
