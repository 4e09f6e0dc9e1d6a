/** Products of any shape against three plain loops; the same bits from any number of threads and from k in pieces. */

import { seededRandom } from '@edgewise/engine'
import { detectDot, LinearMemory, ThreadPool } from '@edgewise/engine/wasm'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type Matrix, Products } from './multiply.ts'
import { packedFloats } from './pack.ts'

const pools: ThreadPool[] = []
afterAll(() => {
  for (const pool of pools) pool.dispose()
})

class Bench {
  readonly memory: LinearMemory
  readonly products: Products
  constructor(threads: number, isFused: boolean) {
    this.memory = new LinearMemory({ limitPages: 2048, shared: threads > 1 })
    const pool = new ThreadPool(this.memory, threads)
    pools.push(pool)
    this.products = new Products(pool, this.memory, isFused)
  }
  floats(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.memory.buffer, at, count)
  }
  /** With slack behind, as what lies beyond edges is read. */
  matrix(rows: number, ld: number, values: Float32Array): Matrix {
    const at = this.memory.allocate(4 * (rows + 8) * ld + 64)
    this.floats(at, (rows + 8) * ld).fill(Number.NaN)
    this.floats(at, values.length).set(values)
    return { at, ld }
  }
  release(...all: Matrix[]): void {
    for (const { at } of all) this.memory.release(at)
  }
}

const random = seededRandom(7)
const noise = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random() - 1)

const shape = fc.record({
  m: fc.integer({ min: 1, max: 140 }),
  n: fc.integer({ min: 1, max: 12 }).map((n) => 4 * n),
  k: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 500, max: 1100 })),
  beside: fc.integer({ min: 0, max: 3 }),
})

const fused = detectDot() !== 'simd128'
const forms = [...new Set([fused, false])]
describe.each(forms.flatMap((isFused) => [1, 2].map((threads) => ({ isFused, threads }))))(
  'fused $isFused, $threads threads',
  ({ isFused, threads }) => {
    const bench = new Bench(threads, isFused)
    const { products } = bench
    const packedAt = bench.memory.allocate(4 * packedFloats(160, 1200))

    /** Runs one form and compares every number, those beyond the result's columns too. */
    function check(
      { m, n, k, beside }: { m: number; n: number; k: number; beside: number },
      a: (m: number, k: number) => number,
      b: (k: number, n: number) => number,
      run: (c: Matrix) => void,
      before: number,
    ): void {
      const ld = n + 4 * beside
      const c = bench.matrix(m, ld, new Float32Array(m * ld).fill(before))
      run(c)
      const got = bench.floats(c.at, m * ld)
      for (let row = 0; row < m; row++) {
        for (let col = 0; col < ld; col++) {
          let sum = before
          for (let i = 0; col < n && i < k; i++) sum += a(row, i) * b(i, col)
          const off = Math.abs(got[row * ld + col]! - sum)
          if (!(off < 2e-5 * Math.sqrt(k + 1))) throw new Error(`[${row}, ${col}] is off by ${off}`)
        }
      }
      bench.release(c)
    }

    test('a x w^T, a x w and a^T x b', () => {
      fc.assert(
        fc.property(shape, fc.boolean(), (s, goesOn) => {
          const { m, n, k, beside } = s
          const lda = k + beside
          const [av, wv, vv] = [noise(m * lda), noise(n * lda), noise(k * n)]
          const a = bench.matrix(m, lda, av)
          const w = bench.matrix(n, lda, wv)
          const v = bench.matrix(k, n, vv)
          const before = goesOn ? 3 : 0
          const left = (row: number, i: number): number => av[row * lda + i]!
          check(
            s,
            left,
            (i, col) => wv[col * lda + i]!,
            (c) => products.multiply(c, a, products.packTransposed(packedAt, w, n, k), m, goesOn),
            before,
          )
          check(
            s,
            left,
            (i, col) => vv[i * n + col]!,
            (c) => products.multiply(c, a, products.pack(packedAt, v, n, k), m, goesOn),
            before,
          )
          const tv = noise(k * (m + beside))
          const t = bench.matrix(k, m + beside, tv)
          check(
            s,
            (row, i) => tv[i * (m + beside) + row]!,
            (i, col) => vv[i * n + col]!,
            (c) => products.addTransposed(c, t, products.pack(packedAt, v, n, k), m),
            3,
          )
          bench.release(a, w, v, t)
        }),
        { numRuns: 25, seed: 11 },
      )
    })
  },
)

test('the same bits from one thread as from two, and from k in two pieces as in one', () => {
  const [m, n, k] = [333, 36, 700]
  const [av, vv] = [noise(k * m), noise(k * n)]
  const results = [1, 2].flatMap((threads) =>
    [k, 300].map((first) => {
      const bench = new Bench(threads, fused)
      const packedAt = bench.memory.allocate(4 * packedFloats(n, k))
      const [a, v, c] = [
        bench.matrix(k, m, av),
        bench.matrix(k, n, vv),
        bench.matrix(m, n, new Float32Array(m * n)),
      ]
      for (const [from, to] of [
        [0, first],
        [first, k],
      ] as const) {
        if (from === to) continue
        const right = bench.products.pack(packedAt, { at: v.at + 4 * from * n, ld: n }, n, to - from)
        bench.products.addTransposed(c, { at: a.at + 4 * from * m, ld: m }, right, m)
      }
      return bench.floats(c.at, m * n).slice()
    }),
  )
  for (const result of results) expect(result).toEqual(results[0])
})
