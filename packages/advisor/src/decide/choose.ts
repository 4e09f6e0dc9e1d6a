/**
 * What is chosen, in one world, and whether it is the same in all: by the rules alone. A fired rule that decides ends it. What is forbidden
 * is out; what misses stays only when all that is left misses, and then most users in time win, and of equals who answers sooner. Of what is
 * left, `offline-is-better` takes the first that it favours, else the least money wins, and of equals the one that sends less.
 */
import { latencyAt, type Users } from '../fleet/shares.ts'
import type { Case } from './case.ts'
import { type Figures, type Fixed, figuresOf, fixedOf } from './figures.ts'
import { type Rule, rules } from './rules.ts'
import type { Answer, Choice } from './types.ts'
import { middle, oneEnd, type World } from './worlds.ts'

/** What sends less stands first. */
const choices = ['on-device', 'hybrid', 'cloud'] as const

const decisive = rules.filter(({ weight }) => weight === 'decides')
const forbidding = rules.filter(({ weight }) => weight === 'forbids')
const missing = rules.filter(({ weight }) => weight === 'misses')
const favouring = rules.filter(({ weight }) => weight === 'favours')

export type Leaning = Exclude<Answer, 'uncertain'>

export function choose(of: Case, figures: Figures): Leaning {
  const hits = (some: readonly Rule[], choice: Choice): boolean =>
    some.some((rule) => rule.of.includes(choice) && rule.holds(of, figures, choice))
  if (hits(decisive, 'no-llm')) return 'no-llm'
  const allowed = choices.filter((choice) => !hits(forbidding, choice))
  if (allowed.length === 0) return 'none'
  const inTime = allowed.filter((choice) => !hits(missing, choice))
  if (inTime.length === 0) return nearest(of, figures, allowed)
  const favoured = inTime.find((choice) => hits(favouring, choice))
  if (favoured !== undefined) return favoured
  return inTime.reduce((best, one) => (usdOf(one, figures) < usdOf(best, figures) ? one : best))
}

const usersOf = (choice: (typeof choices)[number], { inTime, good }: Figures): number =>
  choice === 'on-device' ? good : choice === 'hybrid' ? inTime.both : inTime.cloud

const usdOf = (choice: (typeof choices)[number], { usd }: Figures): number =>
  choice === 'on-device' ? usd.device : choice === 'hybrid' ? usd.both : usd.cloud

/** Of options that all miss. */
function nearest(of: Case, figures: Figures, allowed: readonly (typeof choices)[number][]): Leaning {
  const most = Math.max(...allowed.map((choice) => usersOf(choice, figures)))
  const those = allowed.filter((choice) => usersOf(choice, figures) === most)
  const soonest = (choice: (typeof choices)[number]): number =>
    latencyAt(usersOfChoice(of, figures, choice), of.useCase.latency.share) ?? Number.MAX_VALUE
  return those.reduce((best, one) => (soonest(one) < soonest(best) ? one : best))
}

/** The latency of each kind of device under a choice, in the world of the figures. */
export function usersOfChoice(
  of: Case,
  { alone, first }: Figures,
  choice: (typeof choices)[number],
): readonly Users[] {
  if (choice === 'cloud') return [{ share: 1, ms: of.cloudMs }]
  return of.fleet.devices.map(({ share }, i) => ({
    share,
    ms: choice === 'hybrid' ? first[i]!.ms : alone[i]!.ms,
  }))
}

export interface Decided {
  readonly answer: Answer
  /** In the middle. */
  readonly leans: Leaning
  /** What is uncertain and decides, with what would be chosen at its ends where that differs. */
  readonly hangsOn: readonly { readonly of: keyof World; readonly then: Leaning }[]
}

/** What is chosen in the middle. */
export function leaning(of: Case, fixed: Fixed = fixedOf(of)): Leaning {
  return choose(of, figuresOf(of, fixed, middle))
}

/** Whether nothing uncertain, alone at an end of its interval, would turn the choice. */
export function isCertain(of: Case, fixed: Fixed, leans: Leaning): boolean {
  return endsOf(of).every(({ world }) => choose(of, figuresOf(of, fixed, world)) === leans)
}

/** `uncertain` where one thing alone, at an end of its interval, would turn the choice. */
export function decided(of: Case, fixed: Fixed = fixedOf(of)): Decided {
  const leans = leaning(of, fixed)
  const hangsOn = endsOf(of).flatMap(({ of: thing, world }) => {
    const then = choose(of, figuresOf(of, fixed, world))
    return then === leans ? [] : [{ of: thing, then }]
  })
  return { answer: hangsOn.length === 0 ? leans : 'uncertain', leans, hangsOn }
}

const endsOf = ({ linear }: Case): typeof oneEnd =>
  linear === null ? oneEnd.filter(({ of }) => of !== 'linear') : oneEnd
