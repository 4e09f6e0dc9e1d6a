/**
 * Weights in whole steps, most of them zero. A text's features have length 1, so rounding every weight to a step moves a logit by a
 * standard deviation of step / sqrt(12) at most: with the step below by 0.09, where labels are apart by several. Of each feature the
 * median over the labels is taken off first, which changes no probability (softmax sees differences) and makes most weights zero.
 */
import type { Row } from './known.ts'
import type { Weights } from './softmax.ts'

/** In logits. Coarser costs accuracy, finer only bytes (docs/linear.md has the table). */
export const STEP: number = 0.3
/** A weight is at most so many steps from zero: 300 logits. */
export const MOST_STEPS: number = 1000

/** Of feature `f`, from `starts[f]` to `starts[f + 1]`: the labels whose weight is not zero, ascending, and those weights in STEPs. */
export interface SparseWeights {
  readonly starts: Uint32Array
  readonly labels: Uint16Array
  readonly steps: Int16Array
  /** [labels], in STEPs. */
  readonly biases: Int16Array
}

const inSteps = (weight: number): number =>
  Math.max(-MOST_STEPS, Math.min(MOST_STEPS, Math.round(weight / STEP)))

export function toSteps({ weights, biases }: Weights): SparseWeights {
  const count = biases.length
  const features = weights.length / count
  const starts = new Uint32Array(features + 1)
  const labels: number[] = []
  const steps: number[] = []
  for (let f = 0; f < features; f++) {
    const own = weights.subarray(f * count, (f + 1) * count)
    const middle = Float32Array.from(own).sort()[count >> 1]!
    for (let k = 0; k < count; k++) {
      const step = inSteps(own[k]! - middle)
      if (step === 0) continue
      labels.push(k)
      steps.push(step)
    }
    starts[f + 1] = labels.length
  }
  return {
    starts,
    labels: Uint16Array.from(labels),
    steps: Int16Array.from(steps),
    biases: Int16Array.from(biases, inSteps),
  }
}

/** Logits [labels] of a row, into `into`. */
export function logits(
  { known, values }: Row,
  { starts, labels, steps, biases }: SparseWeights,
  into: Float32Array,
): void {
  for (let k = 0; k < into.length; k++) into[k] = biases[k]! * STEP
  for (let j = 0; j < known.length; j++) {
    const value = values[j]! * STEP
    const to = starts[known[j]! + 1]!
    for (let at = starts[known[j]!]!; at < to; at++) into[labels[at]!]! += value * steps[at]!
  }
}
