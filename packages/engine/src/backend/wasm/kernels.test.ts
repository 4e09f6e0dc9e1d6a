/** What the conformance suite leaves open: every form of the kernels this host can run, the extremes, exactness. */
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { byteLength, type TensorType, tensorTypes } from '../../gguf/types.ts'
import { roundActivations } from '../../quant/activations.ts'
import { floatToHalf } from '../../quant/half.ts'
import { dequantize } from '../../quant/quant.ts'
import type { Backend } from '../backend.ts'
import { extractLane, instantiate, ModuleBuilder, op } from './assembler.ts'
import { openBackend } from './backend.ts'
import { type Dot, detectDot } from './features.ts'
import { exp } from './kernels/simd.ts'

// Where relaxed SIMD exists, both of its forms can run, whichever is the fast one.
const forms: Dot[] = detectDot() === 'simd128' ? ['simd128'] : ['relaxed-i32', 'relaxed-i16', 'simd128']
const ulp = 2 ** -24

describe.each(forms)('%s', (form) => {
  const backend = openBackend(form)
  afterAll(() => backend.dispose())

  for (const type of ['q8_0', 'q4_0', 'f16', 'f32'] as const) {
    test.each([32, 64, 192, 256, 512, 576, 640])(`${type} with %i columns`, (cols) => {
      const random = seededRandom(cols)
      const tensor = matrix(random, type, 43, cols)
      for (let n = 1; n <= 9; n++) {
        const rows = [1, 2, 3, 4, 5, 7, 8, 23, 43][n - 1]!
        const x = Float32Array.from({ length: n * cols }, () => random() * 4 - 2)
        const bytes = tensor.bytes.subarray(0, byteLength(type, rows * cols))
        expectProduct(
          multiply(backend, type, rows, cols, bytes, x, n),
          { type, rows, cols, n },
          tensor.values,
          x,
        )
      }
    })
  }

  test.each(['q8_0', 'q4_0', 'f16', 'f32'] as const)('%s: more rows than a strip, twelve tokens', (type) => {
    const [rows, cols, n] = [71, 1024, 12]
    const random = seededRandom(12)
    const { bytes, values } = matrix(random, type, rows, cols)
    const x = Float32Array.from({ length: n * cols }, () => random() - 0.5)
    expectProduct(multiply(backend, type, rows, cols, bytes, x, n), { type, rows, cols, n }, values, x)
  })

  test.each(['q8_0', 'q4_0'] as const)('%s: integer sums are exact at the ends of the range', (type) => {
    // All scales are 1 and a block's largest activation is 127, so every result is a whole number.
    const cols = 256
    const weights = type === 'q8_0' ? [-128, 127, -127, -1] : [-8, 7, 0, -7]
    const bytes = new Uint8Array(byteLength(type, 4 * cols))
    const { bytes: stride } = tensorTypes[type]
    for (let block = 0; block < (4 * cols) / 32; block++) {
      const w = weights[Math.floor(block / (cols / 32))]!
      bytes[block * stride + 1] = 0x3c
      bytes.fill(type === 'q8_0' ? w & 0xff : (w + 8) * 17, block * stride + 2, (block + 1) * stride)
    }
    const patterns = [
      () => 127,
      () => -127,
      (i: number) => (i % 2 ? 127 : -127),
      (i: number) => (i % 4 < 2 ? 127 : -127),
    ]
    for (const n of [1, 4]) {
      const x = new Float32Array(n * cols)
      for (const [shift] of patterns.entries()) {
        for (let token = 0; token < n; token++) {
          for (let i = 0; i < cols; i++) x[token * cols + i] = patterns[(token + shift) % 4]!(i)
        }
        const out = multiply(backend, type, 4, cols, bytes, x, n)
        for (let token = 0; token < n; token++) {
          const sum = x.subarray(token * cols, (token + 1) * cols).reduce((a, b) => a + b, 0)
          expect([...out.subarray(4 * token, 4 * token + 4)].map((v) => v + 0)).toEqual(
            weights.map((w) => w * sum + 0),
          )
        }
      }
    }
  })

  test.each(['q8_0', 'q4_0'] as const)(
    '%s: activations of zero, of any size, and subnormal scales',
    (type) => {
      const [rows, cols, n] = [5, 64, 5]
      const random = seededRandom(9)
      const { bytes, values } = matrix(random, type, rows, cols, 2e-6)
      const sizes = [0, 1e-44, 1e-38, 3e-6, 1e6]
      const x = Float32Array.from(
        { length: n * cols },
        (_, i) => sizes[Math.floor(i / cols)]! * (random() * 2 - 1),
      )
      const out = multiply(backend, type, rows, cols, bytes, x, n)
      expect([...out.subarray(0, 3 * rows)].every((v) => v === 0)).toBe(true)
      expectProduct(out, { type, rows, cols, n }, values, x)
    },
  )

  test('f16 subnormals, zeros and the largest number are read exactly', () => {
    const halves = [0x0001, 0x03ff, 0x0400, 0x8001, 0x83ff, 0x7bff, 0xfbff, 0x0000, 0x8000, 0x3c00]
    const bytes = new Uint8Array(Uint16Array.from(halves).buffer)
    const values = new Float32Array(10)
    dequantize('f16', bytes, values)
    // One column: each row is one number, times 1.
    const x = Float32Array.of(1)
    expect([...multiply(backend, 'f16', 10, 1, bytes, x, 1)].map((v) => v + 0)).toEqual(
      [...values].map((v) => v + 0),
    )
    // Ten columns: eight go through the vector form.
    const out = backend.floats(10)
    backend.embed(out, backend.weight('f16', 1, 10, bytes), [0])
    expect([...out.view()]).toEqual([...values])
  })
})

