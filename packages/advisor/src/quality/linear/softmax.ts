/**
 * A linear classifier: softmax regression over hashed features, trained by stochastic gradient descent. The same texts in the same order
 * give the same weights on every machine. One training of 10,000 short texts with 77 labels takes a few seconds.
 */
import { seededRandom, shuffle } from '@edgewise/evidence'
import { DIMENSIONS, type Features, rarity, weighed } from './features.ts'

export interface LabelledFeatures {
  readonly features: Features
  readonly label: string
}

export interface LinearAnswer {
  readonly label: string
  /** Natural logarithm of its probability among the labels. */
  readonly logprob: number
}

export interface LinearModel {
  readonly labels: readonly string[]
  classify(features: Features): LinearAnswer
}

const EPOCHS = 5
/** Few texts are gone through more often. */
const LEAST_STEPS = 2000
/** Of the first step, for features of length 1; it falls to nothing over the epochs. */
const RATE = 6
/** Gradients below it change nothing that matters, and most labels of most texts are there soon. */
const LEAST_GRADIENT = 1e-3
/** Texts between two looks at the clock. */
const CHUNK = 256
const BREATHE_MS = 30

/** Lets the host breathe every 30 ms or so; throws the signal's reason. At least one text. */
export async function trainLinear(
  texts: readonly LabelledFeatures[],
  signal?: AbortSignal,
): Promise<LinearModel> {
  const labels = [...new Set(texts.map(({ label }) => label))].sort()
  const numberOf = new Map(labels.map((label, i) => [label, i]))
  const rare = rarity(texts.map(({ features }) => features))
  const rows = texts.map(({ features, label }) => ({
    ...weighed(features, rare),
    wanted: numberOf.get(label)!,
  }))
  /** [DIMENSIONS, labels]: the labels of a place lie side by side, as they are read. */
  const weights = new Float32Array(DIMENSIONS * labels.length)
  const biases = new Float32Array(labels.length)
  const shares = new Float32Array(labels.length)
  const order = rows.map((_, i) => i)
  const random = seededRandom(1)
  const epochs = Math.max(EPOCHS, Math.ceil(LEAST_STEPS / rows.length))
  const steps = epochs * rows.length
  let step = 0
  let at = performance.now()
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const i of shuffle(order, random)) {
      const { places, values, wanted } = rows[i]!
      probabilities({ places, values }, weights, biases, shares)
      const rate = RATE * (1 - step / steps)
      for (let k = 0; k < shares.length; k++) {
        const gradient = (k === wanted ? 1 : 0) - shares[k]!
        if (Math.abs(gradient) < LEAST_GRADIENT) continue
        const change = rate * gradient
        biases[k]! += 0.1 * change
        for (let j = 0; j < places.length; j++)
          weights[places[j]! * shares.length + k]! += change * values[j]!
      }
      if (++step % CHUNK === 0 && performance.now() - at > BREATHE_MS) {
        await new Promise((resolve) => setTimeout(resolve))
        signal?.throwIfAborted()
        at = performance.now()
      }
    }
  }
  return {
    labels,
    classify(features) {
      probabilities(weighed(features, rare), weights, biases, shares)
      let best = 0
      for (let k = 1; k < shares.length; k++) if (shares[k]! > shares[best]!) best = k
      return { label: labels[best]!, logprob: Math.log(Math.max(shares[best]!, Number.MIN_VALUE)) }
    },
  }
}

/** Softmax of the labels' sums, into `shares`. */
function probabilities(
  { places, values }: Features,
  weights: Float32Array,
  biases: Float32Array,
  shares: Float32Array,
): void {
  const count = shares.length
  shares.set(biases)
  for (let j = 0; j < places.length; j++) {
    const from = places[j]! * count
    const value = values[j]!
    for (let k = 0; k < count; k++) shares[k]! += value * weights[from + k]!
  }
  let top = Number.NEGATIVE_INFINITY
  for (let k = 0; k < count; k++) top = Math.max(top, shares[k]!)
  let sum = 0
  for (let k = 0; k < count; k++) sum += shares[k] = Math.exp(shares[k]! - top)
  for (let k = 0; k < count; k++) shares[k]! /= sum
}
