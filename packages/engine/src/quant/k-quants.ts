/**
 * The K types: 256 values under a half scale d (q2_k, q4_k, q5_k: and a half dmin), parted into groups of 16 or 32 values
 * with an integer sub-scale each (and an integer minimum). Layouts (ggml-common.h; byte offsets within a block):
 *   q2_k,  84 bytes: 16 bytes scale | min << 4 at 0, qs 16..79, d 80, dmin 82.   d * scale * q - dmin * min
 *   q3_k, 110 bytes: third bits 0..31, qs 32..95, scales 96..107, d 108.         d * (scale - 32) * (q - 4)
 *   q4_k, 144 bytes: d 0, dmin 2, scales and mins 4..15, qs 16..143.             d * scale * q - dmin * min
 *   q5_k, 176 bytes: d 0, dmin 2, scales and mins 4..15, fifth bits 16..47, qs 48..175.   as q4_k
 *   q6_k, 210 bytes: low nibbles 0..127, high pairs 128..191, signed scales 192..207, d 208.   d * scale * (q - 32)
 * Groups are of 16 values, in q4_k and q5_k of 32. The bits of a value are not beside those of its neighbour: a byte of
 * `qs` holds values 32 (or 64) apart, as the loops below say.
 */
import type { SuperBlocks } from './blocks.ts'
import { readHalf } from './half.ts'

export function unpackQ2K(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  out.scales[b] = readHalf(bytes, at + 80)
  out.mins![b] = readHalf(bytes, at + 82)
  for (let g = 0; g < 16; g++) {
    const pair = bytes[at + g]!
    out.subScales[16 * b + g] = pair & 15
    out.subMins![16 * b + g] = pair >>> 4
  }
  unpackPairs(bytes, at + 16, out.quants, 256 * b)
}

export function unpackQ3K(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  out.scales[b] = readHalf(bytes, at + 108)
  // Six bits a scale: the low nibbles of all 16 in 8 bytes (scale g + 8 above scale g), then the high pairs in 4 bytes
  // (of scales g, g + 4, g + 8, g + 12).
  for (let g = 0; g < 16; g++) {
    const low = (bytes[at + 96 + (g & 7)]! >>> (4 * (g >>> 3))) & 15
    const high = (bytes[at + 104 + (g & 3)]! >>> (2 * (g >>> 2))) & 3
    out.subScales[16 * b + g] = (low | (high << 4)) - 32
  }
  const { quants } = out
  const to = 256 * b
  unpackPairs(bytes, at + 32, quants, to)
  // Bit k of byte l is the third bit of value 32 * k + l; a bit that is not set takes 4 away.
  for (let i = 0; i < 256; i++) {
    if (((bytes[at + (i & 31)]! >>> (i >>> 5)) & 1) === 0) quants[to + i] = quants[to + i]! - 4
  }
}

export function unpackQ4K(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  unpackScalesAndMins(bytes, at, out, b)
  unpackNibbles64(bytes, at + 16, out.quants, 256 * b)
}

export function unpackQ5K(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  unpackScalesAndMins(bytes, at, out, b)
  const { quants } = out
  const to = 256 * b
  unpackNibbles64(bytes, at + 48, quants, to)
  // Bit k of byte l is the fifth bit of value 32 * k + l.
  for (let i = 0; i < 256; i++) {
    quants[to + i] = quants[to + i]! | (((bytes[at + 16 + (i & 31)]! >>> (i >>> 5)) & 1) << 4)
  }
}

export function unpackQ6K(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  out.scales[b] = readHalf(bytes, at + 208)
  for (let g = 0; g < 16; g++) out.subScales[16 * b + g] = bytes[at + 192 + g]!
  const { quants } = out
  // Each half of 128 values: 64 bytes of nibbles (value i + 64 above value i), 32 bytes of pairs (values 32 apart).
  for (let half = 0; half < 2; half++) {
    const low = at + 64 * half
    const high = at + 128 + 32 * half
    const to = 256 * b + 128 * half
    for (let i = 0; i < 64; i++) {
      const nibbles = bytes[low + i]!
      const pairs = bytes[high + (i & 31)]! >>> (2 * (i >>> 5))
      quants[to + i] = ((nibbles & 15) | ((pairs & 3) << 4)) - 32
      quants[to + i + 64] = ((nibbles >>> 4) | (((pairs >>> 4) & 3) << 4)) - 32
    }
  }
}

/** Two bits a value: each 32 bytes hold 128 values, those 32 apart in one byte, the lowest first. */
function unpackPairs(bytes: Uint8Array, at: number, quants: Int8Array, to: number): void {
  for (let i = 0; i < 256; i++) {
    quants[to + i] = (bytes[at + 32 * (i >>> 7) + (i & 31)]! >>> (2 * ((i >>> 5) & 3))) & 3
  }
}

/** Four bits a value: each 32 bytes hold 64 values, value i + 32 above value i. */
function unpackNibbles64(bytes: Uint8Array, at: number, quants: Int8Array, to: number): void {
  for (let i = 0; i < 256; i++) {
    quants[to + i] = (bytes[at + 32 * (i >>> 6) + (i & 31)]! >>> (4 * ((i >>> 5) & 1))) & 15
  }
}

/**
 * d, dmin, and twelve bytes of eight scales and eight mins, six bits each: scales 0..3 are the low six bits of bytes 0..3,
 * mins 0..3 those of bytes 4..7; of scales and mins 4..7 the low nibbles share bytes 8..11 (the scale lower) and the high
 * pairs are the two bits left over in bytes 0..3 and 4..7.
 */
function unpackScalesAndMins(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  out.mins![b] = readHalf(bytes, at + 2)
  for (let g = 0; g < 4; g++) {
    const scale = bytes[at + 4 + g]!
    const min = bytes[at + 8 + g]!
    const both = bytes[at + 12 + g]!
    setTwice(out, 16 * b + 2 * g, scale & 63, min & 63)
    setTwice(out, 16 * b + 2 * g + 8, (both & 15) | ((scale >>> 6) << 4), (both >>> 4) | ((min >>> 6) << 4))
  }
}

/** A group of 32 values is two of 16. */
function setTwice(out: SuperBlocks, at: number, scale: number, min: number): void {
  out.subScales[at] = scale
  out.subScales[at + 1] = scale
  out.subMins![at] = min
  out.subMins![at + 1] = min
}
