import { expect, test } from 'vitest'
import { BadOptionError, DisposedError, OutOfMemoryError, UnsupportedError } from '../../errors.ts'
import { conformance } from '../conformance.test-suite.ts'
import { ReferenceBackend } from '../reference.ts'
import { createWasmBackend } from './backend.ts'

/** Of an attention: all positions, scores as they are. */
const plain = { scale: 0.125, causal: true, window: 0, softcap: 0 }

conformance('wasm, relaxed SIMD where the host has it', () => createWasmBackend())
conformance('wasm, SIMD128', () => createWasmBackend({ relaxed: false }))

test('what does not fit together is refused before memory is touched', async () => {
  const backend = await createWasmBackend()
  const x = backend.floats(64)
  const weight = backend.weight('f32', 4, 32)
  const shape = { n: 1, start: 0, heads: 2, kvHeads: 1, headDim: 32, ...plain }
  const cache = backend.layerCache(2, shape)
  const rope = { heads: 1, headDim: 32, pairs: 'neighbours' } as const
  for (const call of [
    () => backend.floats(-1),
    () => backend.floats(1.5),
    () => backend.weight('q4_0', 1, 48),
    () => weight.write(500, new Uint8Array(13)),
    () => weight.write(-1, new Uint8Array(4)),
    () => backend.matmul(backend.floats(3), weight, x, 1),
    () => backend.matmul(x, weight, x, 3),
    () => backend.matmul(x, weight, x, Number.NaN),
    () => backend.embed(x, weight, [4]),
    () => backend.embed(x, weight, [-1]),
    () => backend.embed(x, weight, [0, 1, 2]),
    () => backend.rmsNorm(x, x, backend.floats(65), 1, 1e-5),
    () => backend.rope(x, x, -1, 1, rope),
    () => backend.rope(x, x, 2, 1, rope),
    () => backend.attention(x, x, cache, { ...shape, start: -1 }),
    () => backend.attention(x, x, cache, { ...shape, start: 2 }),
    () => backend.attention(x, x, cache, { ...shape, n: 2 }),
    () => backend.attention(x, x, cache, { ...shape, headDim: 16 }),
    () => backend.attention(x, x, new ReferenceBackend().layerCache(2, shape), shape),
    () => backend.remember(cache, x, x, -1, 1),
    () => backend.remember(cache, x, x, 1, 2),
    () => backend.remember(cache, x, backend.floats(63), 0, 2),
    () => backend.add(x, x, 65),
    () => backend.glu(x, backend.floats(3), 4, 'silu'),
    () => backend.scale(x, 2, 65),
    () => backend.softcap(x, 2, 65),
    () => x.at(60, 5),
    () => x.at(-1, 5),
    () => x.at(4, 4).free(),
    () => backend.add(x, new ReferenceBackend().floats(64), 64),
    () => backend.matmul(x, new ReferenceBackend().weight('f32', 1, 32), x, 1),
  ]) {
    expect(call, call.toString()).toThrow(BadOptionError)
  }
  expect(() => backend.rope(x, x, 0, 1, { ...rope, headDim: 30 })).toThrow(UnsupportedError)
  expect(() => backend.rope(x, x, 0, 1, { ...rope, headDim: 12, pairs: 'halves' })).toThrow(UnsupportedError)
  expect(() => backend.attention(x, x, cache, { ...shape, heads: 3, kvHeads: 2 })).toThrow(UnsupportedError)
  expect(() => backend.floats(2 ** 31)).toThrow(OutOfMemoryError)
  backend.dispose()
})

test('a freed buffer and a disposed backend are not used again; freeing twice is harmless', async () => {
  const backend = await createWasmBackend()
  const x = backend.floats(8)
  const part = x.at(0, 4)
  const kept = backend.floats(8)
  x.free()
  x.free()
  expect(() => part.view()).toThrow(DisposedError)
  expect(() => backend.add(part, kept, 4)).toThrow(DisposedError)
  backend.dispose()
  backend.dispose()
  expect(() => kept.view()).toThrow(DisposedError)
  kept.free()
})

test('attention over hundreds of positions agrees with the reference', async () => {
  const [wasm, reference] = [await createWasmBackend(), new ReferenceBackend()]
  const shape = { n: 5, start: 701, heads: 3, kvHeads: 1, headDim: 64, ...plain }
  const results = [wasm, reference].map((backend) => {
    const q = backend.floats(5 * 3 * 64)
    const keys = backend.floats(706 * 64)
    const values = backend.floats(706 * 64)
    const cache = backend.layerCache(706, shape)
    for (const [floats, step] of [
      [q, 0.7],
      [keys, 0.37],
      [values, 0.11],
    ] as const) {
      const view = floats.view()
      for (let i = 0; i < view.length; i++) view[i] = Math.sin(i * step)
    }
    const out = backend.floats(5 * 3 * 64)
    backend.remember(cache, keys, values, 0, 706)
    backend.attention(out, q, cache, shape)
    return out.view().slice()
  })
  results[0]!.forEach((value, i) => {
    expect(value).toBeCloseTo(results[1]![i]!, 5)
  })
})

test('heads it has no kernel for are named, and the widest compile', async () => {
  const backend = await createWasmBackend()
  const pairs = 'neighbours' as const
  expect(backend.refusal({ heads: 2, kvHeads: 1, headDim: 6, pairs })).toMatch(/heads of 6 numbers/)
  expect(backend.refusal({ heads: 2, kvHeads: 1, headDim: 12, pairs: 'halves' })).toMatch(/multiple of 8/)
  expect(backend.refusal({ heads: 3, kvHeads: 2, headDim: 4, pairs })).toMatch(/evenly/)
  for (const [heads, headDim] of [
    [64, 64],
    [2048, 128],
    [1, 4096],
  ] as const) {
    const shape = { heads, kvHeads: 1, headDim, pairs }
    expect(backend.refusal(shape)).toBeUndefined()
    const ones = backend.floats(heads * headDim)
    ones.view().fill(1)
    const cache = backend.layerCache(1, shape)
    backend.remember(cache, ones, ones, 0, 1)
    const out = backend.floats(heads * headDim)
    backend.attention(out, ones, cache, { ...shape, n: 1, start: 0, ...plain })
    expect(out.view().every((value) => value === 1)).toBe(true)
  }
  backend.dispose()
})
