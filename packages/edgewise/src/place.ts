/**
 * Where a call runs: a pure function of the task's rule and the state of this host. It opens nothing and asks nobody.
 * Invariants (tested over every combination): a device-only rule never yields the cloud, a cloud-only rule never the
 * device; an order is empty only when no allowed place is ready.
 */
import type { Place } from '@edgewise/evidence'
import type { Rule } from './policy.ts'

export interface PlaceState {
  readonly deviceReady: boolean
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
  /** The bar for the first answer: set only when it comes from the device and the cloud could be asked after it. */
  readonly minMeanLogprob: number | null
  /** A clause for people. */
  readonly why: string
}

/** Decides the order of places. */
export function decide(rule: Rule, state: PlaceState): Plan {
  const { deviceReady, cloudProblem } = state
  switch (rule.place) {
    case 'device-only':
      return deviceReady
        ? plan(['device'], 'the policy keeps this task on the device')
        : plan([], 'the policy keeps this task on the device, but no device model is ready')

    case 'cloud-only':
      return cloudProblem === null
        ? plan(['cloud'], 'the policy sends this task to the cloud')
        : plan([], `the policy sends this task to the cloud, but ${cloudProblem}`)

    case 'prefer-cloud':
      if (cloudProblem !== null) {
        const why = `the policy prefers the cloud, but ${cloudProblem}`
        return deviceReady ? plan(['device'], why) : plan([], `${why} and no device model is ready`)
      }
      return plan(
        deviceReady && !overflows(state) ? ['cloud', 'device'] : ['cloud'],
        'the policy prefers the cloud',
      )

    case 'prefer-device': {
      const why = 'the policy prefers the device'
      if (!deviceReady) {
        return cloudProblem === null
          ? plan(['cloud'], `${why}, but no device model is ready`)
          : plan([], `${why}, but no device model is ready and ${cloudProblem}`)
      }
      const limit = deviceLimit(rule.maxInputTokens ?? null, state)
      if (cloudProblem !== null) {
        return plan(
          ['device'],
          limit === null ? `${why}, and ${cloudProblem}` : `${limit}, but ${cloudProblem}`,
        )
      }
      if (limit !== null) {
        return plan(overflows(state) ? ['cloud'] : ['cloud', 'device'], `${why}, but ${limit}`)
      }
      return plan(['device', 'cloud'], why, rule.escalate?.minMeanLogprob ?? null)
    }
  }
}

const plan = (order: readonly Place[], why: string, minMeanLogprob: number | null = null): Plan => ({
  order,
  minMeanLogprob,
  why,
})

/** The device could not even read the prompt. */
const overflows = ({ inputTokens, contextLength }: PlaceState): boolean =>
  inputTokens !== null && contextLength !== null && inputTokens > contextLength

/** Why the device is not the first choice for this call, or null. Without a cloud it is asked all the same. */
function deviceLimit(maxInputTokens: number | null, state: PlaceState): string | null {
  const { inputTokens, contextLength, deviceLacks } = state
  if (overflows(state)) return `its ${inputTokens} input tokens do not fit the context of ${contextLength}`
  if (inputTokens !== null && maxInputTokens !== null && inputTokens > maxInputTokens) {
    return `its ${inputTokens} input tokens are more than the ${maxInputTokens} the policy allows there`
  }
  if (deviceLacks.length > 0) return `the device model does not take ${deviceLacks.join(' or ')}`
  return null
}
