/** The rules that fired or could not be decided, each with its sentence. */
import type { Case } from './case.ts'
import type { Figures } from './figures.ts'
import type { Worlds } from './options.ts'
import { type Rule, rules } from './rules.ts'
import type { Choice, Firing, Option } from './types.ts'

/** What sentences are made of. */
export interface Told {
  readonly of: Case
  readonly breakEven: number | null
  readonly options: readonly Option[]
}

const outcomes: Readonly<Record<Rule['weight'], Firing['outcome']>> = {
  forbids: 'against',
  misses: 'against',
  'speaks-against': 'against',
  decides: 'for',
  favours: 'for',
  'speaks-for': 'for',
  unknown: 'uncertain',
}

/** In the order of the rules. */
export function firingsOf(told: Told, worlds: Worlds): readonly Firing[] {
  return rules.flatMap((rule) => rule.of.flatMap((choice) => firing(rule, choice, told, worlds)))
}

function firing(rule: Rule, choice: Choice, told: Told, worlds: Worlds): readonly Firing[] {
  const { of } = told
  const holds = (figures: Figures): boolean => rule.holds(of, figures, choice)
  const inMiddle = holds(worlds.middle)
  const ends = worlds.others.map(({ figures }) => holds(figures))
  if (!inMiddle && !ends.includes(true)) return []
  const outcome = ends.every((end) => end === inMiddle) ? outcomes[rule.weight] : 'uncertain'
  return [{ rule: rule.name, outcome, of: choice, why: sentence(rule, choice, told, worlds) }]
}

function sentence(rule: Rule, choice: Choice, { of, breakEven, options }: Told, { middle }: Worlds): string {
  const option = (answer: Choice): Option => options.find((one) => one.answer === answer)!
  const text = rule.why({ of, figures: middle, option, breakEven }, choice)
  return `${text[0]!.toUpperCase()}${text.slice(1)}.`
}
