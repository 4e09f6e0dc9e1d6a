/** Wrong kernels planted where right ones are expected: none is used, and what is used instead is right. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { byteLength, type TensorType } from '../../../gguf/types.ts'
import { detectDot } from '../features.ts'
import { type MakeProduct, makeProduct, type Product } from '../products.ts'
import { shapeName } from './one-token.ts'
import { type OpenProducts, openProducts } from './open-products.test-suite.ts'
import { plainProduct } from './plain-product.ts'
import { sampleActivations, sampleWeights } from './sample.ts'

afterEach(() => vi.restoreAllMocks())

/** A product that is right but for results of more than `from` tokens and fewer than `below`. */
function spoilt(product: Product, memory: WebAssembly.Memory, from: number, below: number): Product {
  return {
    batchesLike: (n) => product.batchesLike(n),
    oneToken: product.oneToken,
    multiply(weights, x, out, rows, n) {
      product.multiply(weights, x, out, rows, n)
      if (n > from && n < below) new Float32Array(memory.buffer, out, 1)[0]! += 1
    },
  }
}

function expectRight({ products, memory }: OpenProducts, type: TensorType, cols: number): void {
  const [rows, n] = [9, 5]
  const [weights, x, out] = [memory.allocate(byteLength(type, rows * cols)), memory.allocate(4 * n * cols), 0]
  new Uint8Array(memory.memory.buffer, weights, byteLength(type, rows * cols)).set(sampleWeights(type, cols))
  new Float32Array(memory.memory.buffer, x, n * cols).set(sampleActivations(cols))
  const results = [products.at(products.find(type, cols), n), plainProduct(type, cols, memory)].map(
    (product) => {
      const to = out + memory.allocate(4 * n * rows)
      product.multiply(weights, x, to, rows, n)
      return new Float32Array(memory.memory.buffer, to, n * rows).slice()
    },
  )
  results[0]!.forEach((value, i) => {
    expect(Math.abs(value - results[1]![i]!)).toBeLessThanOrEqual(1e-5 * Math.abs(value))
  })
}

describe.each(['q4_0', 'q6_k', 'f16'] as const)('%s', (type) => {
  const cols = 512

  test.skipIf(detectDot() === 'simd128')('a form that is wrong gives way to the next', () => {
    const warn = vi.spyOn(console, 'warn')
    for (const [from, below] of [
      [0, 2],
      [1, 99],
    ] as const) {
      const make: MakeProduct = (...args) => {
        const product = makeProduct(...args)
        const { dot, memory } = args[2]
        return dot === detectDot() ? spoilt(product, memory.memory, from, below) : product
      }
      const opened = openProducts(detectDot(), make)
      expectRight(opened, type, cols)
      const [choice] = opened.products.choices()
      expect(choice!.dot).not.toBe(detectDot())
      expect(choice!.wrong.every((name) => name.startsWith(detectDot()))).toBe(true)
      expect(choice!.wrong).not.toEqual([])
      opened.dispose()
    }
    expect(warn).not.toHaveBeenCalled()
  })

  test('where all are wrong it is multiplied in plain TypeScript, with a warning', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const opened = openProducts(detectDot(), (...args) =>
      spoilt(makeProduct(...args), args[2].memory.memory, 0, 99),
    )
    expectRight(opened, type, cols)
    expect(opened.products.choices()).toMatchObject([{ type, cols, dot: undefined, shape: undefined }])
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]![0]).toMatch(new RegExp(`${type} rows of ${cols}.*plain TypeScript`))
    opened.dispose()
  })

  test('a shape that is wrong gives way to the next', () => {
    let wrong = ''
    const opened = openProducts(detectDot(), (...args) => {
      const product = makeProduct(...args)
      const oneToken = product.oneToken!
      const [first] = oneToken.shapes
      const other = { ...first, unroll: 3 }
      wrong = shapeName(first!)
      Object.assign(oneToken, { shapes: [first, other] })
      return {
        batchesLike: (n) => product.batchesLike(n),
        oneToken,
        multiply(weights, x, out, rows, n) {
          product.multiply(weights, x, out, rows, n)
          if (n === 1 && oneToken.shape === first)
            new Float32Array(args[2].memory.memory.buffer, out, 1)[0]! -= 1
        },
      }
    })
    expectRight(opened, type, cols)
    expect(opened.products.choices()[0]).toMatchObject({
      dot: detectDot(),
      shape: expect.stringMatching(/^3 steps/),
      wrong: [expect.not.stringContaining('3 steps')],
    })
    expect(opened.products.choices()[0]!.shape).not.toBe(wrong)
    opened.dispose()
  })
})

