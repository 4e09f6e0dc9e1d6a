/**
 * Conformance of what touches weights: matmul and embed of every type, against sums in double precision over numbers and
 * activations rounded as the contract says. Bounds are worst-case f32 rounding; where all is integers, there is none.
 */
import { expect } from 'vitest'
import { seededRandom } from '../generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../gguf/types.ts'
import { floatToHalf, halfToFloat } from '../quant/half.ts'
import { dequantize } from '../quant/quant.ts'
import type { Backend, Weight } from './backend.ts'
import {
  allTypes,
  type Matrix,
  matrixOf,
  randomBytes,
  randomMatrix,
  setScales,
} from './conformance-matrix.test-suite.ts'
import { near, normal, put, ULP } from './conformance-tools.test-suite.ts'

type Check = (name: string, body: (backend: Backend) => void) => void

export function matmulCases(check: Check): void {
  for (const type of allTypes) {
    const { block } = tensorTypes[type]
    const widths = block === 1 ? [1, 7, 20, 33, 64, 288] : [1, 2, 3, 5, 9].map((blocks) => blocks * block)
    for (const cols of widths) {
      check(`matmul ${type}, ${cols} columns, 1 to 37 rows, 1 to 33 tokens`, (backend) => {
        for (const [rows, n] of shapes(cols)) randomCase(backend, type, rows, cols, n)
      })
    }
    check(`embed ${type} gives the exact values of the file`, (backend) => {
      for (const cols of widths) embedCase(backend, type, cols)
    })
    check(`${type} that is not finite, or tiny`, (backend) => hostileCase(backend, type))
    if (block === 1) continue
    check(`matmul ${type} of zero, tiny and uneven activations`, (backend) => edgeCase(backend, type))
    check(`matmul ${type} is exact at the ends of the range`, (backend) => exactCase(backend, type))
  }
  for (const type of ['q8_0', 'q4_0'] as const) {
    check(`matmul ${type} rounds activations to even at ties`, (backend) => tieCase(backend, type))
  }
}

/** Every row count and token count up to 9 once, and larger shapes; the last is more than a strip of widened rows. */
function shapes(seed: number): [rows: number, n: number][] {
  const odd: [number, number][] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => [1 + ((n * 5 + seed) % 11), n])
  return [...odd, [37, 1], [33, 4], [19, 33]]
}

/** A weight of the backend, filled in two pieces. */
export function weightOf(
  backend: Backend,
  type: TensorType,
  rows: number,
  cols: number,
  bytes: Uint8Array,
): Weight {
  const weight = backend.weight(type, rows, cols)
  const half = bytes.length >> 1
  weight.write(half, bytes.subarray(half))
  weight.write(0, bytes.subarray(0, half))
  return weight
}

function randomCase(backend: Backend, type: TensorType, rows: number, cols: number, n: number): void {
  const random = seededRandom(rows * 1000 + cols * 10 + n)
  const matrix = randomMatrix(random, type, rows, cols)
  const x = Float32Array.from({ length: n * cols }, () => normal(random))
  avoidTies(x, tensorTypes[type].block)
  const weight = weightOf(backend, type, rows, cols, matrix.bytes)
  expect([weight.type, weight.rows, weight.cols]).toEqual([type, rows, cols])
  const out = backend.floats(n * rows)
  const input = put(backend, x)
  backend.matmul(out, weight, input, n)
  expectProduct(out.view(), matrix, x, { type, rows, cols, n })
  expect(input.view()).toEqual(x)
  weight.free()
}

interface Shape {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  readonly n: number
}

function expectProduct(
  out: Float32Array,
  { values, minima }: Matrix,
  x: Float32Array,
  { type, rows, cols, n }: Shape,
): void {
  const { block } = tensorTypes[type]
  const { seen, sums } = naiveRounded(x, type)
  // Additions of a row and the few roundings of a term; with minima there are twice as many terms.
  const roundings = (cols / block) * (minima ? 2 : 1) + 6
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < rows; r++) {
      let sum = 0
      let size = 0
      const add = (term: number): void => {
        sum += term
        size += Math.abs(term)
      }
      for (let c = 0; c < cols; c++) {
        add(values[r * cols + c]! * seen[i * cols + c]!)
        if (minima && !sums) add(minima[r * cols + c]! * seen[i * cols + c]!)
      }
      if (minima && sums) {
        for (let c = 0; c < cols; c += 32) add(minima[r * cols + c]! * sums[(i * cols + c) / 32]!)
      }
      near(
        out[i * rows + r]!,
        sum,
        roundings * ULP * size,
        `matmul ${type} [${rows}, ${cols}] at ${i}, ${r} of ${n}`,
      )
    }
  }
}

interface Rounded {
  readonly seen: Float64Array
  /** What minima of blocks of 32 are multiplied with. */
  readonly sums: Float64Array | undefined
}

