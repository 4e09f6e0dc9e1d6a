/** Useful operations: a multiplication and an addition count as two; what is computed again (scores of attention) does not count. */
import type { Piece } from './batches.ts'
import type { Trainable } from './trainable.ts'

/**
 * Of a forward pass over a piece and its way back. A product costs 2 operations a weight and token forward, and as many for each of its
 * gradients: of what it read, and of its weights where they are trained (6 in all, the known 6 N D). The head counts for the tokens it is asked for.
 */
export function flopsOf({ shape }: Trainable, piece: Piece, adapterParameters?: number): number {
  const { layers, dim, hiddenDim, heads, kvHeads, headDim, vocab } = shape
  const n = piece.ids.length
  const layer = dim * (2 * heads + 2 * kvHeads) * headDim + 3 * dim * hiddenDim
  const products = n * layers * layer + piece.targets.length * vocab * dim
  const pairs = piece.sequences.reduce((sum, { length }) => sum + (length * (length + 1)) / 2, 0)
  // Scores and their weighted sum forward; of each, two gradients.
  const attention = 3 * 4 * layers * heads * headDim * pairs
  const adapters = 6 * n * (adapterParameters ?? 0)
  return (adapterParameters === undefined ? 6 : 4) * products + attention + adapters
}
