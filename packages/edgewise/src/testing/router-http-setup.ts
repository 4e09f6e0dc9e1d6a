/** A router between a scripted device and a real HTTP server on 127.0.0.1, which closes when the test ends. */
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { memoryLedger, type Receipt } from '@edgewise/evidence'
import { expect, onTestFinished } from 'vitest'
import type { DeviceModel } from '../device/device-model.ts'
import { edgewise } from '../edgewise.ts'
import type { CloudSettings, Rule } from '../policy/index.ts'
import { type CloudServer, cloudServer, type Handler } from './cloud-server.ts'
import { deviceAnswer, prompt } from './models.ts'

type MemoryLedger = ReturnType<typeof memoryLedger>

export interface Setting {
  rule: Rule
  device?: DeviceModel
  cloud?: Partial<CloudSettings>
}

export interface Setup {
  model: LanguageModelV4
  ledger: MemoryLedger
  server: CloudServer
}

/** To be called within a test: the server belongs to it. */
export async function setup(
  handler: Handler,
  { rule, device = deviceAnswer(-0.1, 'from device'), cloud }: Setting,
): Promise<Setup> {
  const server = await cloudServer(handler)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const ledger = memoryLedger()
  const model = edgewise({
    policy: {
      version: 1,
      cloud: {
        baseURL: server.baseURL,
        model: 'cloud-model',
        price: { inputPerMTok: 1, outputPerMTok: 10 },
        retries: 0,
        ...cloud,
      },
      tasks: { job: rule },
      default: { place: 'device-only' },
    },
    device,
    ledger,
    env: { KEY: 'sk-test' },
  })()
  return { model, ledger, server }
}

export const call: LanguageModelV4CallOptions = {
  prompt: prompt('the secret prompt'),
  providerOptions: { edgewise: { task: 'job' } },
}

export async function textOf(model: LanguageModelV4): Promise<string> {
  const { content } = await model.doGenerate(call)
  return content.map((part) => (part.type === 'text' ? part.text : `[${part.type}]`)).join('')
}

export async function onlyReceipt(ledger: MemoryLedger): Promise<Receipt> {
  const receipts = await ledger.recent(10)
  expect(receipts).toHaveLength(1)
  return receipts[0]!
}
