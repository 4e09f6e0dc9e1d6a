/** The cloud is down: a task that may run on the device does, and the receipt says what was tried. */
import type { Attempt } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { namedFaults, startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice } from 'edgewise'

await using cloud = await startRehearsal({ fault: namedFaults['500'] })
using mini = await loadMini()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true, retries: 0 },
    tasks: { fix: { place: 'prefer-cloud' } },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
})

const { text, providerMetadata } = await generateText({
  model: ew('fix'),
  prompt: 'i recieved teh package yesterday',
})
console.log(text)
for (const { place, note } of providerMetadata!.edgewise!.attempts as unknown as Attempt[])
  console.log(place, note)

// Prints:
// I received the package yesterday
// cloud HTTP 500 (server_error)
// device
