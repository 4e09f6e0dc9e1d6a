/**
 * Tensor bytes from their source to their place: read by range in file order, a few pieces at a time, so that nothing but
 * those pieces is held beside the weights themselves.
 */
import type { Tensor } from '../gguf/read.ts'
import { dequantize } from '../quant/quant.ts'
import type { ByteSource } from '../source/source.ts'
import type { Filling } from './weights.ts'

/** Bytes read at once, and how many such reads run side by side: what keeps a disk or a connection busy. */
export const PIECE: number = 4 * 2 ** 20
export const LANES: number = 4

export interface LoadOptions {
  /** Aborting stops the reads; the load then throws the signal's reason. */
  readonly signal?: AbortSignal
  /** Called after every piece with bytes read of bytes in all; the last call has both the same. */
  readonly onProgress?: (loaded: number, total: number) => void
}

/** Bytes of each piece that tell one model's weights from another's of the same shape. */
const SAMPLE = 512

/**
 * Returns a sum over the first bytes of every piece, the same for the same weights whatever order they came in. Throws what
 * the source throws, or the signal's reason; what is filled by then is not to be used.
 */
export async function fill(
  fillings: readonly Filling[],
  source: ByteSource,
  options: LoadOptions,
): Promise<number> {
  const total = fillings.reduce((sum, { tensor }) => sum + tensor.size, 0)
  let loaded = 0
  let sum = 0
  const failed = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal
  const pieces = cut(fillings)
  const lane = async (): Promise<void> => {
    const buffer = new Uint8Array(Math.min(PIECE, total))
    for (let piece = pieces.next(); !piece.done; piece = pieces.next()) {
      const { filling, from, size } = piece.value
      // A vector is unpacked as a whole, whatever its size; none is large.
      const own = 'weight' in filling ? filling.weight.room(from, size) : undefined
      const bytes = own ?? (size <= buffer.length ? buffer.subarray(0, size) : new Uint8Array(size))
      signal.throwIfAborted()
      await source.read(bytes, filling.tensor.offset + from, signal)
      signal.throwIfAborted()
      if (!('weight' in filling)) dequantize(filling.tensor.type, bytes, filling.values())
      else if (!own) filling.weight.write(from, bytes)
      sum = (sum + hashOf(bytes.subarray(0, SAMPLE), filling.tensor.offset + from)) >>> 0
      loaded += size
      options.onProgress?.(loaded, total)
    }
  }
  const lanes = Array.from({ length: Math.min(LANES, Math.ceil(total / PIECE)) }, lane)
  try {
    await Promise.all(lanes)
    return sum
  } catch (error) {
    failed.abort(error)
    // The other lanes still hold buffers and write to memory that is about to be freed: wait for them.
    await Promise.allSettled(lanes)
    throw error
  }
}

/** FNV-1a, begun with `seed`. */
function hashOf(bytes: Uint8Array, seed: number): number {
  let hash = 0x811c9dc5 ^ seed
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash
}

interface Piece {
  readonly filling: Filling
  /** Place within the tensor. */
  readonly from: number
  readonly size: number
}

function* cut(fillings: readonly Filling[]): Generator<Piece, undefined> {
  const byPlace = fillings.toSorted((a, b) => a.tensor.offset - b.tensor.offset)
  for (const filling of byPlace) {
    const { size }: Tensor = filling.tensor
    const step = 'weight' in filling ? PIECE : size
    for (let from = 0; from < size; from += step) yield { filling, from, size: Math.min(step, size - from) }
  }
}
