/**
 * Quantisers of the K types, bit for bit as ggml's reference ones (quantize_row_q2_K_ref to quantize_row_q6_K_ref in
 * ggml-quants.c, without an importance matrix). All go the same way: fit each group (fit.ts), quantise the groups' scales
 * and minima among themselves, take the levels anew under the scales that are left, pack. The layouts are in k-quants.ts.
 * Each takes the 256 finite values at `values[from]` to the block at `bytes[at]`, which must be zeroed.
 */
import { type Fit, fitScale, fitScaleAndMin, fitScaleByLevels, type ScaleAndMinSearch, tiny } from './fit.ts'
import { nearestInt, readHalf, writeHalf } from './half.ts'

const fround = Math.fround

const fit: Fit = { levels: new Uint8Array(256), scales: new Float32Array(16), mins: new Float32Array(16) }
const { levels, scales, mins } = fit
const weights = new Float32Array(32)

const step = fround(0.1)
const q2Search: ScaleAndMinSearch = { size: 16, top: 3, first: -0.5, step, last: 15, absolute: true }
const q4Search: ScaleAndMinSearch = { size: 32, top: 15, first: -1, step, last: 20, absolute: false }
const q5Search: ScaleAndMinSearch = { size: 32, top: 31, first: -0.5, step, last: 15, absolute: false }

export function quantizeQ2K(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  for (let g = 0; g < 16; g++) {
    for (let i = 0; i < 16; i++) weights[i] = Math.abs(values[from + 16 * g + i]!)
    fitScaleAndMin(values, from, g, q2Search, weights, fit)
  }
  const maxScale = greatest(scales, 16)
  const maxMin = greatest(mins, 16)
  const scaleFactor = maxScale > 0 ? fround(15 / maxScale) : 0
  const minFactor = maxMin > 0 ? fround(15 / maxMin) : 0
  for (let g = 0; g < 16; g++) {
    const scale = scaleFactor > 0 ? nearestInt(fround(scaleFactor * scales[g]!)) : 0
    const min = minFactor > 0 ? nearestInt(fround(minFactor * mins[g]!)) : 0
    bytes[at + g] = scale | (min << 4)
  }
  writeHalf(bytes, at + 80, maxScale > 0 ? fround(maxScale / 15) : 0)
  writeHalf(bytes, at + 82, maxMin > 0 ? fround(maxMin / 15) : 0)
  const d = readHalf(bytes, at + 80)
  const dmin = readHalf(bytes, at + 82)
  for (let g = 0; g < 16; g++) {
    const pair = bytes[at + g]!
    relevel(values, from, 16 * g, 16, fround(d * (pair & 15)), fround(dmin * (pair >>> 4)), 0, 3)
  }
  packPairs(bytes, at + 16)
}

export function quantizeQ3K(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  for (let g = 0; g < 16; g++) fitScaleByLevels(values, from, g, fit)
  const largest = largestScale()
  const factor = largest === 0 ? 0 : fround(-32 / largest)
  if (largest !== 0) writeHalf(bytes, at + 108, fround(1 / factor))
  const d = readHalf(bytes, at + 108)
  for (let g = 0; g < 16; g++) {
    // ggml passes the integer through a signed byte before it clips.
    const whole = (nearestInt(fround(factor * scales[g]!)) << 24) >> 24
    const scale = Math.max(-32, Math.min(31, whole))
    if (largest !== 0) packScale6(bytes, at + 96, g, scale + 32)
    relevel(values, from, 16 * g, 16, fround(d * scale), 0, -4, 3)
  }
  for (let i = 0; i < 256; i++) {
    if (levels[i]! < 4) continue
    bytes[at + (i & 31)]! |= 1 << (i >>> 5)
    levels[i]! -= 4
  }
  packPairs(bytes, at + 32)
}

export function quantizeQ4K(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  fitGroupsOf32(values, from, q4Search)
  packScalesAndMins(bytes, at)
  relevelGroupsOf32(values, from, bytes, at, 15)
  packNibbles64(bytes, at + 16)
}

export function quantizeQ5K(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  fitGroupsOf32(values, from, q5Search)
  packScalesAndMins(bytes, at)
  relevelGroupsOf32(values, from, bytes, at, 31)
  for (let i = 0; i < 256; i++) {
    bytes[at + 16 + (i & 31)]! |= (levels[i]! >>> 4) << (i >>> 5)
    levels[i]! &= 15
  }
  packNibbles64(bytes, at + 48)
}

