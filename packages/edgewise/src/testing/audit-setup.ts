/** A router whose task "job" is audited, between a scripted device and a scripted cloud; everything stays in memory. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { type Judgement, type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import type { DeviceModel } from '../device/device-model.ts'
import { type Edgewise, edgewise } from '../edgewise.ts'
import type { EdgewiseOptions } from '../host.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { deviceAnswer, finish, type ScriptedModel, scripted, text } from './models.ts'
import { call, policyOf } from './router-setup.ts'

export interface Audited {
  readonly ew: Edgewise
  readonly ledger: Ledger
  readonly cloud: ScriptedModel
  /** Makes a call; its receipt. */
  ask(options?: Partial<LanguageModelV4CallOptions>): Promise<Receipt>
  /** What was judged of it, once no audit runs. */
  judgements(receipt: Receipt): Promise<readonly Judgement[]>
}

export interface AuditSetting {
  readonly rule?: Partial<Rule>
  readonly device?: DeviceModel
  readonly cloud?: ScriptedModel
  readonly ledger?: Ledger
  readonly policy?: Partial<Policy>
  readonly options?: Partial<EdgewiseOptions>
}

/** Says `said`, for 100 tokens in and 20 out: 0.0003 dollars. */
export const cloudSaying = (said: string, wait = 0): ScriptedModel =>
  scripted({
    modelId: 'cloudy',
    opening: [{ wait }],
    steps: [...text(said), finish({ input: 100, output: 20 })],
  })

export function audited({
  rule = {},
  device = deviceAnswer(-0.1, 'Paris'),
  cloud = cloudSaying(' paris'),
  ledger = memoryLedger(),
  policy = {},
  options = {},
}: AuditSetting = {}): Audited {
  const job: Rule = { place: 'prefer-device', audit: { share: 1, perDayUsd: 1 }, ...rule }
  const ew = edgewise({ policy: policyOf(job, policy), device, cloud, ledger, ...options })
  return {
    ew,
    ledger,
    cloud,
    async ask(options) {
      const { providerMetadata } = await ew().doGenerate(call(options))
      return providerMetadata!.edgewise as unknown as Receipt
    },
    async judgements({ id }) {
      await ew.audits.idle()
      return ledger.judgements(id)
    },
  }
}
