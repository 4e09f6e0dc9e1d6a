/** A policy in YAML. Calls that name no task get one by rules; a policy that contradicts itself is refused with the line. */
import { loadMini } from '@edgewise/mini'
import { generateText } from 'ai'
import { edgewise, miniDevice, parsePolicy } from 'edgewise'

const policy = `
version: 1
tasks:
  fix: { place: device-only }
  intent: { place: device-only }
match:
  - { task: fix, when: { userContains: [recieved, teh] } }
default: { place: device-only, deviceTask: intent }
`
using mini = await loadMini()
const ew = edgewise({ policy: parsePolicy(policy, 'edgewise.policy.yaml'), device: miniDevice(mini) })
for (const prompt of ['i recieved teh package yesterday', 'what is my bank balance']) {
  const { text, providerMetadata } = await generateText({ model: ew(), prompt })
  console.log(`${text} (${providerMetadata!.edgewise!.task})`)
}

try {
  const wrong = policy.replace('fix: { place: device-only }', 'fix: { place: device-only, hedgeAfterMs: 9 }')
  parsePolicy(wrong, 'edgewise.policy.yaml')
} catch (error) {
  console.log((error as Error).message)
}

// Prints:
// I received the package yesterday (fix)
// balance (default)
// edgewise.policy.yaml:4:30 tasks.fix.hedgeAfterMs: …