export function quantizeQ6K(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  for (let g = 0; g < 16; g++) fitScale(values, from, g, 32, fit)
  const largest = largestScale()
  if (Math.abs(largest) < tiny) return
  const factor = fround(-128 / largest)
  writeHalf(bytes, at + 208, fround(1 / factor))
  const d = readHalf(bytes, at + 208)
  for (let g = 0; g < 16; g++) {
    const scale = Math.min(127, nearestInt(fround(factor * scales[g]!)))
    bytes[at + 192 + g] = scale
    relevel(values, from, 16 * g, 16, fround(d * ((scale << 24) >> 24)), 0, -32, 31)
  }
  for (let half = 0; half < 2; half++) {
    for (let i = 0; i < 64; i++) {
      const low = levels[128 * half + i]!
      const high = levels[128 * half + i + 64]!
      bytes[at + 64 * half + i] = (low & 15) | ((high & 15) << 4)
      bytes[at + 128 + 32 * half + (i & 31)]! |= ((low >>> 4) | ((high >>> 4) << 4)) << (2 * (i >>> 5))
    }
  }
}

function fitGroupsOf32(values: Float32Array, from: number, search: ScaleAndMinSearch): void {
  for (let g = 0; g < 8; g++) {
    const start = from + 32 * g
    let squares = 0
    for (let i = 0; i < 32; i++) squares = fround(squares + fround(values[start + i]! * values[start + i]!))
    const average = fround(Math.sqrt(fround(squares / 32)))
    for (let i = 0; i < 32; i++) weights[i] = average + Math.abs(values[start + i]!)
    fitScaleAndMin(values, from, g, search, weights, fit)
  }
}

/** The levels of one group again, under scale d and minimum m as they are stored; as they were where d is zero. */
function relevel(
  values: Float32Array,
  from: number,
  group: number,
  count: number,
  d: number,
  m: number,
  least: number,
  most: number,
): void {
  if (d === 0) return
  for (let i = group; i < group + count; i++) {
    const level = nearestInt(fround(fround(values[from + i]! + m) / d))
    levels[i] = Math.max(least, Math.min(most, level)) - least
  }
}

function relevelGroupsOf32(
  values: Float32Array,
  from: number,
  bytes: Uint8Array,
  at: number,
  top: number,
): void {
  const d = readHalf(bytes, at)
  const dmin = readHalf(bytes, at + 2)
  for (let g = 0; g < 8; g++) {
    relevel(values, from, 32 * g, 32, fround(d * scales6[g]!), fround(dmin * mins6[g]!), 0, top)
  }
}

const scales6 = new Uint8Array(8)
const mins6 = new Uint8Array(8)

/** Eight scales and mins as six bits each under d and dmin; the bytes are told in k-quants.ts. */
function packScalesAndMins(bytes: Uint8Array, at: number): void {
  const maxScale = greatest(scales, 8)
  const maxMin = greatest(mins, 8)
  const scaleFactor = maxScale > 0 ? fround(63 / maxScale) : 0
  const minFactor = maxMin > 0 ? fround(63 / maxMin) : 0
  for (let g = 0; g < 8; g++) {
    const scale = (scales6[g] = Math.min(63, nearestInt(fround(scaleFactor * scales[g]!)) & 255))
    const min = (mins6[g] = Math.min(63, nearestInt(fround(minFactor * mins[g]!)) & 255))
    if (g < 4) {
      bytes[at + 4 + g] = scale
      bytes[at + 8 + g] = min
    } else {
      bytes[at + 8 + g] = (scale & 15) | ((min & 15) << 4)
      bytes[at + g]! |= (scale >>> 4) << 6
      bytes[at + 4 + g]! |= (min >>> 4) << 6
    }
  }
  writeHalf(bytes, at, fround(maxScale / 63))
  writeHalf(bytes, at + 2, fround(maxMin / 63))
}

/** Scale g of q3_k, six bits in twelve bytes. */
function packScale6(bytes: Uint8Array, at: number, g: number, scale: number): void {
  bytes[at + (g & 7)]! |= (scale & 15) << (4 * (g >>> 3))
  bytes[at + 8 + (g & 3)]! |= (scale >>> 4) << (2 * (g >>> 2))
}

function packPairs(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 256; i++) {
    bytes[at + 32 * (i >>> 7) + (i & 31)]! |= levels[i]! << (2 * ((i >>> 5) & 3))
  }
}

function packNibbles64(bytes: Uint8Array, at: number): void {
  for (let i = 0; i < 256; i++) {
    bytes[at + 32 * (i >>> 6) + (i & 31)]! |= levels[i]! << (4 * ((i >>> 5) & 1))
  }
}

/** The greatest of the first `count`, at least 0. */
function greatest(of: Float32Array, count: number): number {
  let found = 0
  for (let g = 0; g < count; g++) if (of[g]! > found) found = of[g]!
  return found
}

/** The scale of the largest magnitude, with its sign. */
function largestScale(): number {
  let found = 0
  for (let g = 0; g < 16; g++) if (Math.abs(scales[g]!) > Math.abs(found)) found = scales[g]!
  return found
}
