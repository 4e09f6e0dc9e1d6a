/**
 * Numbers to and from the file's tensor types, bit for bit as ggml's reference quantisers write them
 * (ggml-quants.c: quantize_row_q8_0_ref, quantize_row_q4_0_ref; the block layouts are in gguf/types.ts).
 * All arithmetic that decides a bit is rounded to f32, as C does it. Backends multiply; this file only converts.
 */
import { BadOptionError } from '../errors.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { floatToHalf, halfToFloat } from './half.ts'

const BLOCK = 32
const fround = Math.fround

/** out [count] = the values of `bytes`. Throws BadOptionError when `bytes` is not what `out.length` values take. */
export function dequantize(type: TensorType, bytes: Uint8Array, out: Float32Array): void {
  expectLengths(type, bytes.length, out.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (type === 'f32') {
    for (let i = 0; i < out.length; i++) out[i] = view.getFloat32(4 * i, true)
  } else if (type === 'f16') {
    for (let i = 0; i < out.length; i++) out[i] = halfToFloat(view.getUint16(2 * i, true))
  } else {
    const { scales, quants } = unpackBlocks(type, bytes)
    for (let i = 0; i < out.length; i++) out[i] = scales[i >>> 5]! * quants[i]!
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
  } else {
    const quantizeBlock = type === 'q8_0' ? quantizeQ8 : quantizeQ4
    for (let b = 0; b < values.length / BLOCK; b++) {
      quantizeBlock(values.subarray(BLOCK * b, BLOCK * (b + 1)), view, b * tensorTypes[type].bytes)
    }
  }
  return bytes
}

/** A block type taken apart: value i = scales[floor(i / 32)] * quants[i]. */
export interface Blocks {
  readonly scales: Float32Array
  readonly quants: Int8Array
}

/** Takes q8_0 or q4_0 bytes apart; the 4-bit values come out centred, -8..7. */
export function unpackBlocks(type: 'q8_0' | 'q4_0', bytes: Uint8Array): Blocks {
  const stride = tensorTypes[type].bytes
  const count = bytes.length / stride
  const scales = new Float32Array(count)
  const quants = new Int8Array(count * BLOCK)
  for (let b = 0, at = 0, to = 0; b < count; b++, at += stride, to += BLOCK) {
    scales[b] = halfToFloat(bytes[at]! | (bytes[at + 1]! << 8))
    if (type === 'q8_0') {
      for (let i = 0; i < BLOCK; i++) quants[to + i] = bytes[at + 2 + i]!
    } else {
      for (let i = 0; i < 16; i++) {
        const pair = bytes[at + 2 + i]!
        quants[to + i] = (pair & 15) - 8
        quants[to + i + 16] = (pair >>> 4) - 8
      }
    }
  }
  return { scales, quants }
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
