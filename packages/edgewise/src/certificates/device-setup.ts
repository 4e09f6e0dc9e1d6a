/**
 * What answers of the device depend on beside its model: how the weights are stored, and what it is asked with. It goes on receipts, and
 * certificates are held against it. Worked out once for a device and a rule: a call only looks it up.
 */
import type { Receipt } from '@edgewise/evidence'
import { digestHex } from '../cloud/digest.ts'
import type { DeviceModel } from '../device/device-model.ts'
import type { ResolvedRule } from '../policy/index.ts'

export type DeviceSetup = NonNullable<Receipt['setup']> & { readonly model: string }

const utf8 = new TextEncoder()

export class DeviceSetups {
  readonly #known = new WeakMap<DeviceModel, Map<ResolvedRule, DeviceSetup | Promise<DeviceSetup>>>()

  /** `deviceTask`: what the rule's calls ask the device to do; always the same for one rule. */
  of(device: DeviceModel, rule: ResolvedRule, deviceTask: string): DeviceSetup | Promise<DeviceSetup> {
    let ofDevice = this.#known.get(device)
    if (ofDevice === undefined) this.#known.set(device, (ofDevice = new Map()))
    const known = ofDevice.get(rule)
    if (known !== undefined) return known
    const setup = setupOf(device, rule, deviceTask)
    ofDevice.set(rule, setup)
    if (setup instanceof Promise) void setup.then((there) => ofDevice.set(rule, there))
    return setup
  }
}

function setupOf(
  { modelId: model, facts }: DeviceModel,
  { instructions }: Pick<ResolvedRule, 'instructions'>,
  deviceTask: string,
): DeviceSetup | Promise<DeviceSetup> {
  const quantisation = facts?.quantisation ?? null
  const asked = [facts?.followsInstructions ? instructions : null, deviceTask, facts?.chatTemplate ?? null]
  const digest = digestHex([utf8.encode(JSON.stringify(asked))])
  const made = (template: string | null): DeviceSetup => ({ model, quantisation, template })
  if (typeof digest === 'string') return made(digest.slice(0, 16))
  // A page that is not secure has no digests: no certificate is in force there, and calls go on.
  return digest.then(
    (hex) => made(hex.slice(0, 16)),
    () => made(null),
  )
}
