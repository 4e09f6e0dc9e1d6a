/**
 * The forward pass of a decoder, top to bottom, for up to CHUNK tokens at a time; families differ by what their
 * configuration says and by the tensors they have. Buffers live in the backend; a shape stands beside each. Nothing is
 * decided here but the order of operations: numbers are the backend's (backend/backend.ts), and the cache's size and
 * bookkeeping are the session's.
 */
import type { Backend, Floats } from '../backend/backend.ts'
import { type Allocator, allOrNothing } from './all-or-nothing.ts'
import type { Cache } from './cache.ts'
import type { Config } from './config.ts'
import type { BesideShape } from './low-rank.ts'
import type { Projection, Weights } from './weights.ts'

/** Tokens per pass. More would read the weights less often in prefill and cost more scratch memory. */
export const CHUNK = 128

/** Rows of logits at once: kernels like fours, and a row of a large vocabulary is a megabyte. */
export const LOGIT_ROWS = 4

/** Activations of one pass on its way. */
export interface Scratch {
  /** [CHUNK, dim] the residual stream */
  readonly x: Floats
  /** [CHUNK, dim] x normalised, then what a part adds to x */
  readonly y: Floats
  /** [CHUNK, heads * headDim] */
  readonly query: Floats
  /** [CHUNK, kvHeads * headDim] */
  readonly key: Floats
  /** [CHUNK, kvHeads * headDim] */
  readonly value: Floats
  /** [CHUNK, heads * headDim] */
  readonly attended: Floats
  /** [CHUNK, hiddenDim] */
  readonly gate: Floats
  /** [CHUNK, hiddenDim] */
  readonly up: Floats
  /** [CHUNK, rank] and [CHUNK, rows] of the adapters' matrices; undefined where there are none */
  readonly low?: Floats
  readonly gain?: Floats
}

export interface Decoder {
  readonly config: Config
  readonly weights: Weights
  readonly backend: Backend
  /** [LOGIT_ROWS, vocab] what `readOut` writes to */
  readonly logits: Floats
}

/**
 * Of which tokens the results are wanted: the `last` of a causal pass, or those `at` ascending places, one at least, of a pass
 * in which every token sees all.
 */
export type Wanted =
  | { readonly causal: true; readonly last: number }
  | { readonly causal: false; readonly at: readonly number[] }

/** Throws OutOfMemoryError, and then holds nothing. */
export function createScratch(backend: Allocator, config: Config, beside?: BesideShape): Scratch {
  const { dim, hiddenDim, heads, kvHeads, headDim } = config
  return allOrNothing((keep) => {
    const floats = (width: number): Floats => keep(backend.floats(CHUNK * width))
    return {
      x: floats(dim),
      y: floats(dim),
      query: floats(heads * headDim),
      key: floats(kvHeads * headDim),
      value: floats(kvHeads * headDim),
      attended: floats(heads * headDim),
      gate: floats(hiddenDim),
      up: floats(hiddenDim),
      ...(beside && { low: floats(beside.rank), gain: floats(beside.rows) }),
    }
  })
}

export function freeScratch(scratch: Scratch): void {
  for (const part of Object.values<Floats>({ ...scratch })) part.free()
}

/**
 * Runs `tokens` (1 to CHUNK of them) at positions start, start + 1, ... in some steps a layer, between which anything may happen
 * but to this scratch and this cache; the cache must hold all positions before and have room for these. At the end what `states` and
 * `readOut` read are the last rows of scratch.x [n, dim] in a causal pass, its first rows in another: as many as are wanted. Of
 * other tokens the last layer computes little more than keys and values.
 */
