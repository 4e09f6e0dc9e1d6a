/**
 * Conformance of what touches weights: matmul and embed of every type, against sums in double precision over values
 * that are read from the file's layout by code of this file's own.
 */
import { expect } from 'vitest'
import { seededRandom } from '../generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { floatToHalf, halfToFloat } from '../quant/half.ts'
import type { Backend } from './backend.ts'
import { near, normal, put, ULP } from './conformance-tools.test-suite.ts'

export function matmulCase(backend: Backend, type: TensorType, rows: number, cols: number, n: number): void {
  const random = seededRandom(rows * 1000 + cols * 10 + n)
  const { bytes, values } = randomMatrix(random, type, rows, cols)
  const x = Float32Array.from({ length: n * cols }, () => normal(random))
  const isBlock = tensorTypes[type].block > 1
  if (isBlock) avoidTies(x)
  const weight = backend.weight(type, rows, cols, bytes)
  expect([weight.type, weight.rows, weight.cols]).toEqual([type, rows, cols])
  const out = backend.floats(n * rows)
  const input = put(backend, x)
  backend.matmul(out, weight, input, n)
  const seen = isBlock ? naiveRounded(x) : Float64Array.from(x)
  const terms = isBlock ? cols / 32 : cols
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < rows; r++) {
      let sum = 0
      let size = 0
      for (let c = 0; c < cols; c++) {
        const product = values[r * cols + c]! * seen[i * cols + c]!
        sum += product
        size += Math.abs(product)
      }
      near(
        out.view()[i * rows + r]!,
        sum,
        (terms + 4) * ULP * size,
        `matmul ${type} [${rows}, ${cols}] at ${i}, ${r}`,
      )
    }
  }
  expect(input.view()).toEqual(x)
}

export function embedCase(backend: Backend, type: TensorType, cols: number): void {
  const { bytes, values } = randomMatrix(seededRandom(cols), type, 11, cols)
  const table = backend.weight(type, 11, cols, bytes)
  const tokens = [10, 0, 3, 3, 7]
  const out = backend.floats(tokens.length * cols)
  backend.embed(out, table, tokens)
  const expected = tokens.flatMap((token) => [...values.subarray(token * cols, (token + 1) * cols)])
  expect([...out.view()].map((v) => v + 0)).toEqual(expected.map((v) => v + 0))
}

export function tieCase(backend: Backend, type: 'q8_0' | 'q4_0'): void {
  // The largest value is 127, so a step is exactly 1 and the halves below are exact ties.
  const x = Float32Array.from({ length: 32 }, (_, i) => (i === 31 ? 127 : i - 15.5))
  const bytes = new Uint8Array(byteLength(type, 32 * 32))
  const stride = tensorTypes[type].bytes
  for (let r = 0; r < 32; r++) {
    // Row r picks value r out of x: weight 1 there and 0 elsewhere.
    bytes[r * stride + 1] = 0x3c
    if (type === 'q8_0') bytes[r * stride + 2 + r] = 1
    else {
      bytes.fill(0x88, r * stride + 2, (r + 1) * stride)
      bytes[r * stride + 2 + (r % 16)] = r < 16 ? 0x89 : 0x98
    }
  }
  const out = backend.floats(32)
  backend.matmul(out, backend.weight(type, 32, 32, bytes), put(backend, x), 1)
  const even = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : v)
  expect([...out.view()].map((v) => v + 0)).toEqual([...x].map((v) => even(v) + 0))
}

export function edgeCase(backend: Backend, type: 'q8_0' | 'q4_0'): void {
  const cols = 128
  const random = seededRandom(5)
  const { bytes, values } = randomMatrix(random, type, 5, cols)
  const x = new Float32Array(3 * cols)
  // Row 0 is zero; row 1 has a block too small for a half step; row 2 has one block of large values among small ones.
  for (let i = 0; i < 32; i++) x[cols + i] = 1e-30 * normal(random)
  for (let i = 32; i < 64; i++) x[cols + i] = normal(random)
  for (let i = 0; i < cols; i++) x[2 * cols + i] = normal(random) * (i >= 64 && i < 96 ? 3000 : 0.001)
  avoidTies(x)
  const out = backend.floats(3 * 5)
  backend.matmul(out, backend.weight(type, 5, cols, bytes), put(backend, x), 3)
  const seen = naiveRounded(x)
  for (let i = 0; i < 3; i++) {
    for (let r = 0; r < 5; r++) {
      let sum = 0
      let size = 0
      for (let c = 0; c < cols; c++) {
        sum += values[r * cols + c]! * seen[i * cols + c]!
        size += Math.abs(values[r * cols + c]! * seen[i * cols + c]!)
      }
      near(out.view()[i * 5 + r]!, sum, 8 * ULP * size, `edge row ${i}`)
    }
  }
}

/** A random matrix as file bytes, and its values by a reading of the layout that is written out here once more. */
function randomMatrix(
  random: () => number,
  type: TensorType,
  rows: number,
  cols: number,
): { bytes: Uint8Array; values: Float32Array } {
  const values = new Float32Array(rows * cols)
  const bytes = new Uint8Array(byteLength(type, values.length))
  const view = new DataView(bytes.buffer)
  const half = (at: number, value: number): number => {
    view.setUint16(at, floatToHalf(value), true)
    return halfToFloat(floatToHalf(value))
  }
  if (type === 'f32') {
    for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, (values[i] = normal(random)), true)
  } else if (type === 'f16') {
    // Every seventh value is a subnormal half.
    for (let i = 0; i < values.length; i++) values[i] = half(2 * i, normal(random) * (i % 7 === 3 ? 1e-6 : 1))
  } else {
    const stride = tensorTypes[type].bytes
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256
    for (let b = 0; b * stride < bytes.length; b++) {
      const scale = half(b * stride, normal(random) * 0.02)
      for (let i = 0; i < 32; i++) {
        const nibble = (bytes[b * stride + 2 + (i % 16)]! >> (i < 16 ? 0 : 4)) & 15
        values[32 * b + i] = scale * (type === 'q8_0' ? view.getInt8(b * stride + 2 + i) : nibble - 8)
      }
    }
  }
  return { bytes, values }
}

/** The contract's rounding of activations, in double precision; valid where no value lies near a tie. */
function naiveRounded(x: Float32Array): Float64Array {
  return Float64Array.from(x, (value, i) => {
    const amax = x.subarray(i - (i % 32), i - (i % 32) + 32).reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    const step = halfToFloat(floatToHalf(amax / 127))
    return step === 0 ? 0 : step * Math.round((value * 127) / amax)
  })
}

/** Moves values off the ties of the rounding, where the order of two f32 operations would decide. */
function avoidTies(x: Float32Array): void {
  for (let at = 0; at < x.length; at += 32) {
    const block = x.subarray(at, at + 32)
    const amax = block.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    for (let i = 0; i < 32; i++) {
      const steps = (block[i]! * 127) / amax
      if (Math.abs(steps - Math.floor(steps) - 0.5) < 1e-3) block[i] = block[i]! * 0.99
    }
  }
}
