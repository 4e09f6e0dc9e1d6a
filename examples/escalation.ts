/** The device answers first; where it is not sure enough, the cloud does, and the caller sees one answer. */
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice } from 'edgewise'

await using cloud = await startRehearsal({ script: { version: 1, rules: [{ answer: 'track_parcel' }] } })
using mini = await loadMini()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true },
    tasks: { intent: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.2 }] } },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
})

for (const prompt of ['what is my bank balance', 'hmm so that thing I wrote about, any news there?']) {
  const { text, providerMetadata } = await generateText({ model: ew('intent'), prompt })
  console.log(text, '<-', providerMetadata!.edgewise!.why)
}

// Prints:
// balance <- …
// track_parcel <- …
