/** What training a model takes, before any of it is taken. */
import { offeredMemory } from '@edgewise/engine'
import { attentionScratch } from '../kernels/attention.ts'
import { paddedRank } from './lora.ts'
import { type NetworkOptions, widthsOf } from './network.ts'
import { type Trainable, untrainable } from './trainable.ts'

/** What one WebAssembly memory holds, with room for what is not counted here. */
const ADDRESSABLE = 3.9 * 2 ** 30

/** Bytes, within a tenth. */
export function trainingMemory(
  model: Trainable,
  { trained, threads, longest, tokens }: NetworkOptions,
): number {
  const { dim, qkv, attended, hidden } = widthsOf(model)
  const { layers, vocab, heads, kvHeads, headDim } = model.shape
  const layer = 4 * dim + qkv + attended + 3 * hidden
  const kept = trained.kind === 'nothing' ? 1 : layers
  const back = trained.kind === 'nothing' ? 0 : 2 * dim + qkv + attended + hidden
  const { size, low } =
    trained.kind === 'adapters'
      ? { size: trained.layout.size, low: paddedRank(trained.lora.rank) * (trained.layout.entries.size + 1) }
      : { size: 0, low: 0 }
  const weights = model.layout.size * (trained.kind === 'all' ? 4 : 1)
  const head = vocab * ((trained.kind === 'nothing' ? 1 : 2) * dim + 192)
  const rank = trained.kind === 'adapters' ? paddedRank(trained.lora.rank) : 0
  const packed = Math.max(2 * hidden * dim, Math.max(tokens, rank) * Math.max(hidden, dim, attended))
  const floats = weights + 4 * size + head + packed + tokens * (kept * layer + back + 2 * dim + low)
  return 4 * floats + threads * attentionScratch({ heads, kvHeads, headDim, longest, scale: 1 })
}

/** Throws StudentError `model_untrainable`. */
export function refuseMemory(model: Trainable, options: NetworkOptions): void {
  const needed = trainingMemory(model, options)
  const offered = Math.min(ADDRESSABLE, offeredMemory() ?? ADDRESSABLE)
  if (needed <= offered) return
  const gb = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`
  throw untrainable(
    `takes ${gb(needed)} to train with sequences of ${options.longest} tokens, and there are ${gb(offered)}`,
  )
}
