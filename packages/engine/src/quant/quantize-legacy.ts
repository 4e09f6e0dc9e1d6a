/**
 * Quantisers of the 32-value types of legacy.ts, bit for bit as ggml's reference ones (quantize_row_q4_0_ref and its
 * neighbours in ggml-quants.c): every step rounded to f32, integers by C's truncation. Where 1 / d overflows (d below
 * 2^-128, a half of zero) C leaves the integer to the processor; here it is 0, as on x86.
 * Each takes the 32 finite values at `values[from]` to the block at `bytes[at]`.
 */
import { writeHalf } from './half.ts'

const fround = Math.fround

export function quantizeQ8_0(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const d = fround(Math.abs(largest(values, from)) / 127)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  for (let i = 0; i < 32; i++) {
    const x = fround(values[from + i]! * inverse)
    // C's roundf: ties away from zero.
    bytes[at + 2 + i] = x < 0 ? x - 0.5 : x + 0.5
  }
}

export function quantizeQ4_0(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const d = fround(largest(values, from) / -8)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  for (let j = 0; j < 16; j++) {
    const low = level(fround(values[from + j]! * inverse), 8.5, 15)
    const high = level(fround(values[from + j + 16]! * inverse), 8.5, 15)
    bytes[at + 2 + j] = low | (high << 4)
  }
}

export function quantizeQ4_1(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const min = smallest(values, from)
  const d = fround(fround(greatest(values, from) - min) / 15)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  writeHalf(bytes, at + 2, min)
  for (let j = 0; j < 16; j++) {
    const low = level(fround(fround(values[from + j]! - min) * inverse), 0.5, 15)
    const high = level(fround(fround(values[from + j + 16]! - min) * inverse), 0.5, 15)
    bytes[at + 4 + j] = low | (high << 4)
  }
}

export function quantizeQ5_0(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const d = fround(largest(values, from) / -16)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  let fifth = 0
  for (let j = 0; j < 16; j++) {
    const low = level(fround(values[from + j]! * inverse), 16.5, 31)
    const high = level(fround(values[from + j + 16]! * inverse), 16.5, 31)
    bytes[at + 6 + j] = (low & 15) | ((high & 15) << 4)
    fifth |= ((low >>> 4) << j) | ((high >>> 4) << (j + 16))
  }
  writeBits(bytes, at + 2, fifth)
}

export function quantizeQ5_1(values: Float32Array, from: number, bytes: Uint8Array, at: number): void {
  const min = smallest(values, from)
  const d = fround(fround(greatest(values, from) - min) / 31)
  const inverse = d === 0 ? 0 : fround(1 / d)
  writeHalf(bytes, at, d)
  writeHalf(bytes, at + 2, min)
  let fifth = 0
  for (let j = 0; j < 16; j++) {
    const low = level(fround(fround(values[from + j]! - min) * inverse), 0.5, 31)
    const high = level(fround(fround(values[from + j + 16]! - min) * inverse), 0.5, 31)
    bytes[at + 8 + j] = (low & 15) | ((high & 15) << 4)
    fifth |= ((low >>> 4) << j) | ((high >>> 4) << (j + 16))
  }
  writeBits(bytes, at + 4, fifth)
}

/** C's truncation of x + shift, at most `top`. */
function level(x: number, shift: number, top: number): number {
  return Math.min(top, fround(x + shift) | 0)
}

function writeBits(bytes: Uint8Array, at: number, bits: number): void {
  bytes[at] = bits
  bytes[at + 1] = bits >>> 8
  bytes[at + 2] = bits >>> 16
  bytes[at + 3] = bits >>> 24
}

/** The value of the largest magnitude, with its sign; the first one when several tie. */
function largest(values: Float32Array, from: number): number {
  let found = 0
  for (let i = from; i < from + 32; i++) {
    if (Math.abs(values[i]!) > Math.abs(found)) found = values[i]!
  }
  return found
}

function smallest(values: Float32Array, from: number): number {
  let found = values[from]!
  for (let i = from + 1; i < from + 32; i++) if (values[i]! < found) found = values[i]!
  return found
}

function greatest(values: Float32Array, from: number): number {
  let found = values[from]!
  for (let i = from + 1; i < from + 32; i++) if (values[i]! > found) found = values[i]!
  return found
}
