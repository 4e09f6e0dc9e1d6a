/** Does the task need a language model at all? A linear head learns labels from examples in a moment, and is a device like any other. */
import { type LinearExample, readLinear, trainLinear } from '@edgewise/student/linear'
import { edgewise, linearDevice } from 'edgewise'

const examples: LinearExample[] = Object.entries({
  balance: [
    'how much money do i have',
    'what is my balance',
    'how much is left in my account',
    'show my balance',
  ],
  transfer: [
    'send ten euros to anna',
    'transfer money to my savings',
    'pay ben back',
    'move fifty to checking',
  ],
  weather: ['will it rain today', 'how cold is it outside', 'do i need an umbrella', 'is it sunny tomorrow'],
}).flatMap(([target, texts]) => texts.map((text) => ({ text, target })))

// Throws with the rows named where nothing can be learned. The file is what is shipped.
const file = (await trainLinear(examples)).bytes()
const head = readLinear(file)
const { label, probability, outOfScope } = head.classify('is it going to rain tomorrow')
console.log(label, probability > 0.5, outOfScope < 0.95)
console.log(head.classify('who painted the night watch').outOfScope > 0.95)

// As the device of a router: what it is not sure of, another place answers.
const policy = {
  version: 1 as const,
  tasks: { triage: { place: 'device-only' as const } },
  default: { place: 'device-only' as const },
}
const router = edgewise({ policy, device: linearDevice(head, { modelId: 'triage' }) })
const prompt = [
  { role: 'user' as const, content: [{ type: 'text' as const, text: 'send five euros to ben' }] },
]
const { content, providerMetadata } = await router('triage').doGenerate({ prompt })
console.log(content[0])
console.log(providerMetadata?.edgewise?.data)

// Prints:
// weather true true
// true
// { type: 'text', text: 'transfer' }
// { label: 'transfer', probability: 0.98…, outOfScope: 0… }
