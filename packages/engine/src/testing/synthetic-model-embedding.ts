/**
 * The embedding of a synthetic model, which is its head, too: [vocabulary, dim] noise and one direction that all rows
 * share. And the sizes that its other parts are measured by.
 */

import type { Plan } from './synthetic-model-layers.ts'
import { fillNoise, hash, keyOf } from './synthetic-model-noise.ts'

export const sizes = {
  /** The shared direction, a channel, beside the rest of an embedding. */
  shared: 0.5,
  /** What attention adds to the stream in all layers together, and feed-forward noise, beside the embedding. */
  context: 0.8,
  aside: 0.4,
  /** Standard deviation of the logits of all tokens that do not follow. */
  noise: 1.6,
} as const

export interface Embedding {
  readonly values: Float32Array<ArrayBuffer>
  /** The shared direction: 1 or -1 a channel. */
  readonly signs: Int8Array
  /** 1 for the channels that memories read; they write into the others. */
  readonly isRead: Uint8Array
  /** Standard deviation of the stream where the embedding enters it. */
  readonly scale: number
  /** Gain of the last norm that gives noise the logits it should have. */
  readonly outputGain: number
}

export function makeEmbedding({ family, seed, vocabulary }: Plan): Embedding {
  const { dim, embeddingStd: std } = family
  const key = keyOf(seed, 'channels')
  const bits = Uint32Array.from({ length: dim }, (_, c) => hash(key ^ Math.imul(c, 0x9e3779b9)))
  const signs = Int8Array.from(bits, (bit) => (bit & 1 ? 1 : -1))
  const values = new Float32Array(vocabulary * dim)
  fillNoise(values, 0, values.length, keyOf(seed, 'token_embd'), 0)
  for (let at = 0; at < values.length; at += dim) {
    for (let c = 0; c < dim; c++) values[at + c] = std * (values[at + c]! + sizes.shared * signs[c]!)
  }
  return {
    values,
    signs,
    isRead: Uint8Array.from(bits, (bit) => (bit >>> 8) & 1),
    scale: std * (family.sandwich ? Math.sqrt(dim) : 1),
    outputGain: sizes.noise / (std * Math.sqrt(dim / 2)),
  }
}
