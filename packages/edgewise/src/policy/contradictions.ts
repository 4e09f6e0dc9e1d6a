/**
 * What a policy of the right shape says against itself, and what to do. A setting that can have no effect is refused as
 * well: whoever wrote it believes that it holds. Messages never repeat a value of the file but the names of places,
 * privacies and signals.
 */
import { barContradictions } from './bar-contradictions.ts'
import { matchContradictions } from './match-contradictions.ts'
import type { PlaceRule, Policy, Rule } from './types.ts'

export interface Contradiction {
  /** The key to change: `['tasks', 'redact', 'escalate']`. */
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** All contradictions of a policy, rule by rule in the order of the file. */
export function contradictions(policy: Policy): readonly Contradiction[] {
  const found: Contradiction[] = []
  for (const [name, rule] of Object.entries(policy.tasks)) {
    if (name === 'default') {
      found.push({
        path: ['tasks', name],
        message: 'receipts call the rule of calls without a task "default": choose another name',
      })
    }
    found.push(...ruleContradictions(rule, ['tasks', name]))
  }
  found.push(...matchContradictions(policy), ...ruleContradictions(policy.default, ['default']))
  if (policy.cloud !== undefined) {
    const isPriced = policy.cloud.price !== undefined
    for (const [path, rule] of rulesOf(policy)) found.push(...moneyContradictions(rule, path, isPriced))
  }
  return found
}

/** What a rule says of money, with a cloud that has a price or none. */
function moneyContradictions(
  { place, budget, audit }: Rule,
  path: readonly string[],
  isPriced: boolean,
): Contradiction[] {
  const found: Contradiction[] = []
  const say = (key: readonly string[], message: string) => found.push({ path: [...path, ...key], message })
  const unknown = 'what the cloud costs is not known: add "price" to "cloud", or take'
  if (!isPriced && budget !== undefined && place !== 'device-only')
    say(['budget'], `${unknown} the budget out`)
  if (audit === undefined || !placesOfKey.audit!.places.includes(place)) return found
  if (!isPriced && audit.perDayUsd !== undefined) say(['audit', 'perDayUsd'], `${unknown} "perDayUsd" out`)
  if (isPriced && audit.perDayUsd === undefined) {
    say(['audit'], 'audits ask a cloud that costs money: add "perDayUsd", US dollars they may cost a day')
  }
  return found
}

const rulesOf = ({ tasks, default: fallback }: Policy): readonly (readonly [readonly string[], Rule])[] => [
  ...Object.entries(tasks).map(([name, rule]) => [['tasks', name], rule] as const),
  [['default'], fallback],
]

interface Fit {
  readonly places: readonly PlaceRule[]
  readonly why: string
}

const withCloud: readonly PlaceRule[] = ['prefer-device', 'prefer-cloud', 'cloud-only', 'race']
const withBoth: readonly PlaceRule[] = ['prefer-device', 'prefer-cloud', 'race']

/** The keys of a rule that go with some places only, and why. The JSON Schema says the same (json-schema.ts). */
export const placesOfKey: { readonly [K in keyof Rule]?: Fit } = {
  deviceTask: {
    places: ['device-only', ...withBoth],
    why: 'it tells the device what to do, and this rule never asks the device',
  },
  deviceModel: {
    places: ['device-only', ...withBoth],
    why: 'it names a model of the device, and this rule never asks the device',
  },
  instructions: {
    places: withCloud,
    why: 'it tells the cloud what to do, and this rule never asks the cloud',
  },
  hedgeAfterMs: {
    places: ['prefer-device', 'prefer-cloud'],
    why: 'it starts a second place after the first, so it needs "prefer-device" or "prefer-cloud"',
  },
  budget: { places: withCloud, why: 'it limits what the cloud may cost, and this rule never asks the cloud' },
  maxInputTokens: {
    places: ['prefer-device', 'race'],
    why: 'it sends long inputs to the cloud first, so it needs "place": "prefer-device" or "race"',
  },
  escalate: {
    places: ['prefer-device', 'race'],
    why: 'it sends a doubtful answer of the device to the cloud, so it needs "place": "prefer-device" or "race"',
  },
  audit: {
    places: ['prefer-device', 'race'],
    why: 'it compares the device\'s answer with the cloud\'s, so it needs "place": "prefer-device" or "race"',
  },
  commit: {
    places: withBoth,
    why: 'it says until when another place can answer, and this rule has one place',
  },
  offline: {
    places: withCloud,
    why: 'it says what happens without the cloud, and this rule never asks the cloud',
  },
  select: {
    places: withCloud,
    why: 'it makes what goes to the cloud shorter, and this rule never asks the cloud',
  },
  compress: {
    places: withCloud,
    why: 'it makes what goes to the cloud shorter, and this rule never asks the cloud',
  },
}

function ruleContradictions(rule: Rule, path: readonly string[]): Contradiction[] {
  const found: Contradiction[] = []
  const say = (key: readonly string[], message: string) => found.push({ path: [...path, ...key], message })

  for (const [key, { places, why }] of Object.entries(placesOfKey)) {
    if (Object.hasOwn(rule, key) && !places.includes(rule.place)) {
      say([key], `this contradicts "place": "${rule.place}": ${why}`)
    }
  }
  sayPrivacy(rule, say)
  sayTimes(rule, say)
  sayOffline(rule, say)

  const { perDayUsd, perUserPerDayUsd } = rule.budget ?? {}
  if (rule.budget !== undefined && perDayUsd === undefined && perUserPerDayUsd === undefined) {
    say(['budget'], 'it limits nothing: add "perDayUsd" or "perUserPerDayUsd", or take it out')
  }
  if (perDayUsd !== undefined && perUserPerDayUsd !== undefined && perUserPerDayUsd > perDayUsd) {
    say(
      ['budget', 'perUserPerDayUsd'],
      'one user may spend more than all together: make it "perDayUsd" or less',
    )
  }
  if (withBoth.includes(rule.place)) found.push(...barContradictions(rule, path))
  return found
}

type Say = (key: readonly string[], message: string) => void

function sayPrivacy({ place, privacy, select, compress }: Rule, say: Say): void {
  if (place === 'device-only' && privacy !== undefined && privacy !== 'nothing-leaves') {
    say(
      ['privacy'],
      `this contradicts "place": "device-only": nothing leaves the device there, so "${privacy}" cannot hold: take it out, or choose another place`,
    )
  }
  if (place !== 'device-only' && privacy === 'nothing-leaves') {
    say(
      ['privacy'],
      `this contradicts "place": "${place}": a call that may go to the cloud leaves the device: use "place": "device-only"`,
    )
  }
  if (privacy !== 'structured-only') return
  const why = 'this contradicts "privacy": "structured-only": no free text leaves'
  if (select !== undefined) say(['select'], `${why}, so there are no passages to select from: take one out`)
  if (compress !== undefined) {
    say(['compress'], `${why}, and JSON with tokens dropped is none any more: take one out`)
  }
}

function sayTimes({ deadlineMs, hedgeAfterMs }: Rule, say: Say): void {
  const { firstToken, total } = deadlineMs ?? {}
  if (deadlineMs !== undefined && firstToken === undefined && total === undefined) {
    say(['deadlineMs'], 'it limits nothing: add "firstToken" or "total", or take it out')
  }
  if (firstToken !== undefined && total !== undefined && firstToken > total) {
    say(['deadlineMs', 'firstToken'], 'the first output would come after the end: make it "total" or less')
  }
  const deadline = Math.min(firstToken ?? Infinity, total ?? Infinity)
  if (hedgeAfterMs !== undefined && hedgeAfterMs >= deadline) {
    say(['hedgeAfterMs'], 'the second place would start after the deadline: make it less than "deadlineMs"')
  }
}

function sayOffline({ place, offline }: Rule, say: Say): void {
  if (place === 'cloud-only' && offline === 'device') {
    say(
      ['offline'],
      'this contradicts "place": "cloud-only": the device is never asked: use "prefer-cloud", or take it out',
    )
  }
  if (place === 'prefer-cloud' && offline === 'fail') {
    say(
      ['offline'],
      'this contradicts "place": "prefer-cloud": the device would never be asked: use "place": "cloud-only", or take it out',
    )
  }
}
