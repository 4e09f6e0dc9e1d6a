/**
 * Numbers to and from the file's tensor types, bit for bit as ggml's reference quantisers write them
 * (ggml-quants.c: quantize_row_q8_0_ref, quantize_row_q4_0_ref; the block layouts are in gguf/types.ts).
 * All arithmetic that decides a bit is rounded to f32, as C does it. Backends multiply; this file only converts.
 */
import { BadOptionError, UnsupportedError } from '../errors.ts'
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
import { floatToHalf, readHalf } from './half.ts'

export { type Blocks, unpackBlocks } from './blocks.ts'

const BLOCK = 32
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

/** The bytes of `values` in `type`. Block types take a multiple of 32 finite values, else BadOptionError. */
export function quantize(type: TensorType, values: Float32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength(type, values.length))
  expectLengths(type, bytes.length, values.length)
  const view = new DataView(bytes.buffer)
  if (type === 'f32') {
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i]!, true)
  } else if (type === 'f16') {
    for (let i = 0; i < values.length; i++) view.setUint16(2 * i, floatToHalf(values[i]!), true)
  } else if (type !== 'q8_0' && type !== 'q4_0') {
    throw new UnsupportedError(`no quantiser for ${type} yet: use q8_0 or q4_0`)
  } else {
    const quantizeBlock = type === 'q8_0' ? quantizeQ8 : quantizeQ4
    for (let b = 0; b < values.length / BLOCK; b++) {
      quantizeBlock(values.subarray(BLOCK * b, BLOCK * (b + 1)), view, b * tensorTypes[type].bytes)
    }
  }
  return bytes
}

function quantizeQ8(values: Float32Array, view: DataView, at: number): void {
  const scale = fround(Math.abs(largest(values)) / 127)
  const inverse = scale === 0 ? 0 : fround(1 / scale)
  view.setUint16(at, floatToHalf(scale), true)
  for (let i = 0; i < BLOCK; i++) {
    const x = fround(values[i]! * inverse)
    // C's roundf: ties away from zero.
    view.setInt8(at + 2 + i, Math.sign(x) * Math.floor(Math.abs(x) + 0.5))
  }
}

function quantizeQ4(values: Float32Array, view: DataView, at: number): void {
  const scale = fround(largest(values) / -8)
  const inverse = scale === 0 ? 0 : fround(1 / scale)
  view.setUint16(at, floatToHalf(scale), true)
  const nibble = (x: number): number => Math.min(15, Math.floor(fround(fround(x * inverse) + 8.5)))
  for (let i = 0; i < 16; i++) {
    view.setUint8(at + 2 + i, nibble(values[i]!) | (nibble(values[i + 16]!) << 4))
  }
}

/** The value of the largest magnitude, with its sign; the first one when several tie. */
function largest(values: Float32Array): number {
  let found = 0
  for (const value of values) {
    if (!Number.isFinite(value)) throw new BadOptionError(`cannot quantise ${value}: values must be finite`)
    if (Math.abs(value) > Math.abs(found)) found = value
  }
  return found
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