/** To eleven or eight significant bits; halves below 2^-14 have fewer. */
function naiveNarrow(value: number, type: 'f16' | 'bf16'): number {
  if (value === 0) return 0
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), type === 'f16' ? -14 : -126)
  const step = 2 ** (exponent - (type === 'f16' ? 10 : 7))
  const [low, rest] = [Math.floor(value / step), (value / step) % 1]
  const isTie = Math.abs(rest) === 0.5
  return step * (isTie ? low + (low % 2 === 0 ? 0 : 1) : Math.round(value / step))
}

/** The contract's rounding of activations, in double precision; valid where no value lies near a tie. */
function naiveRounded(x: Float32Array, type: TensorType): Rounded {
  const { block } = tensorTypes[type]
  if (type === 'f32') return { seen: Float64Array.from(x), sums: undefined }
  if (type === 'f16' || type === 'bf16')
    return { seen: Float64Array.from(x, (v) => naiveNarrow(v, type)), sums: undefined }
  const seen = new Float64Array(x.length)
  const sums = new Float64Array(x.length / 32)
  for (let at = 0; at < x.length; at += block) {
    const part = x.subarray(at, at + block)
    const amax = part.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    // Below this 127 / amax is no f32.
    const isTiny = amax < 127 / 3.4e38
    const d = amax / 127
    const step = isTiny ? 0 : block === 32 ? halfToFloat(floatToHalf(d)) : d
    const q = Array.from(part, (value) => (isTiny ? 0 : Math.round((value * 127) / amax)))
    q.forEach((integer, i) => {
      seen[at + i] = step * integer
    })
    if (block === 32) {
      const sum = q.reduce((a, b) => a + b, 0)
      sums[at / 32] = halfToFloat(floatToHalf(Math.fround(Math.fround(d) * sum)))
    }
  }
  return { seen, sums: sumsAsHalves(type) ? sums : undefined }
}

function sumsAsHalves(type: TensorType): boolean {
  return type === 'q4_1' || type === 'q5_1'
}

/** Moves values off the ties of the rounding, where the order of two f32 operations would decide. */
function avoidTies(x: Float32Array, block: number): void {
  if (block === 1) return
  for (let at = 0; at < x.length; at += block) {
    const part = x.subarray(at, at + block)
    const amax = part.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    for (let i = 0; i < block; i++) {
      const steps = (part[i]! * 127) / amax
      if (Math.abs(steps - Math.floor(steps) - 0.5) < 1e-3) part[i] = part[i]! * 0.99
    }
  }
}

function embedCase(backend: Backend, type: TensorType, cols: number): void {
  const bytes = randomBytes(seededRandom(cols), type, 11 * cols)
  const table = weightOf(backend, type, 11, cols, bytes)
  const tokens = [10, 0, 3, 3, 7]
  const out = backend.floats(tokens.length * cols)
  backend.embed(out, table, tokens)
  expect(bitsOf(out.view())).toEqual(bitsOf(expectedRows(type, bytes, cols, tokens)))
}

function expectedRows(type: TensorType, bytes: Uint8Array, cols: number, tokens: number[]): Float32Array {
  const values = new Float32Array((bytes.length / byteLength(type, cols)) * cols)
  dequantize(type, bytes, values)
  return Float32Array.from(tokens.flatMap((token) => [...values.subarray(token * cols, (token + 1) * cols)]))
}

/** The bits of each number; all NaN are one. */
function bitsOf(values: Float32Array): number[] {
  const bits = new Uint32Array(values.slice().buffer)
  return Array.from(bits, (b, i) => (Number.isNaN(values[i]!) ? 0x7fc00000 : b))
}

function edgeCase(backend: Backend, type: TensorType): void {
  const { block } = tensorTypes[type]
  const [rows, cols, n] = [5, 4 * block, 6]
  const random = seededRandom(5)
  const matrix = randomMatrix(random, type, rows, cols)
  const x = new Float32Array(n * cols)
  // Token 0 is zero; token 1 has a block too small for a half step; token 2 has one block of large values among small
  // ones; 3 and 4 are at the ends of what can be rounded at all; the steps and sums of 5 are subnormal halves.
  // The sum of a block, which q4_1 and q5_1 need as a half, must stay below 65,504.
  const large = sumsAsHalves(type) ? 1500 : 1e6
  const sizes: ((part: number) => number)[] = [
    () => 0,
    (part) => [1e-30, 1, 0, 0][part]!,
    (part) => (part === 2 ? large : 0.001),
    (part) => (part === 1 ? 1e-44 : 1e-37),
    (part) => (part === 1 ? 1e-3 : large),
    (part) => [0.007, 1e-5, 3e-6, 0.001][part]!,
  ]
  x.forEach((_, i) => {
    x[i] = sizes[Math.floor(i / cols)]!(Math.floor((i % cols) / block)) * (random() * 2 - 1)
  })
  avoidTies(x, block)
  const out = backend.floats(n * rows)
  backend.matmul(out, weightOf(backend, type, rows, cols, matrix.bytes), put(backend, x), n)
  expectProduct(out.view(), matrix, x, { type, rows, cols, n })
}

