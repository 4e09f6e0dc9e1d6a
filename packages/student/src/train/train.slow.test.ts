/** A task that cannot be learned by heart: what stands before a mark, again behind it, of texts that were never seen. */
import { expect, test } from 'vitest'
import { randomModel } from '../../../engine/src/testing/random-model.ts'
import { evaluateLoss } from './evaluate.ts'
import { freshModel } from './fresh.ts'
import { sequencesOf } from './testing/tiny.ts'
import { train } from './train.ts'

test('copying is learned', { timeout: 300_000 }, async () => {
  const shape = { layers: 2, dim: 64, hiddenDim: 96, heads: 4, kvHeads: 2, contextLength: 64, name: 'copy' }
  const model = await freshModel(shape, 1, randomModel())
  const held = sequencesOf(200, 77)
  const before = evaluateLoss(model, held)
  await train(model, sequencesOf(8000), { epochs: 10, batchTokens: 800, rate: 3e-3, seed: 1 })
  expect(before).toBeGreaterThan(5)
  expect(evaluateLoss(model, held)).toBeLessThan(0.1)
})
