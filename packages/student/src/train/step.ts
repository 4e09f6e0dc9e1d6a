/** The gradient of one step: its sequences piece by piece, forward, loss and back. */
import { backward } from './backward.ts'
import { fill, pieceOf, tokensRead } from './batches.ts'
import { flopsOf } from './flops.ts'
import { forward } from './forward.ts'
import type { Network } from './network.ts'
import type { TrainingSequence } from './types.ts'

/**
 * Tokens of a pass: enough for every thread, few enough that a layer's activations stay in the outer cache. No sum depends on it. Models that
 * get adapters are large, and every layer's activations are kept.
 */
export const PIECE = 1024
export const ADAPTER_PIECE = 512

export interface StepRun {
  /** Weighted mean. */
  readonly loss: number
  /** Tokens that were read. */
  readonly tokens: number
  readonly flops: number
}

/** Adds the gradient of the sequences' weighted mean loss to what the network's gradients hold. */
export function addGradient(
  network: Network,
  sequences: readonly TrainingSequence[],
  adapterParameters?: number,
): StepRun {
  const lengths = sequences.map(tokensRead)
  const weight = sequences.reduce(
    (sum, { weights }) => sum + weights.slice(1).reduce((all, weight) => all + weight, 0),
    0,
  )
  const total = { loss: 0, tokens: 0, flops: 0 }
  for (const numbers of fill([...lengths.keys()], lengths, network.tokens)) {
    const piece = pieceOf(numbers.map((number) => sequences[number]!))
    const n = piece.ids.length
    const items = network.place(piece)
    forward(network, n, items)
    total.loss += network.head.loss(network.normed, piece.targets, 1 / weight, n, network.gradients!.normed)
    backward(network, n, items)
    total.tokens += n
    total.flops += flopsOf(network.model, piece, adapterParameters)
  }
  return total
}
