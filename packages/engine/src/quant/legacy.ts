/**
 * The first block types of ggml: 32 values under one half scale d, q4_1 and q5_1 with a half minimum m besides.
 * Layouts (ggml-common.h; the byte offsets are those within a block, nibble j is byte j of `qs`):
 *   q4_0, 18 bytes: d 0, qs 2..17.                          value = d * (q - 8)
 *   q4_1, 20 bytes: d 0, m 2, qs 4..19.                     value = d * q + m
 *   q5_0, 22 bytes: d 0, fifth bits 2..5, qs 6..21.         value = d * (q - 16)
 *   q5_1, 24 bytes: d 0, m 2, fifth bits 4..7, qs 8..23.    value = d * q + m
 *   q8_0, 34 bytes: d 0, signed bytes 2..33.                value = d * q
 * The low nibbles of `qs` are values 0..15, the high ones 16..31; the fifth bit of value i is bit i of 32, little-endian.
 */
import type { Blocks } from './blocks.ts'
import { readHalf } from './half.ts'

export function unpackQ4_0(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  unpackNibbles(bytes, at + 2, out.quants, 32 * b, 8)
}

export function unpackQ4_1(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  out.mins![b] = readHalf(bytes, at + 2)
  unpackNibbles(bytes, at + 4, out.quants, 32 * b, 0)
}

export function unpackQ5_0(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  unpackNibbles(bytes, at + 6, out.quants, 32 * b, 16)
  addFifthBits(bytes, at + 2, out.quants, 32 * b)
}

export function unpackQ5_1(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  out.mins![b] = readHalf(bytes, at + 2)
  unpackNibbles(bytes, at + 8, out.quants, 32 * b, 0)
  addFifthBits(bytes, at + 4, out.quants, 32 * b)
}

export function unpackQ8_0(bytes: Uint8Array, at: number, out: Blocks, b: number): void {
  out.scales[b] = readHalf(bytes, at)
  for (let i = 0; i < 32; i++) out.quants[32 * b + i] = bytes[at + 2 + i]!
}

function unpackNibbles(bytes: Uint8Array, at: number, quants: Int8Array, to: number, middle: number): void {
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + j]!
    quants[to + j] = (pair & 15) - middle
    quants[to + j + 16] = (pair >>> 4) - middle
  }
}

function addFifthBits(bytes: Uint8Array, at: number, quants: Int8Array, to: number): void {
  for (let i = 0; i < 32; i++) {
    quants[to + i] = quants[to + i]! + (((bytes[at + (i >>> 3)]! >>> (i & 7)) & 1) << 4)
  }
}
