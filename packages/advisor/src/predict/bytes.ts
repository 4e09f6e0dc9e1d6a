/**
 * Bytes: how large a model's file is, what of it is read for a token, and what of the cache of keys and values. All from shapes and bits a
 * weight; where the size of the file itself is known, that is the measure and the shape only says how it divides.
 */
import type { ModelShape } from '../facts/types.ts'

/** Bits a weight of the body and of the embedding and head. */
export interface Bits {
  readonly bodyBits: number
  readonly headBits: number
}

export interface Bytes {
  readonly file: number
  /** Of weights that every token reads. */
  readonly weights: number
}

/**
 * An embedding that is not the head as well lies in the file and is not read, but for the row of the token. So do embeddings a layer
 * (Gemma 3n, Gemma 4) and the senses of a model that is only spoken to in text. ExecuTorch stores the embedding of a quantised model
 * beside its head, in 8 bits a weight, even where both are the same weights (its README: 1.136 GB for Llama 3.2 1B).
 *
 * `file`: the size of the file where it is known; the parts are scaled to it.
 */
export function bytesOf(model: ModelShape, bits: Bits, runtime: string, file: number | null): Bytes {
  const matrix = model.vocab * model.hidden
  const beside = model.parameters - model.bodyParameters - matrix * (model.tied ? 1 : 2)
  const doubled = runtime === 'executorch' && model.tied && bits.bodyBits < 12
  const body = (model.bodyParameters * bits.bodyBits) / 8
  const head = (matrix * bits.headBits) / 8
  const unread = (Math.max(0, beside) * bits.bodyBits) / 8 + (model.tied ? (doubled ? matrix : 0) : head)
  const computed = body + head + unread
  const scale = file === null ? 1 : file / computed
  return { file: computed * scale, weights: (body + head) * scale }
}

/** Of keys and values in 16 bits, of one sequence `tokens` long; a windowed layer keeps its window. */
export function cacheBytes(model: ModelShape, tokens: number): number {
  const perLayer = 2 * 2 * model.kvHeads * model.headDim
  const windowed = model.window?.layers ?? 0
  const seen = Math.min(tokens, model.window?.tokens ?? 0)
  return perLayer * ((model.layers - windowed) * tokens + windowed * seen)
}

/** Floating-point operations of a prompt: two a weight of the body and token, and attention of each token to those before it. */
export function promptFlops(model: ModelShape, tokens: number): number {
  return 2 * model.bodyParameters * tokens + 2 * model.layers * model.heads * model.headDim * tokens ** 2
}
