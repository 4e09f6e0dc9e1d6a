/** What `decide` looks at: whether each place can be asked for this call right now, and why not. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { BudgetVerdict } from '../cloud/budget.ts'
import type { DeviceModel } from '../device/device-model.ts'
import type { Host } from '../host.ts'
import type { PlaceState } from '../place/place.ts'
import type { ResolvedRule } from '../policy/index.ts'

/** Why the device cannot be asked, a clause, or null. */
export function deviceProblem(
  device: DeviceModel | null,
  { privacy, deviceModel }: ResolvedRule,
): string | null {
  if (device === null)
    return deviceModel === null
      ? 'no device model is ready'
      : `the device model "${deviceModel}" is not loaded`
  if (device.facts?.leavesDevice && privacy !== 'anything') {
    return `the device model is on another machine, and the policy is "${privacy}"`
  }
  return null
}

export interface CloudProblem {
  readonly why: string
  readonly kind: 'offline' | 'budget' | null
}

/** Why the cloud cannot be asked, or null. */
export function cloudProblem(
  { cloud, options }: Host,
  { privacy, place }: ResolvedRule,
  budget: BudgetVerdict | null,
): CloudProblem | null {
  if (cloud.model === null) return { why: cloud.why, kind: null }
  if (place === 'device-only') return null
  if (privacy === 'redacted' && options.names === undefined) {
    return { why: 'the policy redacts what leaves, and nothing here finds names', kind: null }
  }
  const network = networkProblem(options)
  if (network !== null) return { why: network, kind: 'offline' }
  if (budget !== null && budget.problem !== null) return { why: budget.problem, kind: 'budget' }
  return null
}

/** A host that cannot say whether there is a network is taken at its worst word: calls end at once, or on the device. */
function networkProblem({ online }: Host['options']): string | null {
  const offline = 'this host is offline'
  if (online === undefined) {
    const { navigator } = globalThis as { navigator?: { onLine?: boolean } }
    return navigator?.onLine === false ? offline : null
  }
  try {
    return online() ? null : offline
  } catch {
    return 'this host could not say whether it is online'
  }
}

/** What the device would have to read. */
export function deviceNeeds(
  device: DeviceModel | null,
  task: string,
  call: LanguageModelV4CallOptions,
  { place }: ResolvedRule,
): Pick<PlaceState, 'inputTokens' | 'contextLength' | 'deviceLacks'> {
  const facts = device?.facts
  if (facts === undefined || place === 'device-only' || place === 'cloud-only') return NOTHING
  try {
    return {
      contextLength: facts.contextLength,
      inputTokens: facts.countTokens(task, call),
      deviceLacks: facts.lacks(task, call),
    }
  } catch {
    // What the model cannot even count it will name itself when it is asked.
    return NOTHING
  }
}

const NOTHING = { inputTokens: null, contextLength: null, deviceLacks: [] } as const
