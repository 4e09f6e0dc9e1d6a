/** A tiny model and sequences for tests: six random tokens, a mark, and the six again; only what repeats counts. */
import { seededRandom } from '@edgewise/engine'
import { randomModel } from '../../../../engine/src/testing/random-model.ts'
import { freshModel } from '../fresh.ts'
import type { Trainable } from '../trainable.ts'
import type { TrainingOptions, TrainingSequence } from '../types.ts'

export const runOptions = {
  epochs: 4,
  batchTokens: 100,
  rate: 2e-3,
  seed: 5,
  threads: 1,
} as const satisfies TrainingOptions

export function tinyModel(): Promise<Trainable> {
  const shape = { layers: 2, dim: 32, hiddenDim: 48, heads: 4, kvHeads: 2, contextLength: 64, name: 'tiny' }
  return freshModel(shape, 1, randomModel())
}

export function sequencesOf(count: number, seed = 9, alphabet = 12): TrainingSequence[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => {
    const text = Array.from(
      { length: 3 + Math.floor(random() * 5) },
      () => 20 + Math.floor(random() * alphabet),
    )
    const ids = [...text, 1, ...text, 2]
    return { ids, weights: ids.map((_, i) => (i > text.length ? 1 : 0)) }
  })
}
