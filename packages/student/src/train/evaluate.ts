/** What a model makes of sequences without learning from them: loss, and logits. */
import { offeredThreads } from '@edgewise/engine/wasm'
import { StudentError } from '../errors.ts'
import { fill, longestOf, pieceOf, tokensRead } from './batches.ts'
import { checkCounts, checkSequences } from './check.ts'
import { forward } from './forward.ts'
import { Network } from './network.ts'
import { PIECE } from './step.ts'
import type { Trainable } from './trainable.ts'
import type { TrainingSequence } from './types.ts'

/**
 * Weighted mean of the loss over all sequences. Throws StudentError `examples_invalid`, or `training_diverged` where it is no number;
 * BadOptionError, OutOfMemoryError.
 */
export function evaluateLoss(
  model: Trainable,
  sequences: readonly TrainingSequence[],
  options: { readonly threads?: number } = {},
): number {
  checkCounts(options)
  checkSequences(model, sequences)
  const lengths = sequences.map(tokensRead)
  const longest = longestOf(lengths)
  using network = new Network(model, {
    trained: { kind: 'nothing' },
    threads: options.threads ?? offeredThreads(),
    longest,
    tokens: Math.max(PIECE, longest),
  })
  let loss = 0
  let weight = 0
  for (const numbers of fill([...lengths.keys()], lengths, PIECE)) {
    const piece = pieceOf(numbers.map((number) => sequences[number]!))
    forward(network, piece.ids.length, network.place(piece))
    loss += network.head.loss(network.normed, piece.targets, 1, piece.ids.length, undefined)
    weight += piece.targets.reduce((sum, target) => sum + target.weight, 0)
  }
  if (Number.isFinite(loss / weight)) return loss / weight
  throw new StudentError(
    'training_diverged',
    `the loss is ${loss / weight}: the model's weights are of no use`,
  )
}

/** [ids.length][vocab] what the model expects after each token, as the engine would. */
export function logitsOf(model: Trainable, ids: readonly number[], threads = 1): Float32Array[] {
  const n = ids.length
  using network = new Network(model, { trained: { kind: 'nothing' }, threads, longest: n, tokens: n })
  const positions = Int32Array.from(ids.keys())
  const items = network.place({
    ids: Int32Array.from(ids),
    positions,
    sequences: [{ start: 0, length: n }],
    targets: [],
  })
  forward(network, n, items)
  return Array.from(positions, (row) => network.head.logits(network.normed, [row])[0]!.slice())
}
