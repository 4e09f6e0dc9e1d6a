/**
 * The forward pass of a Llama decoder, top to bottom, for up to CHUNK tokens at a time.
 * Buffers live in the backend; a shape stands beside each. Nothing is decided here but the order of operations:
 * numbers are the backend's (backend/backend.ts), and the cache's size and bookkeeping are the session's.
 */
import type { Backend, Floats } from '../backend/backend.ts'
import { allOrNothing } from './all-or-nothing.ts'
import type { Cache } from './cache.ts'
import type { Config } from './config.ts'
import type { Weights } from './weights.ts'

/** Tokens per pass. More would read the weights less often in prefill and cost more scratch memory. */
export const CHUNK = 32

export interface Scratch {
  /** [CHUNK, dim] the residual stream */
  readonly x: Floats
  /** [CHUNK, dim] x normalised, then what a part adds to x */
  readonly y: Floats
  /** [CHUNK, heads * headDim] */
  readonly query: Floats
  /** [CHUNK, heads * headDim] */
  readonly attended: Floats
  /** [CHUNK, hiddenDim] */
  readonly gate: Floats
  /** [CHUNK, hiddenDim] */
  readonly up: Floats
  /** [CHUNK, vocab] */
  readonly logits: Floats
}

export interface Decoder {
  readonly config: Config
  readonly weights: Weights
  readonly scratch: Scratch
  readonly backend: Backend
}

/** Throws OutOfMemoryError, and then holds nothing. */
export function createScratch(backend: Backend, config: Config, vocab: number): Scratch {
  const { dim, hiddenDim, heads, headDim } = config
  return allOrNothing((keep) => {
    const floats = (width: number): Floats => keep(backend.floats(CHUNK * width))
    return {
      x: floats(dim),
      y: floats(dim),
      query: floats(heads * headDim),
      attended: floats(heads * headDim),
      gate: floats(hiddenDim),
      up: floats(hiddenDim),
      logits: floats(vocab),
    }
  })
}

export function freeScratch(scratch: Scratch): void {
  const { x, y, query, attended, gate, up, logits } = scratch
  for (const part of [x, y, query, attended, gate, up, logits]) part.free()
}

/**
 * Runs `tokens` (1 to CHUNK of them) at positions start, start + 1, ...; the cache must hold all positions before and
 * have room for these. Afterwards the first `outputs` rows of scratch.logits are the logits of the last `outputs` tokens.
 */
export function forward(
  decoder: Decoder,
  cache: Cache,
  tokens: readonly number[],
  start: number,
  outputs: number,
): void {
  const { config, weights, scratch, backend } = decoder
  const { dim, hiddenDim, heads, kvHeads, headDim, normEps } = config
  const { x, y, query, attended, gate, up, logits } = scratch
  const kvDim = kvHeads * headDim
  const n = tokens.length

  backend.embed(x, weights.embedding, tokens)

  weights.layers.forEach((layer, l) => {
    // Attention. Keys and values go straight to their place in the cache.
    const key = cache.keys[l]!.at(start * kvDim, n * kvDim)
    const value = cache.values[l]!.at(start * kvDim, n * kvDim)
    backend.rmsNorm(y, x, layer.attentionNorm, n, normEps)
    backend.matmul(query, layer.query, y, n)
    backend.matmul(key, layer.key, y, n)
    backend.matmul(value, layer.value, y, n)
    backend.rope(query, cache.rope, start, n, heads, headDim)
    backend.rope(key, cache.rope, start, n, kvHeads, headDim)
    backend.attention(attended, query, cache.keys[l]!, cache.values[l]!, {
      n,
      start,
      heads,
      kvHeads,
      headDim,
    })
    backend.matmul(y, layer.attentionOut, attended, n)
    backend.add(x, y, n * dim)

    // Feed-forward: down(silu(gate(x)) * up(x)).
    backend.rmsNorm(y, x, layer.feedForwardNorm, n, normEps)
    backend.matmul(gate, layer.gate, y, n)
    backend.matmul(up, layer.up, y, n)
    backend.swiglu(gate, up, n * hiddenDim)
    backend.matmul(y, layer.down, gate, n)
    backend.add(x, y, n * dim)
  })

  if (outputs === 0) return
  backend.rmsNorm(y, x.at((n - outputs) * dim, outputs * dim), weights.norm, outputs, normEps)
  backend.matmul(logits, weights.head, y, outputs)
}
