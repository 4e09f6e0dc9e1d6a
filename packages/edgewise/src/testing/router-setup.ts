/** A router between a scripted device and a scripted cloud, with its receipts in an array: nothing leaves memory. */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type Ledger, memoryLedger, type Receipt } from '@edgewise/evidence'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { EdgewiseOptions } from '../host.ts'
import type { Policy, Rule } from '../policy/index.ts'
import { deviceAnswer, finish, prompt, type ScriptedModel, scripted, text } from './models.ts'

const price = { inputPerMTok: 1, outputPerMTok: 10 }

/** A policy with one task, "job", under this rule. */
export const policyOf = (rule: Rule, extra: Partial<Policy> = {}): Policy => ({
  version: 1,
  cloud: {
    baseURL: 'http://127.0.0.1:9/v1',
    model: 'configured',
    firstTokenMs: 60,
    idleMs: 60,
    retries: 0,
    price,
  },
  tasks: { job: rule },
  default: { place: 'prefer-cloud' },
  ...extra,
})

/** A call of the task "job", and changes to it. */
export const call = (options: Partial<LanguageModelV4CallOptions> = {}): LanguageModelV4CallOptions => ({
  prompt: prompt('the secret prompt'),
  providerOptions: { edgewise: { task: 'job' } },
  ...options,
})

export interface Setting {
  rule: Rule
  device?: DeviceModel | null
  cloud?: ScriptedModel | null
  options?: Partial<EdgewiseOptions>
}

export interface Setup {
  model: LanguageModelV4
  /** What the router put into its ledger, in order; empty when `options` name another ledger. */
  receipts: Receipt[]
  device: DeviceModel | null
  cloud: ScriptedModel | null
}

export function setup({
  rule,
  device = deviceAnswer(-0.1, 'from ', 'device'),
  cloud = cloudAnswer(),
  options,
}: Setting): Setup {
  const receipts: Receipt[] = []
  const model = edgewise({
    policy: policyOf(rule),
    device,
    cloud,
    ledger: arrayLedger(receipts),
    ...options,
  })()
  return { model, receipts, device, cloud }
}

/** A ledger that puts its receipts into an array. */
export const arrayLedger = (receipts: Receipt[]): Ledger => ({
  ...memoryLedger(),
  put: (receipt) => void receipts.push(receipt),
})

export const cloudAnswer = (): ScriptedModel =>
  scripted({
    modelId: 'cloudy',
    steps: [...text('from ', 'cloud'), finish({ input: 100, output: 20, meta: { cloud: { id: 1 } } })],
  })

export const textOf = (parts: readonly LanguageModelV4StreamPart[]): string =>
  parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join('')

export async function readAll(
  stream: ReadableStream<LanguageModelV4StreamPart>,
): Promise<LanguageModelV4StreamPart[]> {
  const parts: LanguageModelV4StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

export const escalating: Rule = {
  place: 'prefer-device',
  escalate: [{ signal: 'meanLogprob', threshold: -0.5 }],
}
export const boom: { readonly fail: Error } = { fail: new Error('boom') }
export const failing = (): ScriptedModel => scripted({ modelId: 'broken', steps: [boom] })
