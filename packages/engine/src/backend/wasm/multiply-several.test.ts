import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { type TensorType, tensorTypes } from '../../gguf/types.ts'
import type { Backend } from '../backend.ts'
import { weightOf } from '../conformance-matmul.test-suite.ts'
import { allTypes, randomBytes } from '../conformance-matrix.test-suite.ts'
import { normal, put } from '../conformance-tools.test-suite.ts'
import { openBackend } from './backend.ts'
import { type Dot, detectDot } from './features.ts'

const forms: Dot[] = detectDot() === 'simd128' ? ['simd128'] : ['relaxed-i32', 'relaxed-i16', 'simd128']
const blockTypes = allTypes.filter((type) => tensorTypes[type].block > 1)

describe.each(forms)('%s', (form) => {
  test('a token among others has the same bits in every number of them', () => {
    using backend = disposable(openBackend(form, 1))
    for (const type of blockTypes) {
      const [rows, cols, most] = [29, 2 * tensorTypes[type].block, 33]
      const random = seededRandom(9)
      const weight = weightOf(backend, type, rows, cols, randomBytes(random, type, rows * cols))
      const x = put(
        backend,
        Float32Array.from({ length: most * cols }, () => normal(random)),
      )
      const out = backend.floats(most * rows)
      const product = (n: number): Float32Array => {
        out.view().fill(Number.NaN)
        backend.matmul(out, weight, x, n)
        return out.view().slice(0, n * rows)
      }
      const expected = product(most)
      // Every number that is taken in another way than as sixes and fives, and some of those.
      for (const n of [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 19, 24]) {
        expect([type, n, product(n)]).toEqual([type, n, expected.subarray(0, n * rows)])
      }
    }
  })

  test('several matrices at once, and several threads, give the bits of one matrix and one thread', () => {
    using alone = disposable(openBackend(form, 1))
    using together = disposable(openBackend(form, 3))
    for (const [n, cols] of [
      [3, 512],
      [24, 512],
      [70, 1024],
    ] as const) {
      const random = seededRandom(n)
      const x = Float32Array.from({ length: n * cols }, () => normal(random))
      const matrices = (['q8_0', 'q4_k', 'q8_0', 'q4_1'] satisfies TensorType[]).map((type, i) => {
        const rows = [1500, 700, 9, 301][i]!
        return { type, rows, bytes: randomBytes(random, type, rows * cols) }
      })
      const on = (
        backend: Backend,
      ): { out: ReturnType<Backend['floats']>; weight: ReturnType<Backend['weight']> }[] =>
        matrices.map(({ type, rows, bytes }) => ({
          out: backend.floats(n * rows),
          weight: weightOf(backend, type, rows, cols, bytes),
        }))
      const expected = on(alone)
      for (const { out, weight } of expected) alone.matmul(out, weight, put(alone, x), n)
      const products = on(together)
      together.matmuls(products, put(together, x), n)
      products.forEach(({ out }, i) => {
        expect(out.view()).toEqual(expected[i]!.out.view())
      })
    }
  })
})

function disposable(backend: Backend): Backend & Disposable {
  return Object.assign(backend, { [Symbol.dispose]: () => backend.dispose() })
}
