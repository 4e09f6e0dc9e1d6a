/** A setting, looked up and checked: what of it cannot be is told before anything is computed. */
import { AdvisorError } from '../errors.ts'
import { deviceOf, modelOf, quantisationOf, storedBits } from '../facts/lookup.ts'
import type { Device, Facts, ModelShape, Quantisation } from '../facts/types.ts'
import { type Bytes, bytesOf } from './bytes.ts'
import { type Looked, lookedUp } from './known.ts'
import { runtimeId, type Traits, traitsOf } from './traits.ts'
import type { Setting } from './types.ts'

export interface Asked {
  readonly setting: Setting
  readonly device: Device
  readonly model: ModelShape
  readonly quantisation: Quantisation
  readonly bytes: Bytes
  readonly traits: Traits
  readonly looked: Looked
}

/** More than any model sees, and few enough that a square of it is a number. */
const MOST_TOKENS = 10_000_000

/**
 * Throws AdvisorError `unknown_device`, `unknown_model`, `unknown_quantisation`; `setting_invalid` for lengths, runtime and backend that
 * cannot be; `facts_invalid` for a row that has no bandwidth or shape.
 */
export function askedOf(setting: Setting, facts: Facts): Asked {
  const looked = lookedUp(facts)
  const device = looked.devices.get(setting.device) ?? deviceOf(facts, String(setting.device))
  const model = looked.models.get(setting.model) ?? modelOf(facts, String(setting.model))
  const quantisation =
    looked.quantisations.get(setting.quantisation) ?? quantisationOf(facts, String(setting.quantisation))
  check(setting)
  const bits = storedBits(quantisation, model)
  const traits = traitsOf(
    device,
    model,
    setting.runtime,
    setting.backend,
    bits.bodyBits,
    looked.lines.get(device.id)!,
  )
  const bytes = bytesOf(model, bits, traits.runtime, null)
  for (const [what, value] of [
    ['bandwidth', device.bandwidthGBs],
    ['usable memory', device.usableBytes],
    ['size', bytes.file],
    ['layers', model.layers],
  ] as const)
    if (!(value > 0 && value < 1e18))
      throw new AdvisorError(
        'facts_invalid',
        `${device.id}, ${model.id}: ${what} of ${value} in the facts: give it a number above 0`,
      )
  return { setting, device, model, quantisation, bytes, traits, looked }
}

function check({ promptTokens, outputTokens, runtime, backend }: Setting): void {
  const issues: string[] = []
  if (!whole(promptTokens, 1)) issues.push(`promptTokens: ${promptTokens}, not a whole number from 1`)
  if (!whole(outputTokens, 0)) issues.push(`outputTokens: ${outputTokens}, not a whole number from 0`)
  if (typeof runtime !== 'string' || runtimeId(runtime) === '' || runtime.length > 100)
    issues.push('runtime: not a name')
  if (backend !== 'cpu' && backend !== 'gpu' && backend !== 'npu')
    issues.push(`backend: ${String(backend).slice(0, 60)}, not cpu, gpu or npu`)
  if (issues.length)
    throw new AdvisorError('setting_invalid', `this cannot be predicted: ${issues.join('; ')}`, issues)
}

const whole = (value: unknown, least: number): boolean =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= MOST_TOKENS
