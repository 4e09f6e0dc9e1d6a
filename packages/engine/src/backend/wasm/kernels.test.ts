/** What the conformance suite leaves open: the form of relaxed SIMD that is not this host's, and that forms agree in bits. */
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { type TensorType, tensorTypes } from '../../gguf/types.ts'
import type { Backend } from '../backend.ts'
import { matmulCases, weightOf } from '../conformance-matmul.test-suite.ts'
import { allTypes, randomBytes } from '../conformance-matrix.test-suite.ts'
import { put } from '../conformance-tools.test-suite.ts'
import { ReferenceBackend } from '../reference.ts'
import { extractLane, instantiate, ModuleBuilder, op } from './assembler.ts'
import { openBackend } from './backend.ts'
import { type Dot, detectDot } from './features.ts'
import { exp } from './kernels/simd.ts'

// Where relaxed SIMD exists both of its forms can run, whichever is the fast one; `wasm/backend.test.ts` has the others.
const fast = detectDot()
const forms: Dot[] = fast === 'simd128' ? ['simd128'] : ['relaxed-i32', 'relaxed-i16', 'simd128']

describe.runIf(fast !== 'simd128')("the other form of relaxed SIMD than this host's", () => {
  const backend = openBackend(fast === 'relaxed-i32' ? 'relaxed-i16' : 'relaxed-i32')
  afterAll(() => backend.dispose())
  matmulCases((name, body) => test(name, () => body(backend)))
})

describe.each(forms)('%s', (form) => {
  const backend = openBackend(form)
  afterAll(() => backend.dispose())

  test.each(allTypes)('%s: long rows, more of them than a strip, thirteen tokens', (type) => {
    const [rows, cols, n] = [23, 5120, 13]
    const random = seededRandom(12)
    const bytes = randomBytes(random, type, rows * cols)
    const x = Float32Array.from({ length: n * cols }, () => random() - 0.5)
    const [out, expected] = [backend, new ReferenceBackend()].map((on) =>
      product(on, type, rows, bytes, x, n),
    )
    const size = Math.max(...expected!.map(Math.abs))
    out!.forEach((value, i) => {
      expect(Math.abs(value - expected![i]!)).toBeLessThan(1e-5 * size)
    })
  })

  test.each(allTypes.filter((type) => tensorTypes[type].block > 1))(
    '%s gives the bits of the reference backend, one token or several',
    (type) => {
      const [rows, cols, n] = [11, 768, 7]
      const random = seededRandom(7)
      const bytes = randomBytes(random, type, rows * cols)
      // Many of them lie on ties.
      const x = Float32Array.from({ length: n * cols }, (_, i) =>
        i % 256 === 9 ? -127 : Math.round(random() * 80 - 40) / 2,
      )
      const expected = product(new ReferenceBackend(), type, rows, bytes, x, n)
      expect(product(backend, type, rows, bytes, x, n)).toEqual(expected)
      for (let i = 0; i < n; i++) {
        const row = product(backend, type, rows, bytes, x.subarray(i * cols, (i + 1) * cols), 1)
        expect(row).toEqual(expected.subarray(i * rows, (i + 1) * rows))
      }
    },
  )

  test.each(allTypes)('%s: a row gives the same bits wherever it stands in the matrix', (type) => {
    const random = seededRandom(8)
    const row = randomBytes(random, type, 768)
    const bytes = new Uint8Array(row.length * 11)
    for (let r = 0; r < 11; r++) bytes.set(row, r * row.length)
    const x = Float32Array.from({ length: 5 * 768 }, () => random() - 0.5)
    for (const n of [1, 4]) {
      const out = product(backend, type, 11, bytes, x.subarray(0, n * 768), n)
      for (let i = 0; i < n; i++) expect(new Set(out.subarray(i * 11, (i + 1) * 11)).size).toBe(1)
    }
  })

  test('activations that are no numbers show', () => {
    for (const type of allTypes) {
      const random = seededRandom(6)
      const bytes = randomBytes(random, type, 5 * 512)
      // Two infinities and two NaN, the bits of the last of which are the largest there are.
      for (const bad of [0x7f800000, 0xff800000, 0x7fc00000, 0x7fffffff]) {
        const x = Float32Array.from({ length: 5 * 512 }, () => random() - 0.5)
        const bits = new Uint32Array(x.buffer)
        for (let i = 0; i < 5; i++) bits[i * 512 + 77 * i + 3] = bad
        const out = product(backend, type, 5, bytes, x, 5)
        expect([type, [...out].filter(Number.isFinite)]).toEqual([type, []])
      }
    }
  })
})

test.runIf(forms.length === 3)('both forms of relaxed SIMD give the same bits', () => {
  const [a, b] = [openBackend('relaxed-i32'), openBackend('relaxed-i16')]
  const random = seededRandom(4)
  for (const type of allTypes) {
    const bytes = randomBytes(random, type, 37 * 768)
    const x = Float32Array.from({ length: 6 * 768 }, () => random() - 0.5)
    expect(product(a, type, 37, bytes, x, 6)).toEqual(product(b, type, 37, bytes, x, 6))
  }
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

/** What the backend gives for a matrix of `rows` rows; x is [n, cols]. */
function product(
  backend: Backend,
  type: TensorType,
  rows: number,
  bytes: Uint8Array,
  x: Float32Array,
  n: number,
): Float32Array {
  const [input, out] = [put(backend, x), backend.floats(n * rows)]
  const weight = weightOf(backend, type, rows, x.length / n, bytes)
  backend.matmul(out, weight, input, n)
  const result = out.view().slice()
  for (const used of [input, out, weight]) used.free()
  return result
}
