/**
 * The guarantee that exact speculation and the reuse of prefixes rest on: a token's row of a product has the same bits whether
 * the token came alone or among others, in any number, with every form of dot product this host can run.
 */
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import { tensorTypes } from '../../gguf/types.ts'
import { weightOf } from '../conformance-matmul.test-suite.ts'
import { allTypes, randomBytes } from '../conformance-matrix.test-suite.ts'
import { normal, put } from '../conformance-tools.test-suite.ts'
import { openBackend } from './backend.ts'
import { type Dot, detectDot } from './features.ts'

const forms: Dot[] = detectDot() === 'simd128' ? ['simd128'] : ['relaxed-i32', 'relaxed-i16', 'simd128']
const counts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 33]
const most = Math.max(...counts)

describe.each(forms)('%s', (form) => {
  const backend = openBackend(form)
  afterAll(() => backend.dispose())

  test.each(allTypes)('%s: several tokens give the bits of each token alone', (type) => {
    const { block } = tensorTypes[type]
    // Odd numbers of blocks and rows; of single values a length with a rest.
    for (const [rows, cols] of [
      [13, block === 1 ? 135 : 3 * block],
      [5, block === 1 ? 288 : 9 * block],
    ] as const) {
      const random = seededRandom(rows)
      const weight = weightOf(backend, type, rows, cols, randomBytes(random, type, rows * cols))
      const x = put(
        backend,
        Float32Array.from({ length: most * cols }, () => normal(random)),
      )
      const out = backend.floats(most * rows)
      const alone = new Float32Array(most * rows)
      for (let token = 0; token < most; token++) {
        backend.matmul(out, weight, x.at(token * cols, cols), 1)
        alone.set(out.view().subarray(0, rows), token * rows)
      }
      for (const n of counts) {
        out.view().fill(Number.NaN)
        backend.matmul(out, weight, x, n)
        const differing = Array.from({ length: n * rows }, (_, i) => i).filter(
          (i) => !Object.is(out.view()[i], alone[i]),
        )
        expect([n, rows, cols, differing]).toEqual([n, rows, cols, []])
      }
      for (const used of [weight, x, out]) used.free()
    }
  })
})
