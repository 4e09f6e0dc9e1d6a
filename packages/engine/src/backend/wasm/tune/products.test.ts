/** Wrong kernels planted where right ones are expected: none is used, and what is used instead is right. */
import { afterEach, describe, expect, test, vi } from 'vitest'
import { byteLength, type TensorType } from '../../../gguf/types.ts'
import { type Dot, detectDot } from '../features.ts'
import { type MakeProduct, makeProduct, type Product } from '../products.ts'
import { type OpenProducts, openProducts } from './open-products.test-suite.ts'
import { plainProduct } from './plain-product.ts'
import { sampleActivations, sampleWeights } from './sample.ts'
import type { TuneRecord } from './store.ts'

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
    expect(opened.products.choices()).toMatchObject([{ type, cols, dot: undefined }])
    expect(warn).toHaveBeenCalledOnce()
    expect(warn.mock.calls[0]![0]).toMatch(new RegExp(`${type} rows of ${cols}.*plain TypeScript`))
    opened.dispose()
  })
})

describe.skipIf(detectDot() === 'simd128')('the race', () => {
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

  /** A clock that goes on by what kernels take: `speeds[i]` bytes a ms of the form tried i-th. */
  function racing(speeds: readonly number[], isWrong = false): OpenProducts {
    let now = 0
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 0.001))
    const dots: Dot[] = []
    return openProducts(detectDot(), (type, cols, host, products) => {
      const product = makeProduct(type, cols, host, products)
      if (!dots.includes(host.dot)) dots.push(host.dot)
      const speed = speeds[dots.indexOf(host.dot)]!
      const { oneToken } = product
      const part = oneToken!.part.bind(oneToken)
      Object.assign(oneToken!, {
        part: (...args: Parameters<typeof part>) => {
          now += (args[3] * byteLength(type, cols)) / speed
          return part(...args)
        },
      })
      return isWrong && dots.indexOf(host.dot) === 1 ? spoilt(product, host.memory.memory, 0, 2) : product
    })
  }

  const later = 1e9

  test('the fastest form is in use, proven, and in the record', () => {
    const opened = racing([10e6, 12e6])
    const number = opened.products.find('q8_0', 512)
    const record: TuneRecord = {}
    expect(opened.products.tune(new Map([[number, fill(opened, 'q8_0', 512)]]), record, later)).toBe(true)
    const [choice] = opened.products.choices()
    expect(choice!.dot).not.toBe(detectDot())
    expect(choice!.gbPerSecond).toBeGreaterThan(10)
    expect(record).toEqual({ 'q8_0 512': { dot: choice!.dot, gbPerSecond: choice!.gbPerSecond } })
    expectRight(opened, 'q8_0', 512)

    const again = racing([10e6, 12e6])
    again.products.find('q8_0', 512)
    expect(again.products.tune(new Map([[0, fill(again, 'q8_0', 512)]]), record, 0)).toBe(false)
    expect(again.products.choices()).toEqual([choice])
    opened.dispose()
    again.dispose()
  })

  test('a form that is wrong does not win', () => {
    const opened = racing([10e6, 30e6], true)
    const number = opened.products.find('q8_0', 512)
    expect(opened.products.tune(new Map([[number, fill(opened, 'q8_0', 512)]]), {}, later)).toBe(false)
    expect(opened.products.choices()).toMatchObject([{ dot: detectDot(), wrong: [expect.any(String)] }])
    opened.dispose()
  })

  test('a record of a form that this host does not have, or that is wrong, is no harm', () => {
    const opened = racing([10e6, 12e6])
    const number = opened.products.find('q8_0', 512)
    const record: TuneRecord = { 'q8_0 512': { dot: 'relaxed-i64', gbPerSecond: 7 } }
    opened.products.tune(new Map([[number, fill(opened, 'q8_0', 512)]]), record, 0)
    expect(opened.products.choices()[0]).toMatchObject({ dot: detectDot(), gbPerSecond: undefined })
    opened.dispose()
  })

  test('a gain that may be chance changes nothing; where the time is up, or little is read, there is no race', () => {
    const opened = racing([10e6, 10.6e6])
    const [large, small] = [opened.products.find('q8_0', 512), opened.products.find('q4_0', 512)]
    const matrices = new Map([
      [large, fill(opened, 'q8_0', 512)],
      [small, fill(opened, 'q4_0', 512).slice(0, 3)],
    ])
    const record: TuneRecord = {}
    expect(opened.products.tune(matrices, record, performance.now() + 1)).toBe(false)
    expect(opened.products.choices().map(({ gbPerSecond }) => gbPerSecond)).toEqual([undefined, undefined])
    expect(opened.products.tune(matrices, record, later)).toBe(true)
    expect(opened.products.choices()[0]!.dot).toBe(detectDot())
    expect(Object.keys(record)).toEqual(['q8_0 512'])
    opened.dispose()
  })
})
