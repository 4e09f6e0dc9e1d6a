/** The whole runtime in a page: the embedded model as the device, a cloud behind this page's server, receipts in IndexedDB. */
import type { Receipt } from '@edgewise/evidence'
import { openIndexedDbLedger } from '@edgewise/evidence/indexed-db'
import { openMini } from '@edgewise/mini'
import { type Edgewise, edgewise, miniDevice, miniNames, type Rule } from 'edgewise'

export interface Asked {
  readonly text: string
  readonly receipt: Receipt
  /** What the ledger has under its id. */
  readonly kept: Receipt | undefined
}

/** One call under this rule, as the task `intent`. */
async function ask(rule: Rule, said: string): Promise<Asked> {
  const ledger = await openIndexedDbLedger('edgewise-test')
  const ew: Edgewise = edgewise({
    policy: {
      version: 1,
      cloud: {
        baseURL: `${location.origin}/v1`,
        model: 'cloud',
        price: { inputPerMTok: 1, outputPerMTok: 1 },
      },
      tasks: { intent: rule },
      default: { place: 'device-only' },
    },
    device: miniDevice(await mini),
    names: miniNames(await mini),
    ledger,
  })
  const { content, providerMetadata } = await ew('intent').doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text: said }] }],
  })
  const receipt = providerMetadata!.edgewise as unknown as Receipt
  const text = content.map((part) => (part.type === 'text' ? part.text : '')).join('')
  const kept = await ledger.get(receipt.id)
  await ledger.close()
  return { text, receipt, kept }
}

const mini = fetch('/mini.gguf').then(async (response) =>
  openMini(new Uint8Array(await response.arrayBuffer())),
)

Object.assign(globalThis, { ask })
