/**
 * The non-linear four-bit types: a nibble is an index into a fixed codebook that lies closer around zero.
 * Layouts (ggml-common.h; byte offsets within a block):
 *   iq4_nl, 32 values, 18 bytes: half d 0, nibbles 2..17.                                  value = d * codebook[q]
 *   iq4_xs, 256 values, 136 bytes: half d 0, high two bits of the sub-scales 2..3, their low nibbles 4..7, nibbles 8..135.
 *     A sub-scale of six bits per 32 values.                               value = d * (scale - 32) * codebook[q]
 * Of 16 bytes of nibbles the low ones are values 0..15, the high ones 16..31.
 */
import type { Blocks, SuperBlocks } from './blocks.ts'
import { readHalf } from './half.ts'

/** Source: `kvalues_iq4nl` of ggml-common.h. */
export const iq4Codebook: Int8Array = Int8Array.of(
  ...[-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113],
)

export function unpackIq4Nl(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  unpackCodes(bytes, at + 2, iq4Codebook, out.quants, 32 * b)
}

export function unpackIq4Xs(bytes: Uint8Array, at: number, out: SuperBlocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  const high = bytes[at + 2]! | (bytes[at + 3]! << 8)
  for (let s = 0; s < 8; s++) {
    const low = (bytes[at + 4 + (s >>> 1)]! >>> (4 * (s & 1))) & 15
    const scale = (low | (((high >>> (2 * s)) & 3) << 4)) - 32
    out.subScales[16 * b + 2 * s] = scale
    out.subScales[16 * b + 2 * s + 1] = scale
    unpackCodes(bytes, at + 8 + 16 * s, iq4Codebook, out.quants, 256 * b + 32 * s)
  }
}

/** Sixteen bytes of nibbles, as the codes they stand for, to quants[to..to + 31]. */
export function unpackCodes(
  bytes: Uint8Array,
  at: number,
  codebook: Int8Array,
  quants: Int8Array,
  to: number,
): void {
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + j]!
    quants[to + j] = codebook[pair & 15]!
    quants[to + j + 16] = codebook[pair >>> 4]!
  }
}
