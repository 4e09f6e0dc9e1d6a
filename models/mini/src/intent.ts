/**
 * `intent`: the label that the model, which has read the text once, and the linear head of the file find most probable together. They
 * err on different texts, so the mean of their log-probabilities is right more often than each.
 */
import type { LinearHead } from '@edgewise/student/linear'
import { type Reader, read } from './reading.ts'
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

/** The head's share of the mean; chosen on the dev items by evaluate/together.ts. */
export const linearShare = 0.5

/** `head`: undefined where the file has none, and the model judges alone. */
export async function intent(
  reader: Reader,
  head: LinearHead | undefined,
  text: string,
  decisions: Tally,
  share: number = linearShare,
): Promise<IntentAnswer> {
  const { labels } = reader.protocol
  const units = reader.protocol.units(text)
  const { whole } = await read(reader, 'intent', units, { whole: labels.map(({ id }) => id) })
  const logprobs = head ? together(whole, linearOf(head, reader, text), share) : whole
  const probability = (i: number) => Math.exp(logprobs[i]!)
  const best = argmax(logprobs)
  decisions.add(logprobs[best]!)
  const order = logprobs.map((_, i) => i).sort((a, b) => logprobs[b]! - logprobs[a]!)
  const oos = labels.findIndex((label) => label.name === 'oos')
  return {
    label: labels[best]!.name,
    probability: probability(best),
    oos: oos === -1 ? 0 : probability(oos),
    top: order.slice(0, 5).map((i) => ({ label: labels[i]!.name, probability: probability(i) })),
  }
}

/** The head's log-probabilities in the order of the model's labels; a label it does not know is as improbable as can be told. */
function linearOf(head: LinearHead, { protocol }: Reader, text: string): number[] {
  const given = head.probabilities(text)
  const places = new Map(head.labels.map((label, i) => [label, i]))
  return protocol.labels.map(({ name }) => {
    const at = places.get(name)
    return Math.log(Math.max(at === undefined ? 0 : given[at]!, LEAST))
  })
}

const LEAST = 1e-6

const together = (model: readonly number[], linear: readonly number[], share: number): number[] =>
  logSoftmax(model.map((value, i) => (1 - share) * Math.max(value, Math.log(LEAST)) + share * linear[i]!))
