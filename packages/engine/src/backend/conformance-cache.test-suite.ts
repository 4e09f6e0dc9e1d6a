/** Conformance of a layer's cache: what it keeps of numbers, and the bytes that go out and in. */
import { expect } from 'vitest'
import { BadOptionError, DisposedError } from '../errors.ts'
import { seededRandom } from '../generate/random.ts'
import { floatToHalf, roundToHalf } from '../quant/half.ts'
import type { Backend, LayerCache } from './backend.ts'
import { normal, put } from './conformance-tools.test-suite.ts'

const shape = { kvHeads: 3, headDim: 8 }
const WIDTH = 24

/** The halves [2, kvHeads, to - from, headDim] of keys and values [positions, kvHeads, headDim]. */
function halves(keys: Float32Array, values: Float32Array, from: number, to: number): number[] {
  return [keys, values].flatMap((part) =>
    [0, 1, 2].flatMap((head) =>
      Array.from({ length: to - from }, (_, i) => {
        const at = (from + i) * WIDTH + head * 8
        return [...part.subarray(at, at + 8)].map(floatToHalf)
      }).flat(),
    ),
  )
}

function read(cache: LayerCache, from: number, to: number): number[] {
  const bytes = new Uint8Array(4 * WIDTH * (to - from))
  cache.read(from, to, bytes)
  return Array.from({ length: bytes.length / 2 }, (_, i) => bytes[2 * i]! + 256 * bytes[2 * i + 1]!)
}

export function cacheBytesCase(backend: Backend): void {
  const random = seededRandom(21)
  const make = (): Float32Array => Float32Array.from({ length: 11 * WIDTH }, () => normal(random))
  const [keys, values] = [make(), make()]
  const cache = backend.layerCache(11, shape)
  expect(cache.positions).toBe(11)
  expect(read(cache, 0, 11)).toEqual(new Array(22 * WIDTH).fill(0))
  for (const [start, n] of [
    [0, 6],
    [6, 1],
    [7, 4],
  ] as const) {
    const part = (all: Float32Array) => put(backend, all.subarray(start * WIDTH, (start + n) * WIDTH))
    backend.remember(cache, part(keys), part(values), start, n)
  }
  expect(read(cache, 0, 11)).toEqual(halves(keys, values, 0, 11))
  expect(read(cache, 3, 8)).toEqual(halves(keys, values, 3, 8))

  const other = backend.layerCache(6, shape)
  const bytes = new Uint8Array(4 * WIDTH * 5)
  cache.read(3, 8, bytes)
  other.write(2, bytes, 4)
  expect(read(other, 2, 6)).toEqual(halves(keys, values, 3, 7))
  expect(read(other, 0, 2)).toEqual(new Array(4 * WIDTH).fill(0))
  for (const call of [
    () => cache.read(3, 12, new Uint8Array(4 * WIDTH * 9)),
    () => cache.read(3, 8, new Uint8Array(7)),
    () => cache.read(3, 2, new Uint8Array(0)),
    () => other.write(2, bytes, 5),
    () => other.write(-1, bytes, 1),
    () => other.write(0, bytes, 6),
  ]) {
    expect(call, call.toString()).toThrow(BadOptionError)
  }
  cache.free()
  cache.free()
  expect(() => cache.read(0, 1, bytes)).toThrow(DisposedError)
}

export function cachedNumbersCase(backend: Backend): void {
  const random = seededRandom(22)
  const odd = [0, -0, 2 ** -14, -(2 ** -14), 2 ** -14 - 2 ** -38, 1e-5, -1e-30, 65504, -65519, 65520, 1e30]
  const x = Float32Array.from(
    { length: 16 * WIDTH },
    (_, i) => odd[i] ?? normal(random) * 2 ** Math.round(40 * random() - 24),
  )
  // Ties, which go to the even neighbour.
  for (let i = 40; i < 60; i++) x[i] = 1 + (2 * i + 1) * 2 ** -11
  const cache = backend.layerCache(16, shape)
  backend.remember(cache, put(backend, x), put(backend, x), 0, 16)
  const kept = x.map((value) => (Math.abs(value) < 2 ** -14 ? 0 : roundToHalf(value)))
  expect(read(cache, 0, 16)).toEqual(halves(kept, kept, 0, 16))
}