export function* forward(
  decoder: Decoder,
  scratch: Scratch,
  cache: Cache,
  tokens: readonly number[],
  start: number,
  wanted: Wanted,
): Generator<void, void> {
  const { config, weights, backend } = decoder
  const { dim, hiddenDim, heads, kvHeads, headDim, normEps, pairs } = config
  const { x, y, query, key, value, attended, gate, up, low, gain } = scratch
  const n = tokens.length
  const project = (from: Floats, rows: number, ...to: readonly (readonly [Floats, Projection])[]): void => {
    backend.matmuls(
      to.map(([out, { weight }]) => ({ out, weight })),
      from,
      rows,
    )
    for (const [out, { bias, beside }] of to) {
      for (let i = 0; bias && i < rows; i++) {
        backend.add(out.at(i * bias.length, bias.length), bias, bias.length)
      }
      if (!beside) continue
      backend.matmul(low!, beside.a, from, rows)
      backend.matmul(gain!, beside.b, low!, rows)
      backend.add(out, gain!, rows * beside.b.rows)
    }
  }

  backend.embed(x, weights.embedding, tokens)
  if (config.embeddingScale !== 1) backend.scale(x, config.embeddingScale, n * dim)

  for (const [l, layer] of weights.layers.entries()) {
    const isLocal = config.window?.layers[l] ?? false
    const rope = isLocal ? cache.localRope! : cache.rope
    const seen = cache.layers[l]!
    const isLast = l === config.layers - 1
    // Attention is needed of the m tokens from `skip` on; what comes after it, of those, or of the ones picked among them.
    const skip = !isLast ? 0 : wanted.causal ? n - wanted.last : wanted.at[0]!
    let m = n - skip
    // Attention.
    backend.rmsNorm(y, x, layer.attentionNorm, n, normEps)
    if (skip === 0) project(y, n, [query, layer.query], [key, layer.key], [value, layer.value])
    else project(y, n, [key, layer.key], [value, layer.value])
    if (layer.keyNorm) backend.rmsNorm(key, key, layer.keyNorm, n * kvHeads, normEps)
    backend.rope(key, rope, start, n, { heads: kvHeads, headDim, pairs })
    backend.remember(seen, key, value, start, n)
    if (m === 0) return
    if (skip > 0) project(y.at(skip * dim, m * dim), m, [query, layer.query])
    if (layer.queryNorm) backend.rmsNorm(query, query, layer.queryNorm, m * heads, normEps)
    backend.rope(query, rope, start + skip, m, { heads, headDim, pairs })
    backend.attention(attended, query, seen, {
      n: m,
      start: start + skip,
      heads,
      kvHeads,
      headDim,
      scale: config.attentionScale,
      causal: wanted.causal,
      window: isLocal ? config.window!.size : 0,
      softcap: config.attentionSoftcap,
    })
    let xs = x.at(skip * dim, m * dim)
    if (isLast && !wanted.causal) {
      pick(attended, heads * headDim, wanted.at, skip)
      pick(x, dim, wanted.at, 0)
      m = wanted.at.length
      xs = x.at(0, m * dim)
    }
    project(attended, m, [y, layer.attentionOut])
    if (layer.attentionOutNorm) backend.rmsNorm(y, y, layer.attentionOutNorm, m, normEps)
    backend.add(xs, y, m * dim)
    yield

    // Feed-forward: down(activation(gate(x)) * up(x)).
    backend.rmsNorm(y, xs, layer.feedForwardNorm, m, normEps)
    project(y, m, [gate, layer.gate], [up, layer.up])
    yield
    backend.glu(gate, up, m * hiddenDim, config.activation)
    project(gate, m, [y, layer.down])
    if (layer.feedForwardOutNorm) backend.rmsNorm(y, y, layer.feedForwardOutNorm, m, normEps)
    backend.add(xs, y, m * dim)
    yield
  }
}

/** Moves the rows `at` ascending places, counted from `first`, to the front of rows [.., width]. */
function pick(rows: Floats, width: number, at: readonly number[], first: number): void {
  const view = rows.view()
  at.forEach((place, row) => {
    view.copyWithin(row * width, (place - first) * width, (place - first + 1) * width)
  })
}

/** The states of `count` tokens of a pass that is through, from its token `first` on, normalised: [count, dim], in y. */
export function states(
  { config, weights, backend }: Decoder,
  { x, y }: Scratch,
  first: number,
  count: number,
): Floats {
  const { dim, normEps } = config
  backend.rmsNorm(y, x.at(first * dim, count * dim), weights.norm, count, normEps)
  return y.at(0, count * dim)
}

/** The logits of `count` (1 to LOGIT_ROWS) tokens of a pass that is through, from its token `first` on: [count, vocab]. */
export function readOut(decoder: Decoder, scratch: Scratch, first: number, count: number): Floats {
  const { config, weights, backend, logits } = decoder
  const { finalSoftcap } = config
  const { head } = weights
  backend.matmul(logits, head, states(decoder, scratch, first, count), count)
  if (finalSoftcap > 0) backend.softcap(logits, finalSoftcap, count * head.rows)
  return logits.at(0, count * head.rows)
}
