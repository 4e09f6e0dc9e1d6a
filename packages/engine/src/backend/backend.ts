/**
 * What a backend does: it owns memory for weights and activations and carries out the few operations a decoder needs.
 * The model file (`model/forward.ts`) is written once against this interface; `reference` is plain TypeScript and
 * defines the right answer, `wasm` is fast and is checked against it. All calls are synchronous and run in order.
 *
 * Numerics every backend keeps to (those of llama.cpp's CPU path, so that greedy tokens agree). d, m, dmin and sub-scales
 * are those of the weights as quant/ tells them; products and sums that are not of integers are rounded to f32 each.
 * - q8_0, q4_0, q5_0, iq4_nl, mxfp4: activations to 8 bits per 32 values, q = round(x * 127 / amax), ties to even,
 *   dx = amax / 127 rounded to f16. A block gives (d * dx) * the sum of its integers.
 * - q4_1, q5_1: the same, and s = dx before it is rounded * the sum of q, rounded to f16; a block gives m * s besides.
 * - q2_k .. q6_k, iq4_xs: activations to 8 bits per 256 values, dx = 1 / (127 / amax) as f32. The sum of integers, each times
 *   its sub-scale, is exact over the 256 and then rounded to f32; a block gives (d * dx) * that, less (dmin * dx) * the
 *   sum of sub-minima times q.
 * - f16, bf16: activations rounded to the same type (nearest, ties to even). f32: the activations as they are.
 * What blocks give is added up in the order of the row, so that all backends agree in every bit; single values may be summed in
 * any order that is the same for a token alone and among others. What is not finite, in weights or activations, does not trap
 * and leaves results that are not finite (but in f16 weights, which may count as 65,536 and above, as
 * keys and values may that are too large for f16).
 */
import type { TensorType } from '../gguf/types.ts'
import type { Activation, RopePairs } from '../model/architectures.ts'
import type { TuneStore } from './wasm/tune/store.ts'

/** f32 numbers in the backend's memory: activations and tables. */
export interface Floats {
  readonly length: number
  /** The numbers themselves. Read it anew after any allocation: the memory below may have moved. */
  view(): Float32Array
  /** A part of the same memory, not a copy. Only the whole can be freed. */
  at(offset: number, length: number): Floats
  free(): void
}

/** A matrix [rows, cols] in one of the file's types, as the file stores it. */
export interface Weight {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  /** Puts `bytes` at `offset` of the matrix as the file stores it. All of it must be written before it is used. */
  write(offset: number, bytes: Uint8Array): void
  /** The matrix's own memory, to be written to directly; undefined where it may move while a read is on its way to it. */
  room(offset: number, length: number): Uint8Array | undefined
  /** Gives its memory back; using it afterwards throws DisposedError. A second call does nothing. */
  free(): void
}

/**
 * Keys (after RoPE) and values of the positions of one layer, each number rounded to f16: nearest, ties to even, what is
 * below f16's normal numbers (2^-14) to zero. Zero until `remember` or `write` puts something there.
 */
export interface LayerCache {
  readonly positions: number
  /**
   * Puts positions `from` to `to` (exclusive) into `into`, which is 4 * kvHeads * headDim bytes a position long: f16,
   * little-endian [2, kvHeads, to - from, headDim], keys before values.
   */
  read(from: number, to: number, into: Uint8Array): void
  /** Puts the first `count` positions of bytes as `read` gives them, of any number of positions, at `at`. */
  write(at: number, bytes: Uint8Array, count: number): void
  free(): void
}

/** How the heads of a model are divided. */
export interface HeadShape {
  readonly heads: number
  readonly kvHeads: number
  readonly headDim: number
}

export interface AttentionShape extends HeadShape {
  /** Number of query positions in this call; the first stands at position `start`. */
  readonly n: number
  readonly start: number
  /** What scores are multiplied by before the softmax; 1 / sqrt(headDim) in most models. */
  readonly scale: number
  /** Whether a position sees only what stands before it; if not, it sees all up to the last of the call, too. */
  readonly causal: boolean
  /** A position sees itself and window - 1 before it; 0 for all. It does not bound what is seen behind it. */
  readonly window: number
  /** Scores s become cap * tanh(s / cap) before the softmax (after scaling); 0 for none. */
  readonly softcap: number
}

export interface RopeShape {
  readonly heads: number
  readonly headDim: number
  readonly pairs: RopePairs
}

