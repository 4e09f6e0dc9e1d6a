/** A hedge: the cloud is asked first; when it has not begun to answer after 50 ms the device is asked, too. Who is first, answers. */
import type { Attempt } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice } from 'edgewise'

await using slowCloud = await startRehearsal({ firstTokenMs: 60_000 })
using mini = await loadMini()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: slowCloud.baseURL, model: 'cloud-rehearsal', rehearsal: true },
    tasks: { fix: { place: 'prefer-cloud', hedgeAfterMs: 50 } },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
})

const { text, providerMetadata } = await generateText({
  model: ew('fix'),
  prompt: 'i recieved teh package yesterday',
})
console.log(text)
for (const { place, outcome } of providerMetadata!.edgewise!.attempts as unknown as Attempt[])
  console.log(place, outcome)

// Prints:
// I received the package yesterday
// cloud cancelled
// device answered
