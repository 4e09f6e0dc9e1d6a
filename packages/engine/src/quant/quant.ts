/**
 * Numbers to and from the file's tensor types, bit for bit as ggml's reference quantisers write them
 * and readers have them (ggml-quants.c). The types themselves are in legacy.ts, iq4.ts, mxfp4.ts and k-quants.ts, their
 * quantisers in the files quantize-*.ts beside them. All arithmetic that decides a bit is rounded to f32, as C does it.
 */
import { BadOptionError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import {
  type BlockType,
  emptyBlocks,
  emptySuperBlocks,
  isBlockType,
  isSuperBlockType,
  type SuperBlockType,
  unpackBlock,
  unpackSuperBlock,
} from './blocks.ts'
import { readHalf, writeHalf } from './half.ts'
import { quantizeIq4Nl, quantizeIq4Xs, quantizeMxfp4 } from './quantize-iq4.ts'
import { quantizeQ2K, quantizeQ3K, quantizeQ4K, quantizeQ5K, quantizeQ6K } from './quantize-k.ts'
import { quantizeQ4_0, quantizeQ4_1, quantizeQ5_0, quantizeQ5_1, quantizeQ8_0 } from './quantize-legacy.ts'

const fround = Math.fround

/** out [count] = the values of `bytes`. Throws BadOptionError when `bytes` is not what `out.length` values take. */
export function dequantize(type: TensorType, bytes: Uint8Array, out: Float32Array): void {
  expectLengths(type, bytes.length, out.length)
  if (isBlockType(type)) dequantizeBlocks(type, bytes, out)
  else if (isSuperBlockType(type)) dequantizeSuperBlocks(type, bytes, out)
  // Bytes and not numbers, so that a NaN keeps its bits; every host of JavaScript is little-endian.
  else if (type === 'f32') new Uint8Array(out.buffer, out.byteOffset, out.byteLength).set(bytes)
  else if (type === 'f16') for (let i = 0; i < out.length; i++) out[i] = readHalf(bytes, 2 * i)
  else dequantizeBf16(bytes, out)
}

/** bf16 is the upper half of an f32. */
function dequantizeBf16(bytes: Uint8Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length)
  for (let i = 0; i < bits.length; i++) bits[i] = (bytes[2 * i]! << 16) | (bytes[2 * i + 1]! << 24)
}

function dequantizeBlocks(type: BlockType, bytes: Uint8Array, out: Float32Array): void {
  const one = emptyBlocks(type, 1)
  const { scales, quants, mins } = one
  const stride = tensorTypes[type].bytes
  for (let at = 0, to = 0; to < out.length; at += stride, to += 32) {
    unpackBlock(type, bytes, at, one, 0)
    const d = scales[0]!
    if (mins) for (let i = 0; i < 32; i++) out[to + i] = fround(d * quants[i]!) + mins[0]!
    else for (let i = 0; i < 32; i++) out[to + i] = d * quants[i]!
  }
}

function dequantizeSuperBlocks(type: SuperBlockType, bytes: Uint8Array, out: Float32Array): void {
  const one = emptySuperBlocks(type, 1)
  const { scales, subScales, quants, mins, subMins } = one
  const stride = tensorTypes[type].bytes
  for (let at = 0, to = 0; to < out.length; at += stride, to += 256) {
    unpackSuperBlock(type, bytes, at, one, 0)
    for (let g = 0; g < 16; g++) {
      const d = fround(scales[0]! * subScales[g]!)
      if (mins) {
        const min = fround(mins[0]! * subMins![g]!)
        for (let i = 16 * g; i < 16 * g + 16; i++) out[to + i] = fround(d * quants[i]!) - min
      } else {
        for (let i = 16 * g; i < 16 * g + 16; i++) out[to + i] = d * quants[i]!
      }
    }
  }
}

/** The bytes of `values` in `type`. Block types take whole blocks of finite values, else BadOptionError. */
export function quantize(type: TensorType, values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength(type, values.length))
  expectLengths(type, bytes.length, values.length)
  if (type === 'f32') bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  else if (type === 'f16') for (let i = 0; i < values.length; i++) writeHalf(bytes, 2 * i, values[i]!)
  else if (type === 'bf16') quantizeBf16(values, bytes)
  else {
    expectFinite(type, values)
    const quantizeBlock = quantizers[type]
    const { block, bytes: stride } = tensorTypes[type]
    for (let from = 0, at = 0; from < values.length; from += block, at += stride) {
      quantizeBlock(values, from, bytes, at)
    }
  }
  return bytes
}

/** The block at `values[from]` to the zeroed block at `bytes[at]`. */
type QuantizeBlock = (values: Float32Array, from: number, bytes: Uint8Array, at: number) => void

const quantizers: Record<BlockType | SuperBlockType, QuantizeBlock> = {
  q4_0: quantizeQ4_0,
  q4_1: quantizeQ4_1,
  q5_0: quantizeQ5_0,
  q5_1: quantizeQ5_1,
  q8_0: quantizeQ8_0,
  q2_k: quantizeQ2K,
  q3_k: quantizeQ3K,
  q4_k: quantizeQ4K,
  q5_k: quantizeQ5K,
  q6_k: quantizeQ6K,
  iq4_nl: quantizeIq4Nl,
  iq4_xs: quantizeIq4Xs,
  mxfp4: quantizeMxfp4,
}

/** The upper half of each f32, rounded to nearest even; a NaN stays one. */
function quantizeBf16(values: Float32Array, bytes: Uint8Array): void {
  const all = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < all.length; i++) {
    const bits = all[i]!
    const notANumber = (bits & 0x7fffffff) > 0x7f800000
    const upper = notANumber ? (bits >>> 16) | 64 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
    bytes[2 * i] = upper
    bytes[2 * i + 1] = upper >>> 8
  }
}

function expectFinite(type: TensorType, values: Float32Array): void {
  for (const value of values) {
    if (Number.isFinite(value)) continue
    throw new BadOptionError(`cannot quantise ${value} to ${type}: values must be finite`)
  }
}

function expectLengths(type: TensorType, bytes: number, count: number): void {
  if (count % tensorTypes[type].block !== 0) {
    throw new BadOptionError(
      `${count} values are not a multiple of the ${tensorTypes[type].block} of ${type}`,
    )
  }
  if (bytes !== byteLength(type, count)) {
    throw new BadOptionError(`${count} values of ${type} take ${byteLength(type, count)} bytes, not ${bytes}`)
  }
}
