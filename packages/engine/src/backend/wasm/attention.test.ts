/** What a row gets does not depend on what stands beside it, on how work is divided, or on who does it. */
import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '../../generate/random.ts'
import type { AttentionShape, Backend, LayerCache } from '../backend.ts'
import { normal, put } from '../conformance-tools.test-suite.ts'
import { extractLane, instantiate, ModuleBuilder, op } from './assembler.ts'
import { openBackend } from './backend.ts'
import { detectDot } from './features.ts'
import { exp2 } from './kernels/attention-form.ts'

const open: Backend[] = []
afterAll(() => {
  for (const backend of open) backend.dispose()
})

function backendOf(relaxed: boolean, threads: number): Backend {
  const backend = openBackend(detectDot(relaxed), threads)
  open.push(backend)
  return backend
}

/** Queries and a cache for positions 0 to `positions`. */
function fill(backend: Backend, shape: Omit<AttentionShape, 'n' | 'start'>, positions: number) {
  const random = seededRandom(positions + shape.heads)
  const { heads, kvHeads, headDim } = shape
  const make = (width: number): Float32Array =>
    Float32Array.from({ length: positions * width }, () => normal(random))
  const [q, keys, values] = [make(heads * headDim), make(kvHeads * headDim), make(kvHeads * headDim)]
  const cache = backend.layerCache(positions, shape)
  backend.remember(cache, put(backend, keys), put(backend, values), 0, positions)
  return { q, cache }
}

function attend(
  backend: Backend,
  q: Float32Array,
  cache: LayerCache,
  shape: Omit<AttentionShape, 'n' | 'start'>,
  start: number,
  n: number,
): Float32Array {
  const width = shape.heads * shape.headDim
  const out = backend.floats(n * width)
  backend.attention(out, put(backend, q.subarray(start * width, (start + n) * width)), cache, {
    ...shape,
    start,
    n,
  })
  return out.view().slice()
}

test.each([true, false])(
  '2^x is within 2e-7 of the truth from -125 to 0, and 0 below; relaxed: %s',
  (relaxed) => {
    const isRelaxed = detectDot(relaxed) !== 'simd128'
    const module = new ModuleBuilder().func(
      'f',
      ['f32'],
      (f, x) => {
        const power = exp2(f, isRelaxed, 1)
        return [power.set, extractLane('f32x4.extract_lane', power.of(op('f32x4.splat', x)), 2)]
      },
      'f32',
    )
    const kernel = instantiate<'f'>(module, new WebAssembly.Memory({ initial: 1 })).f
    let worst = 0
    for (let i = 0; i < 200_000; i++) {
      const x = Math.fround((-124.9 * i) / 200_000)
      worst = Math.max(worst, Math.abs(kernel(x) / 2 ** (x + 1) - 1))
    }
    expect(worst).toBeLessThan(2e-7)
    expect(kernel(0)).toBe(2)
    for (const x of [-125.5, -1000, -3e38, Number.NEGATIVE_INFINITY]) expect(kernel(x)).toBe(0)
  },
)

const shapes = [
  { heads: 9, kvHeads: 3, headDim: 64 },
  { heads: 7, kvHeads: 1, headDim: 20 },
  { heads: 4, kvHeads: 4, headDim: 12 },
  { heads: 4, kvHeads: 1, headDim: 256 },
].flatMap((heads) =>
  [
    { window: 0, softcap: 0 },
    { window: 150, softcap: 0 },
    { window: 7, softcap: 30 },
  ].map((rest) => ({ ...heads, ...rest, causal: true, scale: 0.2 })),
)

describe.each([true, false])('relaxed SIMD where the host has it: %s', (relaxed) => {
  const [one, many] = [backendOf(relaxed, 1), backendOf(relaxed, 3)]

  test.each(shapes)('$heads heads on $kvHeads of $headDim, window $window, cap $softcap', (shape) => {
    const positions = 301
    const [alone, shared] = [fill(one, shape, positions), fill(many, shape, positions)]
    const width = shape.heads * shape.headDim
    const whole = attend(one, alone.q, alone.cache, shape, 0, positions)
    for (const [start, n] of [
      [0, 1],
      [0, 40],
      [126, 3],
      [127, 1],
      [128, 1],
      [200, 1],
      [255, 2],
      [290, 11],
      [300, 1],
    ] as const) {
      const expected = whole.subarray(start * width, (start + n) * width)
      expect(attend(one, alone.q, alone.cache, shape, start, n)).toEqual(expected)
      expect(attend(many, shared.q, shared.cache, shape, start, n)).toEqual(expected)
    }
    expect(attend(many, shared.q, shared.cache, shape, 0, positions)).toEqual(whole)
  })

  test.each(shapes)(
    'where all are seen: $heads heads on $kvHeads of $headDim, window $window, cap $softcap',
    (causal) => {
      const shape = { ...causal, causal: false }
      for (const positions of [1, 5, 128, 129, 200]) {
        const [alone, shared] = [fill(one, shape, positions), fill(many, shape, positions)]
        const width = shape.heads * shape.headDim
        const whole = attend(one, alone.q, alone.cache, shape, 0, positions)
        expect(attend(many, shared.q, shared.cache, shape, 0, positions)).toEqual(whole)
        // The last of them, alone and among those before it, and what a causal call gives it.
        for (const n of [1, 3, positions - 1]) {
          const start = Math.max(0, positions - n)
          const expected = whole.subarray(start * width)
          expect(attend(one, alone.q, alone.cache, shape, start, positions - start)).toEqual(expected)
          expect(attend(many, shared.q, shared.cache, shape, start, positions - start)).toEqual(expected)
        }
        const last = attend(one, alone.q, alone.cache, causal, positions - 1, 1)
        expect(last).toEqual(whole.subarray((positions - 1) * width))
      }
    },
  )
})
