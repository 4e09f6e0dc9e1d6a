/**
 * Keys and values of one layer in WebAssembly's memory: f16 [2, kvHeads, positions, headDim], keys before values, so that what
 * one head has seen lies in one piece. There is room for a multiple of four positions, as kernels read four at a time.
 */
import { BadOptionError, DisposedError } from '../../errors.ts'
import type { HeadShape, LayerCache } from '../backend.ts'
import { storedPositions } from '../check-positions.ts'
import type { Owner } from './buffers.ts'

export type CacheShape = Pick<HeadShape, 'kvHeads' | 'headDim'>

/** Where keys and values begin, and the bytes from one head to the next. */
export interface CachePlace {
  readonly keys: number
  readonly values: number
  readonly stride: number
}

/** Bytes from one head to the next. */
export function headStride(positions: number, headDim: number): number {
  return 4 * Math.ceil(positions / 4) * 2 * headDim
}

export class WasmLayerCache implements LayerCache {
  readonly positions: number
  readonly shape: CacheShape
  readonly owner: Owner
  readonly #address: number
  #freed = false
  constructor(owner: Owner, address: number, positions: number, shape: CacheShape) {
    this.owner = owner
    this.#address = address
    this.positions = positions
    this.shape = shape
  }

  get place(): CachePlace {
    if (this.#freed) throw new DisposedError('layer cache')
    const stride = headStride(this.positions, this.shape.headDim)
    return { keys: this.#address, values: this.#address + this.shape.kvHeads * stride, stride }
  }

  read(from: number, to: number, into: Uint8Array): void {
    this.#walk(from, to - from, into, (held, bytes) => bytes.set(held))
  }

  write(at: number, bytes: Uint8Array, count: number): void {
    this.#walk(at, count, bytes, (held, given) => held.set(given))
  }

  /** A second call, or one after the backend's dispose, does nothing. */
  free(): void {
    if (this.#freed) return
    this.#freed = true
    this.owner.memory?.release(this.#address)
  }

  /** Calls `visit` with each piece of `count` positions from `first` on, here and in `bytes`. */
  #walk(
    first: number,
    count: number,
    bytes: Uint8Array,
    visit: (held: Uint8Array, bytes: Uint8Array) => void,
  ): void {
    const { kvHeads, headDim } = this.shape
    const { keys, stride } = this.place
    const { memory } = this.owner
    if (!memory) throw new DisposedError('backend')
    const row = 2 * headDim
    const stored = storedPositions(this.positions, first, count, bytes.length, 2 * kvHeads * row)
    const all = new Uint8Array(memory.memory.buffer)
    for (let piece = 0; piece < 2 * kvHeads; piece++) {
      const held = keys + piece * stride + first * row
      const given = piece * stored * row
      visit(all.subarray(held, held + count * row), bytes.subarray(given, given + count * row))
    }
  }
}

/** `cache`, once it is sure that it is this owner's, and of `wanted` heads where that is given. Throws BadOptionError. */
export function cacheOf(owner: Owner, cache: LayerCache, wanted?: CacheShape): WasmLayerCache {
  if (!(cache instanceof WasmLayerCache) || cache.owner !== owner) {
    throw new BadOptionError('this cache belongs to another backend: allocate it with this one')
  }
  const { kvHeads, headDim } = cache.shape
  if (!wanted || (wanted.kvHeads === kvHeads && wanted.headDim === headDim)) return cache
  throw new BadOptionError(
    `the cache is of ${kvHeads} heads of ${headDim} numbers, the call of ${wanted.kvHeads} of ${wanted.headDim}`,
  )
}
