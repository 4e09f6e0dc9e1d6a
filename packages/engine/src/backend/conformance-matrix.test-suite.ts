/**
 * Random matrices of every type for the conformance cases, as the file's bytes and as numbers in double precision. How a
 * block's bits lie is taken from quant/, which is checked against ggml's own bytes; the sums are this suite's business.
 */
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { isBlockType, isSuperBlockType, unpackBlocks, unpackSuperBlocks } from '../quant/blocks.ts'
import { floatToHalf } from '../quant/half.ts'
import { dequantize } from '../quant/quant.ts'
import { normal } from './conformance-tools.test-suite.ts'
import { scaleOffsets } from './wasm/tune/sample.ts'

export interface Matrix {
  readonly bytes: Uint8Array
  /** [rows * cols] without minima: scale * sub-scale * integer, unrounded. */
  readonly values: Float64Array
  /** [rows * cols] what the minimum of its block adds to each value; absent where the type has none. */
  readonly minima: Float64Array | undefined
}

export const allTypes = Object.keys(tensorTypes) as TensorType[]

/** Any bits, with scales a model may have; every seventh value of f16, and every seventh d, is a subnormal half. */
export function randomBytes(random: () => number, type: TensorType, count: number): Uint8Array {
  const bytes = Uint8Array.from({ length: byteLength(type, count) }, () => random() * 256)
  const view = new DataView(bytes.buffer)
  const size = (i: number): number => normal(random) * (i % 7 === 3 ? 1e-6 : 1)
  if (type === 'f32') for (let i = 0; i < count; i++) view.setFloat32(4 * i, normal(random), true)
  else if (type === 'f16') for (let i = 0; i < count; i++) view.setUint16(2 * i, floatToHalf(size(i)), true)
  else if (type === 'bf16') {
    const value = new Float32Array(1)
    for (let i = 0; i < count; i++) {
      value[0] = normal(random)
      bytes.set(new Uint8Array(value.buffer, 2), 2 * i)
    }
  } else {
    setScales(type, bytes, (b) => floatToHalf(size(b) * 0.02))
    // An exponent of 128 is a scale of 1.
    if (type === 'mxfp4') for (let at = 0; at < bytes.length; at += 17) bytes[at] = 112 + random() * 20
  }
  return bytes
}

/** Sets d, and the minimum, of each block to the half that `half` gives for its number. */
export function setScales(type: TensorType, bytes: Uint8Array, half: (block: number) => number): void {
  const stride = tensorTypes[type].bytes
  for (let b = 0; b * stride < bytes.length; b++) {
    for (const at of scaleOffsets[type] ?? []) {
      const bits = half(b)
      bytes.set([bits & 255, bits >> 8], b * stride + at)
    }
  }
}

export function matrixOf(type: TensorType, bytes: Uint8Array): Matrix {
  const { block, bytes: stride } = tensorTypes[type]
  const count = (bytes.length / stride) * block
  if (isBlockType(type)) {
    const { scales, quants, mins } = unpackBlocks(type, bytes)
    return {
      bytes,
      values: Float64Array.from({ length: count }, (_, i) => scales[i >> 5]! * quants[i]!),
      minima: mins && Float64Array.from({ length: count }, (_, i) => mins[i >> 5]!),
    }
  }
  if (isSuperBlockType(type)) {
    const { scales, subScales, quants, mins, subMins } = unpackSuperBlocks(type, bytes)
    const value = (i: number): number => scales[i >> 8]! * subScales[i >> 4]! * quants[i]!
    return {
      bytes,
      values: Float64Array.from({ length: count }, (_, i) => value(i)),
      minima: mins && Float64Array.from({ length: count }, (_, i) => -mins[i >> 8]! * subMins![i >> 4]!),
    }
  }
  const values = new Float32Array(count)
  dequantize(type, bytes, values)
  return { bytes, values: Float64Array.from(values), minima: undefined }
}

export function randomMatrix(random: () => number, type: TensorType, rows: number, cols: number): Matrix {
  return matrixOf(type, randomBytes(random, type, rows * cols))
}
