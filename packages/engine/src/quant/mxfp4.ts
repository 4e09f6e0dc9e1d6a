/**
 * mxfp4: 32 four-bit floats (e2m1) under a shared power of two (e8m0), as OCP's microscaling formats define it.
 * Layout (ggml-common.h), 17 bytes: exponent e 0, nibbles 1..16; the low nibbles are values 0..15, the high ones 16..31.
 * The codebook holds e2m1 doubled, so that it is whole; the scale is halved for it: value = 2^(e - 128) * codebook[q].
 * As ggml does, e = 255 is read as the power 2^127 and not as the NaN that e8m0 gives it.
 */
import type { Blocks } from './blocks.ts'
import { unpackCodes } from './iq4.ts'

/** Source: `kvalues_mxfp4` of ggml-common.h. Both zeros are +0. */
export const mxfp4Codebook: Int8Array = Int8Array.of(0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12)

/** 2^(e - 128) for every e. */
export const mxfp4Scales: Float32Array = new Float32Array(256)
for (let e = 0, power = 2 ** -128; e < 256; e++, power *= 2) mxfp4Scales[e] = power

export function unpackMxfp4(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = mxfp4Scales[bytes[at]!]!
  unpackCodes(bytes, at + 1, mxfp4Codebook, out.quants, 32 * b)
}
