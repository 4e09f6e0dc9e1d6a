/**
 * The tensor types this engine knows, as GGUF numbers them, with the size of their blocks.
 * A row of `cols` values is stored as `cols / block` blocks of `bytes` bytes, little-endian. How the bits of a block lie
 * is told in quant/, one file a family.
 * Source: ggml.h (`enum ggml_type`) and ggml-common.h (block layouts) of llama.cpp.
 */

export const tensorTypes = {
  f32: { id: 0, block: 1, bytes: 4 },
  f16: { id: 1, block: 1, bytes: 2 },
  bf16: { id: 30, block: 1, bytes: 2 },
  q4_0: { id: 2, block: 32, bytes: 18 },
  q4_1: { id: 3, block: 32, bytes: 20 },
  q5_0: { id: 6, block: 32, bytes: 22 },
  q5_1: { id: 7, block: 32, bytes: 24 },
  q8_0: { id: 8, block: 32, bytes: 34 },
  iq4_nl: { id: 20, block: 32, bytes: 18 },
  mxfp4: { id: 39, block: 32, bytes: 17 },
  q2_k: { id: 10, block: 256, bytes: 84 },
  q3_k: { id: 11, block: 256, bytes: 110 },
  q4_k: { id: 12, block: 256, bytes: 144 },
  q5_k: { id: 13, block: 256, bytes: 176 },
  q6_k: { id: 14, block: 256, bytes: 210 },
  iq4_xs: { id: 23, block: 256, bytes: 136 },
} as const

export type TensorType = keyof typeof tensorTypes

/** Bytes that `count` values take in `type`; `count` must be a multiple of the type's block. */
export function byteLength(type: TensorType, count: number): number {
  const { block, bytes } = tensorTypes[type]
  return (count / block) * bytes
}
