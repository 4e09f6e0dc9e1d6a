/**
 * Quantisers of the codebook types, bit for bit as ggml's file quantiser (quantize_iq4_nl, quantize_iq4_xs and
 * quantize_row_mxfp4_ref of ggml-quants.c, without an importance matrix). The layouts are in iq4.ts and mxfp4.ts.
 * Each takes the 32 (iq4_xs: 256) finite values at `values[from]` to the block at `bytes[at]`, which must be zeroed.
 */
import { tiny } from './fit.ts'
import { nearestInt, writeHalf } from './half.ts'
import { iq4Codebook } from './iq4.ts'
import { mxfp4Codebook, mxfp4Scales } from './mxfp4.ts'

const fround = Math.fround
const tries = 7

export function quantizeIq4Nl(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const scale = fitCodes(values, from)
  writeHalf(bytes, at, scale)
  packCodes(values, from, scale === 0 ? 0 : fround(1 / scale), bytes, at + 2)
}

const scales = new Float32Array(8)

export function quantizeIq4Xs(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  let largest = 0
  for (let g = 0; g < 8; g++) {
    scales[g] = fitCodes(values, from + 32 * g)
    if (Math.abs(scales[g]!) > Math.abs(largest)) largest = scales[g]!
  }
  const d = fround(-largest / 32)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  for (let g = 0; g < 8; g++) {
    const whole = Math.max(-32, Math.min(31, nearestInt(fround(inverse * scales[g]!))))
    const scale = fround(d * whole)
    packCodes(values, from + 32 * g, scale === 0 ? 0 : fround(1 / scale), bytes, at + 8 + 16 * g)
    const bits = whole + 32
    bytes[at + 4 + (g >>> 1)]! |= (bits & 15) << (4 * (g & 1))
    bytes[at + 2 + (g >>> 2)]! |= (bits >>> 4) << (2 * (g & 3))
  }
}

export function quantizeMxfp4(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  let amax = 0
  for (let i = from; i < from + 32; i++) amax = Math.max(amax, Math.abs(values[i]!))
  // Rounded to f32 as log2f is, so that a value just below a power of two may be taken for it.
  const e = amax > 0 ? Math.floor(fround(Math.log2(amax))) + 125 : 0
  bytes[at] = e
  const d = mxfp4Scales[bytes[at]!]!
  for (let j = 0; j < 16; j++) {
    bytes[at + 1 + j] = fp4(values[from + j]!, d) | (fp4(values[from + j + 16]!, d) << 4)
  }
}

/** The code of the nearest multiple of d; of two as near the smaller. */
function fp4(x: number, d: number): number {
  const magnitude = Math.abs(x)
  let best = 0
  let least = magnitude
  for (let code = 1; code < 8; code++) {
    const off = Math.abs(fround(fround(mxfp4Codebook[code]! * d) - magnitude))
    if (off < least) {
      best = code
      least = off
    }
  }
  return x < 0 && best > 0 ? best + 8 : best
}

/** The scale under which 32 values and their codes differ least, squares as weights; 0 when all are (almost) zero. */
function fitCodes(values: Float32Array, from: number): number {
  let max = 0
  for (let i = from; i < from + 32; i++) if (Math.abs(values[i]!) > Math.abs(max)) max = values[i]!
  if (Math.abs(max) < tiny) return 0
  const plain = fround(1 / fround(-max / iq4Codebook[0]!))
  let scale = 0
  let best = 0
  for (let n = -tries - 1; n <= tries; n++) {
    const first = n < -tries
    const factor = first ? plain : fround((n + iq4Codebook[0]!) / max)
    let sumQX = 0
    let sumQ2 = 0
    for (let i = from; i < from + 32; i++) {
      const x = values[i]!
      const q = iq4Codebook[nearestCode(fround(factor * x))]!
      const weighted = fround(fround(x * x) * q)
      sumQX = fround(sumQX + fround(weighted * x))
      sumQ2 = fround(sumQ2 + fround(weighted * q))
    }
    if (first ? sumQ2 > 0 : sumQ2 > 0 && fround(sumQX * sumQX) > fround(best * sumQ2)) {
      scale = fround(sumQX / sumQ2)
      best = fround(scale * sumQX)
    }
  }
  return scale
}

function packCodes(values: Float32Array, from: number, factor: number, bytes: Uint8Array, at: number): void {
  for (let j = 0; j < 16; j++) {
    const low = nearestCode(fround(factor * values[from + j]!))
    const high = nearestCode(fround(factor * values[from + j + 16]!))
    bytes[at + j] = low | (high << 4)
  }
}

/** codeAt[n] is the last code at or below n - 127; from thresholds[code] on the next code is nearer, or as near. */
const thresholds = new Float32Array(16).fill(Number.POSITIVE_INFINITY)
const codeAt = new Uint8Array(256)
for (let code = 0; code < 15; code++) {
  const low = iq4Codebook[code]!
  const high = iq4Codebook[code + 1]!
  thresholds[code] = (low + high) / 2
  for (let n = low; n < high; n++) codeAt[n + 127] = code
}

/** The index of the codebook's value nearest to the f32 x; of two as near the greater. */
function nearestCode(x: number): number {
  if (x <= -127) return 0
  if (!(x < 113)) return 15
  const code = codeAt[(x + 127) | 0]!
  return x >= thresholds[code]! ? code + 1 : code
}