test.runIf(forms.length === 3)('both forms of relaxed SIMD give the same bits', () => {
  const [a, b] = [openBackend('relaxed-i32'), openBackend('relaxed-i16')]
  const random = seededRandom(4)
  for (const type of ['q8_0', 'q4_0'] as const) {
    const { bytes } = matrix(random, type, 37, 576)
    const x = Float32Array.from({ length: 6 * 576 }, () => random() - 0.5)
    expect(multiply(a, type, 37, 576, bytes, x, 6)).toEqual(multiply(b, type, 37, 576, bytes, x, 6))
  }
})

test('a row gives the same bits wherever it stands in the matrix', () => {
  const backend = openBackend('simd128')
  const random = seededRandom(8)
  const row = matrix(random, 'q8_0', 1, 192).bytes
  const bytes = new Uint8Array(row.length * 11)
  for (let r = 0; r < 11; r++) bytes.set(row, r * row.length)
  const x = Float32Array.from({ length: 192 }, () => random() - 0.5)
  const out = multiply(backend, 'q8_0', 11, 192, bytes, x, 1)
  expect(new Set(out).size).toBe(1)
})

test('e^x is within 2e-7 of the truth from -87 to 0, and 0 below', () => {
  const module = new ModuleBuilder().func(
    'f',
    ['f32'],
    (f, x) => extractLane('f32x4.extract_lane', exp(f, op('f32x4.splat', x)), 2),
    'f32',
  )
  const kernel = instantiate<'f'>(module, new WebAssembly.Memory({ initial: 1 })).f
  let worst = 0
  for (let i = 0; i < 200_000; i++) {
    const x = Math.fround((-86.9 * i) / 200_000)
    worst = Math.max(worst, Math.abs(kernel(x) / Math.exp(x) - 1))
  }
  expect(worst).toBeLessThan(2e-7)
  expect(kernel(0)).toBe(1)
  for (const x of [-87.5, -1000, -3e38, Number.NEGATIVE_INFINITY]) expect(kernel(x)).toBe(0)
})

interface Shape {
  readonly type: TensorType
  readonly rows: number
  readonly cols: number
  readonly n: number
}

function expectProduct(
  out: Float32Array,
  { type, rows, cols, n }: Shape,
  weights: Float32Array,
  x: Float32Array,
): void {
  const isBlock = tensorTypes[type].block > 1
  const seen = Float64Array.from(x)
  if (isBlock) {
    const rounded = { scales: new Float32Array(x.length / 32), quants: new Int8Array(x.length) }
    roundActivations(x, rounded)
    seen.forEach((_, i) => {
      seen[i] = rounded.scales[i >> 5]! * rounded.quants[i]!
    })
  }
  for (let token = 0; token < n; token++) {
    for (let row = 0; row < rows; row++) {
      let sum = 0
      let size = 0
      for (let c = 0; c < cols; c++) {
        const product = weights[row * cols + c]! * seen[token * cols + c]!
        sum += product
        size += Math.abs(product)
      }
      const error = Math.abs(out[token * rows + row]! - sum)
      // NaN must not pass, so the comparison is this way round.
      if (error <= ((isBlock ? cols / 32 : cols) + 4) * ulp * size) continue
      expect.fail(
        `${type} [${rows}, ${cols}], token ${token} of ${n}, row ${row}: off by ${error}, size ${size}`,
      )
    }
  }
}

function multiply(
  backend: Backend,
  type: TensorType,
  rows: number,
  cols: number,
  bytes: Uint8Array,
  x: Float32Array,
  n: number,
): Float32Array {
  const [input, out] = [backend.floats(x.length), backend.floats(n * rows)]
  input.view().set(x)
  backend.matmul(out, backend.weight(type, rows, cols, bytes), input, n)
  const result = out.view().slice()
  input.free()
  out.free()
  return result
}

/** Random bytes (so every weight from -128 to 127 occurs) with sound scales. */
function matrix(
  random: () => number,
  type: TensorType,
  rows: number,
  cols: number,
  scale = 0.01,
): { bytes: Uint8Array; values: Float32Array } {
  const bytes = Uint8Array.from({ length: byteLength(type, rows * cols) }, () => random() * 256)
  const view = new DataView(bytes.buffer)
  const { bytes: stride } = tensorTypes[type]
  for (let at = 0; at < bytes.length; at += stride) {
    if (type === 'f32') view.setFloat32(at, random() - 0.5, true)
    else view.setUint16(at, floatToHalf((random() * 2 - 1) * (type === 'f16' ? 1 : scale)), true)
  }
  const values = new Float32Array(rows * cols)
  dequantize(type, bytes, values)
  return { bytes, values }
}
