/** What a softmax over rows comes to: blocks of a row are summed by the threads, each in its own order, and put together here. */
import type { SoftmaxRow } from '../backend.ts'
import { LOWEST, PEAK_BLOCK, PEAK_BYTES } from './kernels/peak.ts'
import type { Room } from './room.ts'
import { COUNT, perItem } from './threads/pool.ts'

/** x [n, width] is an address. */
export function softmaxRows(
  { memory, kernels, pool, scratch }: Room,
  x: number,
  n: number,
  width: number,
): SoftmaxRow[] {
  const blocks = Math.ceil(width / PEAK_BLOCK)
  const out = scratch.at(blocks * PEAK_BYTES)
  return Array.from({ length: n }, (_, row) => {
    const begin = x + row * width * 4
    // Blocks are the same whatever the threads, and so is every bit of their sum.
    const left = { base: width, item: -PEAK_BLOCK, count: 0, thread: 0 }
    const args = [perItem(begin, 4 * PEAK_BLOCK), perItem(out, PEAK_BYTES), COUNT, left]
    pool.each(blocks, 1, [{ kernel: kernels.peak, args }])
    const { buffer } = memory.memory
    return joined(new DataView(buffer, out), new Float32Array(buffer, begin, width))
  })
}

/** Puts the blocks of `values` together, of which `peaks` has what the kernel found. */
function joined(peaks: DataView, values: Float32Array): SoftmaxRow {
  let [most, next, block, isSound] = [Number.NEGATIVE_INFINITY, LOWEST, 0, true]
  const blocks = Math.ceil(values.length / PEAK_BLOCK)
  const found = (i: number, at: number): number => peaks.getFloat32(i * PEAK_BYTES + at, true)
  for (let i = 0; i < blocks; i++) {
    const largest = found(i, 0)
    if (peaks.getInt32(i * PEAK_BYTES + 12, true) === 0) isSound = false
    next = Math.max(next, Math.min(largest, most), found(i, 4))
    if (largest > most) [most, block] = [largest, i]
  }
  let sum = 0
  for (let i = 0; i < blocks; i++) sum += Math.exp(found(i, 0) - most) * found(i, 8)
  const best = values.indexOf(most, block * PEAK_BLOCK)
  return {
    best: isSound ? best : -1,
    logSum: most + Math.log(sum),
    margin: next > LOWEST ? most - next : Number.POSITIVE_INFINITY,
  }
}