describe('the race', () => {
  /** Eight matrices of a megabyte. */
  function fill(
    { memory }: OpenProducts,
    type: TensorType,
    cols: number,
  ): { address: number; rows: number }[] {
    const rows = Math.floor(2 ** 20 / byteLength(type, cols))
    return Array.from({ length: 8 }, () => ({
      address: memory.allocate(byteLength(type, rows * cols)),
      rows,
    }))
  }

  /** A clock that goes on by what kernels take: `speeds[i]` bytes a ms of shape i. */
  function racing(speeds: readonly number[]): OpenProducts {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.001))
    return openProducts(detectDot(), (type, cols, host, products) => {
      const product = makeProduct(type, cols, host, products)
      const oneToken = product.oneToken!
      const shapes = speeds.map((_, i) => ({ ...oneToken.shape, unroll: i + 1 }))
      oneToken.use(shapes[0]!)
      const emitted = oneToken.kernel.bind(oneToken)
      Object.assign(oneToken, {
        shapes,
        kernel:
          (shape = oneToken.shape) =>
          (...args: number[]) => {
            const rows = args[3]!
            now += (rows * byteLength(type, cols)) / speeds[shapes.indexOf(shape)]!
            return emitted(shape)(...args)
          },
      })
      return product
    })
  }

  const later = 1e9

  test('the fastest shape is in use, proven, and in the record', () => {
    const opened = racing([10e6, 9e6, 12e6])
    const number = opened.products.find('q8_0', 512)
    const record = {}
    expect(opened.products.tune(new Map([[number, fill(opened, 'q8_0', 512)]]), record, later)).toBe(true)
    const [choice] = opened.products.choices()
    expect(choice!.shape).toMatch(/^3 steps/)
    expect(choice!.gbPerSecond).toBeGreaterThan(10)
    expect(record).toEqual({ 'q8_0 512': { shape: choice!.shape, gbPerSecond: choice!.gbPerSecond } })
    expectRight(opened, 'q8_0', 512)

    const again = racing([10e6, 9e6, 12e6])
    again.products.find('q8_0', 512)
    expect(again.products.tune(new Map([[0, fill(again, 'q8_0', 512)]]), record, 0)).toBe(false)
    expect(again.products.choices()).toEqual([choice])
    opened.dispose()
    again.dispose()
  })

  test('a gain that may be chance changes nothing; where the time is up, or little is read, there is no race', () => {
    const opened = racing([10e6, 10.2e6])
    const [large, small] = [opened.products.find('q8_0', 512), opened.products.find('q4_0', 512)]
    const matrices = new Map([
      [large, fill(opened, 'q8_0', 512)],
      [small, fill(opened, 'q4_0', 512).slice(0, 3)],
    ])
    const record = {}
    expect(opened.products.tune(matrices, record, performance.now() + 1)).toBe(false)
    expect(opened.products.choices().map(({ gbPerSecond }) => gbPerSecond)).toEqual([undefined, undefined])
    expect(opened.products.tune(matrices, record, later)).toBe(true)
    expect(opened.products.choices()[0]!.shape).toMatch(/^1 step /)
    expect(Object.keys(record)).toEqual(['q8_0 512'])
    opened.dispose()
  })
})
