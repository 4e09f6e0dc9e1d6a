/**
 * The tensor types this engine knows, as GGUF numbers them, with the size of their blocks.
 * A row of `cols` values is stored as `cols / block` blocks of `bytes` bytes, little-endian.
 * Source: ggml.h (`enum ggml_type`) and ggml-common.h (block layouts) of llama.cpp.
 */

export const tensorTypes = {
  f32: { id: 0, block: 1, bytes: 4 },
  f16: { id: 1, block: 1, bytes: 2 },
  /** 32 values: f16 scale `d`, then 16 bytes of 4-bit `q`; byte i holds value i (low) and i + 16 (high); value = d * (q - 8). */
  q4_0: { id: 2, block: 32, bytes: 18 },
  /** 32 values: f16 scale `d`, then 32 signed bytes; value = d * q. */
  q8_0: { id: 8, block: 32, bytes: 34 },
} as const

export type TensorType = keyof typeof tensorTypes

/** Bytes that `count` values take in `type`; `count` must be a multiple of the type's block. */
export function byteLength(type: TensorType, count: number): number {
  const { block, bytes } = tensorTypes[type]
  return (count / block) * bytes
}
