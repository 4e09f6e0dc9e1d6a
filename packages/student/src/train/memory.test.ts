/** What training is said to take, against what it takes. */
import { adaptable } from '@edgewise/engine'
import { expect, test } from 'vitest'
import { randomModel } from '../../../engine/src/testing/random-model.ts'
import { freshModel } from './fresh.ts'
import { adapterLayout } from './lora.ts'
import { refuseMemory, trainingMemory } from './memory.ts'
import { Network, type NetworkOptions } from './network.ts'
import { Optimizer } from './optimizer.ts'
import type { Trained } from './weights.ts'

const shape = { layers: 6, dim: 128, hiddenDim: 384, heads: 4, kvHeads: 2, contextLength: 4096, name: 'm' }

test('within a tenth', async () => {
  const model = await freshModel(shape, 1, randomModel())
  const lora = { rank: 8, alpha: 8, targets: ['attn_q', 'ffn_down'] }
  const large = { rank: 128, alpha: 8, targets: adaptable }
  const kinds: Trained[] = [
    { kind: 'all' },
    { kind: 'nothing' },
    { kind: 'adapters', lora, layout: adapterLayout(model.layout, lora) },
    { kind: 'adapters', lora: large, layout: adapterLayout(model.layout, large) },
  ]
  for (const trained of kinds) {
    for (const [longest, tokens] of [
      [40, 1024],
      [1500, 1500],
    ] as const) {
      const options: NetworkOptions = { trained, threads: 2, longest, tokens }
      using network = new Network(model, options)
      if (network.weights.trained) new Optimizer(network.room, network.weights.trained)
      const share = trainingMemory(model, options) / network.room.memory.held
      expect(share, `${trained.kind}, ${longest}`).toBeGreaterThan(0.9)
      expect(share, `${trained.kind}, ${longest}`).toBeLessThan(1.1)
    }
  }
  const endless = { trained: kinds[0]!, threads: 2, longest: 4096, tokens: 1e6 }
  expect(() => refuseMemory(model, endless)).toThrow(/takes .* GB to train with sequences of 4096 tokens/)
})
