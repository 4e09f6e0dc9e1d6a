/**
 * The KV cache of one session, in the backend's memory, and the RoPE table that goes with its positions.
 * It has a fixed number of positions; growing makes a larger one and moves what is filled. Positions can be taken out as
 * bytes and put back, into this cache or another of the same model: `copyOut` and `copyIn`.
 */
import type { Backend, Floats, LayerCache } from '../backend/backend.ts'
import { type Allocator, allOrNothing } from './all-or-nothing.ts'
import type { Config, Rope } from './config.ts'

/** [headDim / 2] what each pair's frequency is divided by (the tensor rope_freqs: Llama 3's scaling); undefined for 1. */
export type RopeFactors = Float32Array | undefined

export interface Cache {
  readonly positions: number
  readonly layers: readonly LayerCache[]
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
    const layers = Array.from({ length: config.layers }, () => keep(backend.layerCache(positions, config)))
    const rope = floats(positions * config.headDim)
    fillRope(rope.view(), config.headDim, config.rope, ropeFactors)
    if (!config.window) return { positions, layers, rope }
    const localRope = floats(positions * config.headDim)
    fillRope(localRope.view(), config.headDim, config.window.rope, undefined)
    return { positions, layers, rope, localRope }
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
  const bytes = new Uint8Array(filled * layerBytes(config))
  const cache = createCache(backend, config, ropeFactors, positions)
  cache.layers.forEach((layer, l) => {
    old.layers[l]!.read(0, filled, bytes)
    layer.write(0, bytes, filled)
  })
  freeCache(old)
  return cache
}

export function freeCache(cache: Cache): void {
  for (const part of [...cache.layers, cache.rope]) part.free()
  cache.localRope?.free()
}

/** Bytes of a position in one layer. */
function layerBytes({ kvHeads, headDim }: Config): number {
  return 4 * kvHeads * headDim
}

/** How the bytes of positions lie: `planes` after one another, each [positions, row], `row` in bytes. */
export function cacheLayout({ layers, kvHeads, headDim }: Config): { planes: number; row: number } {
  return { planes: 2 * layers * kvHeads, row: 2 * headDim }
}

/** Positions `from` to `to` (exclusive) as f16, little-endian [layers, 2, kvHeads, to - from, headDim], keys before values. */
export function copyOut(cache: Cache, config: Config, from: number, to: number): Uint8Array {
  const size = (to - from) * layerBytes(config)
  const bytes = new Uint8Array(config.layers * size)
  cache.layers.forEach((layer, l) => {
    layer.read(from, to, bytes.subarray(l * size, (l + 1) * size))
  })
  return bytes
}

/** Puts the first `count` positions of what `copyOut` gave, of any number of positions, at `at`. */
export function copyIn(cache: Cache, config: Config, at: number, bytes: Uint8Array, count: number): void {
  const size = bytes.length / config.layers
  cache.layers.forEach((layer, l) => {
    layer.write(at, bytes.subarray(l * size, (l + 1) * size), count)
  })
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
