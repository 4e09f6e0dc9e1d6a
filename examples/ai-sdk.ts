/** The AI SDK: `edgewise()` is a provider whose models are the tasks of a policy. Here all of them stay on the device. */
import type { Receipt } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { generateText, streamText } from 'ai'
import { defaultPolicy, edgewise, formatReceipt, miniDevice } from 'edgewise'

using mini = await loadMini()
const ew = edgewise({ policy: defaultPolicy, device: miniDevice(mini) })

const { text, providerMetadata } = await generateText({
  model: ew('fix'),
  prompt: 'i recieved teh package yesterday',
})
console.log(text)
console.log(formatReceipt(providerMetadata!.edgewise as unknown as Receipt))

const { textStream } = streamText({ model: ew('intent'), prompt: 'what is my bank balance' })
for await (const piece of textStream) console.log(piece)

// Prints:
// I received the package yesterday
// fix       rcp_…
// place     device · edgewise-mini
// …
// balance