/** A kernel in use, and what is known of it. */
export interface KernelChoice {
  readonly type: TensorType
  readonly cols: number
  /** Its form of dot product; undefined where no kernel gave right results and plain TypeScript multiplies. */
  readonly dot: string | undefined
  /** 10^9 bytes of weights a second on one thread, when it was chosen; undefined where it is the usual form. */
  readonly gbPerSecond: number | undefined
  /** Rows of a sample on which it was checked against the reference. */
  readonly provenRows: number
  /** What gave wrong results on this host and is not used. */
  readonly wrong: readonly string[]
}

/** A matrix and where its product goes. */
export interface Product {
  readonly out: Floats
  readonly weight: Weight
}

export interface SoftmaxRow {
  /** The place of the largest number, the first of equal ones; -1 where the row has NaN or infinity, or no number at all. */
  readonly best: number
  /** ln of the sum of e^x; no number where `best` is -1. */
  readonly logSum: number
  /** By how much the largest is ahead of the second; 0 of equal ones, Infinity where there is no second; exact. */
  readonly margin: number
}

export interface Backend {
  readonly name: 'reference' | 'wasm'
  /** One line for people, e.g. "relaxed SIMD" or "SIMD128". */
  readonly detail: string
  /** Threads that work on an operation at most, the calling one included. */
  readonly threads: number

  /** Why this backend cannot run heads of this shape, for people; undefined when it can. Takes no memory. */
  refusal(shape: HeadShape & RopeShape): string | undefined
  /** Zeroed memory for `length` f32. Throws OutOfMemoryError. */
  floats(length: number): Floats
  /** Memory for a matrix, to be filled by its `write`. Throws OutOfMemoryError, UnsupportedError, BadOptionError. */
  weight(type: TensorType, rows: number, cols: number): Weight

  /** Memory for keys and values of `positions` positions. Throws OutOfMemoryError. */
  layerCache(positions: number, shape: Pick<HeadShape, 'kvHeads' | 'headDim'>): LayerCache

  /** out [n, cols] = the rows `tokens` of `table`, dequantised. */
  embed(out: Floats, table: Weight, tokens: readonly number[]): void
  /** out [n, width] = x / sqrt(mean(x^2) + eps) * gain [width], row by row; `out` may be `x`. */
  rmsNorm(out: Floats, x: Floats, gain: Floats, n: number, eps: number): void
  /** out [n, w.rows] = x [n, w.cols] times w transposed. */
  matmul(out: Floats, w: Weight, x: Floats, n: number): void
  /** `matmul` of several matrices with the same x, in any order or at once; no `out` may be `x` or another's. */
  matmuls(products: readonly Product[], x: Floats, n: number): void
  /**
   * Rotates pairs of every head of x [n, heads, headDim] in place, for positions start..start+n-1: `neighbours` are
   * (2i, 2i+1), GGUF's "llama" order, `halves` are (i, i + headDim / 2), GPT-NeoX's.
   * `table` [positions, headDim / 2, 2] holds cos and sin of position * frequency of pair i.
   */
  rope(x: Floats, table: Floats, start: number, n: number, shape: RopeShape): void
  /** Puts keys and values [n, kvHeads, headDim] at positions start..start+n-1 of the cache. */
  remember(cache: LayerCache, keys: Floats, values: Floats, start: number, n: number): void
  /**
   * Attention with grouped queries: out, q [n, heads, headDim]; the cache is filled up to position start + n - 1. Head h
   * reads kv head floor(h / (heads / kvHeads)). A position gives the same bits whichever others stand beside it in the call.
   */
  attention(out: Floats, q: Floats, cache: LayerCache, shape: AttentionShape): void
  /** gate [count] = activation(gate) * up; GELU in the precision of backend/gelu.ts. */
  glu(gate: Floats, up: Floats, count: number, activation: Activation): void
  /** x [count] += y. */
  add(x: Floats, y: Floats, count: number): void
  /** x [count] *= factor, rounded to f32. */
  scale(x: Floats, factor: number, count: number): void
  /** x [count] = cap * tanh(x / cap). */
  softcap(x: Floats, cap: number, count: number): void
  /** What a softmax over each row of x [n, width] comes to; the sums to 1e-5. */
  softmaxRows(x: Floats, n: number, width: number): SoftmaxRow[]

  /**
   * Gets ready what multiplies `weights`, which must be filled: proves it, and takes the fastest form of it as `store` has it
   * from an earlier time on this host, or as a short race tells. Results are the same without it, but the first token later.
   */
  tune(weights: readonly Weight[], store?: TuneStore): Promise<void>
  /** The kernels in use by now. */
  kernels(): readonly KernelChoice[]

  /** Gives all memory back; every later call throws DisposedError. */
  dispose(): void
}
