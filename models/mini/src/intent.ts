/** `intent`: one forward pass, then the label with the highest probability among the label tokens. */
import type { Protocol } from './protocol.ts'
import type { Reader } from './reader.ts'
import { argmax, logSoftmax, type Tally } from './score.ts'

export interface IntentAnswer {
  readonly label: string
  /** Among the labels. */
  readonly probability: number
  /** The probability of `oos`: that the text is none of the labels. */
  readonly oos: number
  /** The five most probable labels, best first. */
  readonly top: readonly { readonly label: string; readonly probability: number }[]
}

export async function intent(
  reader: Reader,
  protocol: Protocol,
  text: string,
  decisions: Tally,
): Promise<IntentAnswer> {
  const logits = await reader.after(protocol.prompt('intent', protocol.units(text)))
  const logprobs = logSoftmax(protocol.labels.map((label) => logits[label.id]!))
  const probability = (i: number) => Math.exp(logprobs[i]!)
  const best = argmax(logprobs)
  decisions.add(logprobs[best]!)
  const order = logprobs.map((_, i) => i).sort((a, b) => logprobs[b]! - logprobs[a]!)
  const oos = protocol.labels.findIndex((label) => label.name === 'oos')
  return {
    label: protocol.labels[best]!.name,
    probability: probability(best),
    oos: oos === -1 ? 0 : probability(oos),
    top: order.slice(0, 5).map((i) => ({ label: protocol.labels[i]!.name, probability: probability(i) })),
  }
}
