/**
 * The KV cache of one session, in the backend's memory, and the RoPE table that goes with its positions.
 * It has a fixed number of positions; growing makes a larger one and moves what is filled.
 */
import type { Backend, Floats } from '../backend/backend.ts'
import { type Allocator, allOrNothing } from './all-or-nothing.ts'
import type { Config, Rope } from './config.ts'

/** [headDim / 2] what each pair's frequency is divided by (the tensor rope_freqs: Llama 3's scaling); undefined for 1. */
export type RopeFactors = Float32Array | undefined

export interface Cache {
  readonly positions: number
  /** [layers] of [positions, kvHeads * headDim], keys already rotated */
  readonly keys: readonly Floats[]
  /** [layers] of [positions, kvHeads * headDim] */
  readonly values: readonly Floats[]
  /** [positions, headDim / 2, 2] cos and sin */
  readonly rope: Floats
  /** The same for the layers with a window; undefined where there are none. */
  readonly localRope?: Floats
}

/** Throws OutOfMemoryError, and then holds nothing. */
export function createCache(
  backend: Allocator,
  config: Config,
  ropeFactors: RopeFactors,
  positions: number,
): Cache {
  return allOrNothing((keep) => {
    const floats = (length: number): Floats => keep(backend.floats(length))
    const layers = Array.from({ length: config.layers })
    const size = positions * config.kvHeads * config.headDim
    const keys = layers.map(() => floats(size))
    const values = layers.map(() => floats(size))
    const rope = floats(positions * config.headDim)
    fillRope(rope.view(), config.headDim, config.rope, ropeFactors)
    if (!config.window) return { positions, keys, values, rope }
    const localRope = floats(positions * config.headDim)
    fillRope(localRope.view(), config.headDim, config.window.rope, undefined)
    return { positions, keys, values, rope, localRope }
  })
}

/** A cache of `positions` that starts with the first `filled` positions of `old`, which is freed. */
export function growCache(
  backend: Backend,
  config: Config,
  ropeFactors: RopeFactors,
  old: Cache,
  positions: number,
  filled: number,
): Cache {
  const cache = createCache(backend, config, ropeFactors, positions)
  const size = filled * config.kvHeads * config.headDim
  for (let layer = 0; layer < config.layers; layer++) {
    cache.keys[layer]!.view().set(old.keys[layer]!.view().subarray(0, size))
    cache.values[layer]!.view().set(old.values[layer]!.view().subarray(0, size))
  }
  freeCache(old)
  return cache
}

export function freeCache(cache: Cache): void {
  for (const part of [...cache.keys, ...cache.values, cache.rope]) part.free()
  cache.localRope?.free()
}

/** Pair i of a head turns by base^(-2i / headDim) a position (RoFormer, section 3.2.2), scaled as `Rope` says. */
function fillRope(table: Float32Array, headDim: number, { base, scale }: Rope, factors: RopeFactors): void {
  const frequencies = Float64Array.from(
    { length: headDim / 2 },
    (_, pair) => (scale * base ** ((-2 * pair) / headDim)) / (factors?.[pair] ?? 1),
  )
  for (let at = 0; at < table.length; at += 2) {
    const angle = Math.floor(at / headDim) * frequencies[(at % headDim) / 2]!
    table[at] = Math.cos(angle)
    table[at + 1] = Math.sin(angle)
  }
}
