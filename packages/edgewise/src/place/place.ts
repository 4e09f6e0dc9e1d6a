/**
 * Where a call runs: a pure function of the task's rule and the state of this host. It opens nothing and asks nobody.
 * Invariants (tested over every combination): a device-only rule never yields the cloud, a cloud-only rule never the
 * device; an order is empty only when no allowed place is ready, or the one that is may not stand in for the other.
 */
import type { Place } from '@edgewise/evidence'
import type { ResolvedRule } from '../policy/index.ts'

export interface PlaceState {
  /** null: a device model can be asked. Else why not, a clause: `no device model is ready`. */
  readonly deviceProblem: string | null
  /** null: a cloud can be asked. Else why not, a clause: `no cloud is configured`. */
  readonly cloudProblem: string | null
  /** Tokens of the prompt as the device model counts them; null when it does not say. */
  readonly inputTokens: number | null
  /** Tokens the device model can hold; null when it does not say. */
  readonly contextLength: number | null
  /** What the call has that the device model does not take: `tools`, `files`. */
  readonly deviceLacks: readonly string[]
}

export interface Plan {
  /** The places to try, in order: none, one or two different ones. */
  readonly order: readonly Place[]
  /** Milliseconds after which the second place starts beside the first; 0: at once; null: only when the first is out. */
  readonly secondAfterMs: number | null
  /** Whether the device's answer is held to the rule's bars: only where something else can happen when it misses them. */
  readonly isChecked: boolean
  /** Of an empty order: the place that would have to be there. */
  readonly missing: Place
  /** A clause for people. */
  readonly why: string
}

/**
 * Decides the order of places. `uncertified`: why a safe rule (`safeRule`) stands in for the task's own, a clause; null: none does.
 */
export function decide(rule: ResolvedRule, state: PlaceState, uncertified: string | null = null): Plan {
  switch (rule.place) {
    case 'device-only':
      return deviceOnly(state)
    case 'cloud-only':
      return state.cloudProblem === null
        ? plan(['cloud'], 'the policy sends this task to the cloud')
        : plan([], `the policy sends this task to the cloud, but ${state.cloudProblem}`, { missing: 'cloud' })
    case 'prefer-cloud':
      return preferCloud(rule, state, uncertified ?? 'the policy prefers the cloud')
    case 'prefer-device':
      return deviceFirst(rule, state, 'the policy prefers the device', rule.hedgeAfterMs)
    case 'race':
      return deviceFirst(rule, state, 'the policy lets both places race', 0)
  }
}

const KEEPS = 'the policy keeps this task on the device'

function deviceOnly({ deviceProblem }: PlaceState): Plan {
  return deviceProblem === null ? plan(['device'], KEEPS) : plan([], `${KEEPS}, but ${deviceProblem}`)
}

function preferCloud(rule: ResolvedRule, state: PlaceState, why: string): Plan {
  const { cloudProblem, deviceProblem } = state
  // A policy cannot say it with this place; a safe rule has it from its own.
  if (rule.offline === 'fail') {
    return cloudProblem === null
      ? plan(['cloud'], why)
      : plan([], `${why}, but ${cloudProblem}`, { missing: 'cloud' })
  }
  if (cloudProblem !== null) {
    return deviceProblem === null
      ? plan(['device'], `${why}, but ${cloudProblem}`)
      : plan([], `${why}, but ${cloudProblem} and ${deviceProblem}`)
  }
  if (deviceProblem !== null || overflows(state)) return plan(['cloud'], why)
  return plan(['cloud', 'device'], why, { secondAfterMs: rule.hedgeAfterMs })
}

/** `secondAfterMs`: when the cloud starts beside the device, where both may answer. */
function deviceFirst(rule: ResolvedRule, state: PlaceState, why: string, secondAfterMs: number | null): Plan {
  const { cloudProblem, deviceProblem } = state
  if (deviceProblem !== null) {
    return cloudProblem === null
      ? plan(['cloud'], `${why}, but ${deviceProblem}`)
      : plan([], `${why}, but ${deviceProblem} and ${cloudProblem}`)
  }
  const limit = deviceLimit(rule.maxInputTokens, state)
  const hasBars = rule.escalate.length > 0
  if (limit === null) {
    return cloudProblem === null
      ? plan(['device', 'cloud'], why, { isChecked: hasBars, secondAfterMs })
      : plan(['device'], `${why}, and ${cloudProblem}`, { isChecked: hasBars && rule.offline === 'fail' })
  }
  if (cloudProblem === null) {
    const stays = overflows(state) || rule.offline === 'fail'
    return plan(stays ? ['cloud'] : ['cloud', 'device'], `${why}, but ${limit}`)
  }
  // What the policy sends to the cloud the device answers without one, where the policy takes that.
  return rule.offline === 'fail'
    ? plan([], `${why}, but ${limit} and ${cloudProblem}`, { missing: 'cloud' })
    : plan(['device'], `${limit}, but ${cloudProblem}`)
}

const plan = (
  order: readonly Place[],
  why: string,
  { isChecked = false, secondAfterMs = null, missing = 'device' }: Partial<Omit<Plan, 'order' | 'why'>> = {},
): Plan => ({ order, secondAfterMs, isChecked, missing, why })

/** The device could not even read the prompt. */
const overflows = ({ inputTokens, contextLength }: PlaceState): boolean =>
  inputTokens !== null && contextLength !== null && inputTokens > contextLength

/** Why the device is not the first choice for this call, or null. */
function deviceLimit(maxInputTokens: number | null, state: PlaceState): string | null {
  const { inputTokens, contextLength, deviceLacks } = state
  if (overflows(state)) return `its ${inputTokens} input tokens do not fit the context of ${contextLength}`
  if (inputTokens !== null && maxInputTokens !== null && inputTokens > maxInputTokens) {
    return `its ${inputTokens} input tokens are more than the ${maxInputTokens} the policy allows there`
  }
  if (deviceLacks.length > 0) return `the device model does not take ${deviceLacks.join(' or ')}`
  return null
}
