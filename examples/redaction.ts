/** What the cloud sees, and what the user sees. The rehearsal cloud answers with what it was told. */
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice, miniNames } from 'edgewise'

await using cloud = await startRehearsal({
  script: { version: 1, rules: [{ answer: 'I shall write to {{user}}' }] },
})
using mini = await loadMini()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true },
    tasks: { letter: { place: 'cloud-only', privacy: 'redacted' } },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
  names: miniNames(mini),
})

const { text, providerMetadata } = await generateText({
  model: ew('letter'),
  prompt: 'Anna Kowalski in Kraków, anna@example.com, about card 4111 1111 1111 1111',
})
console.log('cloud sees:', JSON.parse(cloud.requests[0]!.body).messages[0].content)
console.log('user sees: ', text)
const { redacted } = providerMetadata!.edgewise!.prepared as { redacted: object }
console.log('receipt:   ', JSON.stringify(redacted))

// Prints:
// cloud sees: [PERSON_1] in [ADDRESS_1], [EMAIL_ADDRESS_1], about card [CREDIT_CARD_1]
// user sees:  I shall write to Anna Kowalski in Kraków, anna@example.com, about card 4111 1111 1111 1111
// receipt:    {"PERSON":1,"ADDRESS":1,"EMAIL_ADDRESS":1,"CREDIT_CARD":1}
