/** That a proof holds for every kernel there is, and that it does not for a product with any small mistake. */
import { afterAll, describe, expect, test } from 'vitest'
import { type TensorType, tensorTypes } from '../../../gguf/types.ts'
import { allTypes } from '../../conformance-matrix.test-suite.ts'
import { type Dot, detectDot } from '../features.ts'
import type { Product } from '../products.ts'
import { openProducts } from './open-products.test-suite.ts'
import { plainProduct } from './plain-product.ts'
import { Proof } from './proof.ts'
import { SAMPLE_ROWS, sampleWeights } from './sample.ts'

const forms: Dot[] =
  detectDot() === 'simd128' ? ['simd128'] : [...new Set<Dot>([detectDot(), 'relaxed-i16', 'simd128'])]

/** Numbers of tokens that use all kernels for several. */
const counts = [5, 12, 13]

/** Row lengths of kernels with and without a loop, and of large models. */
function widths(type: TensorType): number[] {
  return { 1: [33, 576, 2048], 32: [64, 576, 2048, 14_336], 256: [256, 2048, 14_336] }[
    tensorTypes[type].block
  ]
}

describe.each(forms)('%s', (dot) => {
  const { products, dispose } = openProducts(dot)
  afterAll(dispose)

  test.each(allTypes)('%s: all kernels are proven', (type) => {
    for (const cols of widths(type)) {
      for (const n of [1, ...counts]) products.at(products.find(type, cols), n)
      expect(products.choices().at(-1)).toMatchObject({ type, cols, dot, wrong: [] })
    }
  })
})

const { products, memory, dispose } = openProducts(detectDot())
afterAll(dispose)

test.each(allTypes)('%s: plain TypeScript is proven', (type) => {
  const cols = widths(type)[0]!
  expect(new Proof(type, cols).holds(plainProduct(type, cols, memory), [1, 4], memory)).toBe(true)
})

/** `product`, but for what `change` does to the weights before and to the results after. */
function wrong(
  product: Product,
  change: { weights?: (bytes: Uint8Array) => void; out?: (values: Float32Array, n: number) => void },
): Product {
  return {
    batchesLike: (n) => product.batchesLike(n),
    oneToken: undefined,
    multiply(weights, x, out, rows, n) {
      change.weights?.(new Uint8Array(memory.memory.buffer, weights, size))
      product.multiply(weights, x, out, rows, n)
      change.out?.(new Float32Array(memory.memory.buffer, out, n * rows), n)
    },
  }
}
let size = 0

test.each(allTypes)('%s: a product with a mistake is not', (type) => {
  const cols = widths(type)[1]!
  const product = products.at(products.find(type, cols), 1)
  const proof = new Proof(type, cols)
  size = sampleWeights(type, cols).length
  const rowBytes = size / SAMPLE_ROWS
  const holds = (change: Parameters<typeof wrong>[1]): boolean =>
    proof.holds(wrong(product, change), [1, 4], memory)
  expect(holds({})).toBe(true)
  // One bit of a code: behind the scales of the block, of types without any in the upper byte.
  const { block, bytes } = tensorTypes[type]
  const code = block === 1 ? bytes - 1 : block === 256 ? 48 : bytes - 1
  for (const row of [4, 6, 8]) {
    const at = row * rowBytes + Math.floor(rowBytes / bytes / 2) * bytes + code
    expect([row, holds({ weights: (all) => (all[at]! ^= 2) })]).toEqual([row, false])
  }
  expect(holds({ out: (values) => (values[SAMPLE_ROWS - 1]! *= 1 + 2 ** -15) })).toBe(false)
  expect(holds({ out: (values) => (values[3] = Number.NaN) })).toBe(false)
  // Wrong for one of the tokens only, when they come alone.
  for (const turn of [0, 1, 2, 3, 4]) {
    let turns = 0
    expect(
      holds({ out: (values, n) => n === 1 && turns++ === turn && (values[8] = values[8]! * 1.01 + 1) }),
    ).toBe(false)
  }
  expect(holds({ out: (values) => values.copyWithin(0, 4, 5) })).toBe(false)
  expect(holds({ out: (values, n) => n === 4 && (values[n * SAMPLE_ROWS - 1]! += 1e6) })).toBe(false)
})

test.each(allTypes)(
  '%s: all forms give the same bits, so that a race between them changes no result',
  (type) => {
    const [cols, n] = [widths(type)[1]!, 6]
    const results = forms.map((dot) => {
      const { products, memory, dispose } = openProducts(dot)
      const weights = sampleWeights(type, cols)
      const [w, x, out] = [weights.length, 4 * n * cols, 4 * n * SAMPLE_ROWS].map((size) =>
        memory.allocate(size),
      )
      new Uint8Array(memory.memory.buffer, w, weights.length).set(weights)
      new Float32Array(memory.memory.buffer, x, n * cols).forEach((_, i, all) => {
        all[i] = Math.sin(i) * (1 + (i % 7))
      })
      return [1, n].map((count) => {
        products.at(products.find(type, cols), count).multiply(w!, x!, out!, SAMPLE_ROWS, count)
        dispose()
        return new Uint32Array(memory.memory.buffer, out, count * SAMPLE_ROWS).slice()
      })
    })
    for (const other of results) expect(other).toEqual(results[0])
  },
)