/** All scales 1 and the largest activation 127: what is summed is whole, and known to the last bit. */
function exactCase(backend: Backend, type: TensorType): void {
  const { block, bytes: stride } = tensorTypes[type]
  const cols = 2 * block
  const fills = [0x00, 0xff, 0x80, 0x7f, 0x0f, 0xf0, 0x88, 0x77, 0x55, 0xaa, 0x3f, 0xc0]
  const bytes = new Uint8Array(fills.length * 2 * stride)
  fills.forEach((fill, row) => {
    bytes.fill(fill, row * 2 * stride, (row + 1) * 2 * stride)
  })
  setScales(type, bytes, () => 0x3c00)
  if (type === 'mxfp4') for (let at = 0; at < bytes.length; at += stride) bytes[at] = 128
  const { values, minima } = matrixOf(type, bytes)
  const patterns = [
    () => 127,
    () => -127,
    (i: number) => (i % 2 ? 127 : -127),
    (i: number) => (i % 4 < 2 ? 127 : -127),
    (i: number) => (i & 16 ? 127 : -127),
    (i: number) => (values[i]! < 0 ? -127 : 127),
    (i: number) => (i === 0 ? 127 : 0),
    (i: number) => (i % 255) - 127,
  ]
  const weight = weightOf(backend, type, fills.length, cols, bytes)
  for (const n of [1, 4, 8]) {
    for (let first = 0; first < patterns.length; first += n) {
      const x = Float32Array.from({ length: n * cols }, (_, i) =>
        // Every block has a 127, so that the step is 1.
        i % block === 0 ? 127 : patterns[first + Math.floor(i / cols)]!(i % cols),
      )
      const out = backend.floats(n * fills.length)
      backend.matmul(out, weight, put(backend, x), n)
      const expected = Array.from({ length: n * fills.length }, (_, i) =>
        exactSum(values, minima, x, cols, block, i % fills.length, Math.floor(i / fills.length)),
      )
      expect([...out.view()].map((v) => v + 0)).toEqual(expected)
      out.free()
    }
  }
}

function exactSum(
  values: Float64Array,
  minima: Float64Array | undefined,
  x: Float32Array,
  cols: number,
  block: number,
  row: number,
  token: number,
): number {
  let sum = 0
  for (let at = 0; at < cols; at += block) {
    let products = 0
    let lows = 0
    for (let i = at; i < at + block; i++) {
      products += values[row * cols + i]! * x[token * cols + i]!
      if (minima) lows += minima[row * cols + i]! * x[token * cols + i]!
    }
    sum = Math.fround(Math.fround(sum + Math.fround(products)) + Math.fround(lows))
  }
  return sum + 0
}

/**
 * Nothing traps or hangs, a table gives what the file says, and a product with such a scale, or value, shows it, but for
 * f16.
 */
function hostileCase(backend: Backend, type: TensorType): void {
  const { block } = tensorTypes[type]
  const halves = [0x7c00, 0xfc00, 0x7e00, 0x7c01, 0x0001, 0x83ff, 0x7bff, 0x8000]
  const rows = halves.length
  const cols = 2 * Math.max(block, 5)
  const random = seededRandom(3)
  const bytes = randomBytes(random, type, rows * cols)
  const view = new DataView(bytes.buffer)
  setScales(type, bytes, (b) => halves[b >> 1]!)
  for (const [row, half] of halves.entries()) {
    const at = row * byteLength(type, cols)
    if (type === 'mxfp4') bytes[at] = row < 4 ? 255 - row : row - 4
    if (type === 'f16') view.setUint16(at + 4, half, true)
    // Of these types the upper halves of what is as far out in f32.
    const wide = row < 4 ? half | 0x0380 : half & 0x807f
    if (type === 'bf16') view.setUint16(at + 4, wide, true)
    if (type === 'f32') view.setUint16(at + 10, wide, true)
  }
  const weight = weightOf(backend, type, rows, cols, bytes)
  const out = backend.floats(5 * Math.max(cols, rows))
  const tokens = [0, 1, 2, 3, 4]
  backend.embed(out, weight, tokens)
  expect(bitsOf(out.view().subarray(0, 5 * cols))).toEqual(bitsOf(expectedRows(type, bytes, cols, tokens)))
  const x = Float32Array.from({ length: 5 * cols }, () => normal(random))
  backend.matmul(out, weight, put(backend, x), 5)
  // mxfp4 has no such scale, only large ones.
  const shows = type === 'mxfp4' || type === 'f16' ? 0 : 5
  for (let token = 0; token < 5; token++) {
    const finite = [...out.view().subarray(token * rows, (token + 1) * rows)].map(Number.isFinite)
    if (token < shows) expect(finite.slice(0, 4)).toEqual([false, false, false, false])
    expect(finite.slice(4)).toEqual([true, true, true, true])
  }
}

function tieCase(backend: Backend, type: 'q8_0' | 'q4_0'): void {
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
  backend.matmul(out, weightOf(backend, type, 32, 32, bytes), put(backend, x), 1)
  const even = (v: number): number => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : v)
  expect([...out.view()].map((v) => v + 0)).toEqual([...x].map((v) => even(v) + 0))
}
