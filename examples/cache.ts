/** A cache on the device: the same call is answered again without asking anybody. */
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise } from 'edgewise'

await using cloud = await startRehearsal({ script: { version: 1, rules: [{ answer: 'Paris.' }] } })
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true },
    tasks: { ask: { place: 'cloud-only', cache: { ttlSeconds: 3600 } } },
    default: { place: 'cloud-only' },
  },
  device: null,
})

const ask = () => generateText({ model: ew('ask'), prompt: 'What is the capital of France?' })
await ask()
const { text, providerMetadata } = await ask()
const { kind, of } = providerMetadata!.edgewise!.cache as { kind: string; of: string }
console.log(`${text} (${kind} answer of ${of}; the cloud was asked ${cloud.counts.answered} time)`)

// Prints:
// Paris. (exact answer of rcp_…; the cloud was asked 1 time)
