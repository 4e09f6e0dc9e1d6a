/**
 * One body of tests for every backend: each operation against a naive computation in double precision that shares no
 * code with a backend, on shapes that do not fit any vector width. Bounds are worst-case f32 rounding, not tuned.
 * A backend the host lacks (BackendUnavailableError) is skipped with its reason.
 */
import { describe, expect, type TestContext, test } from 'vitest'
import { BackendUnavailableError, DisposedError } from '../errors.ts'
import type { Backend } from './backend.ts'
import { cacheBytesCase, cachedNumbersCase } from './conformance-cache.test-suite.ts'
import { matmulCases } from './conformance-matmul.test-suite.ts'
import {
  addCase,
  attentionCase,
  gluCase,
  rmsNormCase,
  ropeCase,
  scaleCase,
  softcapCase,
  softmaxRowsCase,
  steepAttentionCase,
  whole,
} from './conformance-ops.test-suite.ts'
import { put } from './conformance-tools.test-suite.ts'

export function conformance(label: string, create: () => Promise<Backend> | Backend): void {
  const check = (name: string, body: (backend: Backend) => void): void => {
    test(name, async (context: TestContext) => {
      const backend = await createOrSkip(create, context)
      try {
        body(backend)
      } finally {
        backend.dispose()
      }
    })
  }

  describe(`backend ${label}`, () => {
    matmulCases(check)
    check('rmsNorm, also in place', rmsNormCase)
    check('rope turns neighbouring pairs', (backend) => ropeCase(backend, 'neighbours'))
    check('rope turns halves', (backend) => ropeCase(backend, 'halves'))
    for (const [heads, kvHeads, headDim] of [
      [1, 1, 32],
      [2, 1, 64],
      [3, 1, 64],
      [4, 1, 32],
      [3, 3, 128],
      [6, 2, 20],
      [9, 3, 64],
      [8, 2, 128],
    ] as const) {
      check(`attention, ${heads} heads on ${kvHeads}, headDim ${headDim}`, (backend) => {
        for (const [start, n] of [
          [0, 1],
          [0, 9],
          [5, 1],
          [5, 4],
          [30, 3],
          [63, 2],
        ] as const) {
          attentionCase(backend, { ...whole(headDim), n, start, heads, kvHeads })
        }
      })
    }
    check('attention through a window', (backend) => {
      for (const [window, start, n] of [
        [1, 5, 3],
        [4, 0, 9],
        [7, 30, 4],
        [64, 63, 2],
      ] as const) {
        attentionCase(backend, { ...whole(64), n, start, heads: 4, kvHeads: 2, window })
      }
    })
    for (const [heads, kvHeads, headDim] of [
      [1, 1, 32],
      [3, 1, 64],
      [6, 2, 20],
      [8, 2, 64],
    ] as const) {
      check(
        `attention to what comes behind, too, ${heads} heads on ${kvHeads}, headDim ${headDim}`,
        (backend) => {
          for (const [start, n, window] of [
            [0, 1, 0],
            [0, 2, 0],
            [0, 9, 0],
            [0, 31, 7],
            [5, 4, 2],
            [5, 60, 0],
            [0, 128, 0],
            [0, 128, 50],
            [100, 57, 120],
          ] as const) {
            attentionCase(backend, { ...whole(headDim), n, start, heads, kvHeads, causal: false, window })
          }
        },
      )
    }
    check('attention with a scale of its own and capped scores', (backend) => {
      for (const [start, n, window] of [
        [0, 5, 0],
        [30, 3, 6],
      ] as const) {
        attentionCase(
          backend,
          { ...whole(32), n, start, heads: 2, kvHeads: 1, scale: 0.3, softcap: 20, window },
          3,
        )
      }
    })
    check('attention with scores far apart does not overflow', steepAttentionCase)
    check('what a cache is told comes back as bytes, and from bytes', cacheBytesCase)
    check('a cache keeps the nearest half of each number', cachedNumbersCase)
    for (const activation of ['silu', 'gelu'] as const) {
      check(`glu with ${activation}, also at the ends of f32`, (backend) => gluCase(backend, activation))
    }
    check('scale', scaleCase)
    check('softcap', softcapCase)
    check('what a softmax comes to', softmaxRowsCase)
    check('add', addCase)
    check('floats are zeroed, also after free, and survive other allocations', memoryCase)
    check('a part of floats is the same memory', partCase)
    check('a freed weight is not used again; freeing twice or after dispose is harmless', freeWeightCase)
    check('after dispose every call throws DisposedError', disposeCase)
  })
}

async function createOrSkip(
  create: () => Promise<Backend> | Backend,
  context: TestContext,
): Promise<Backend> {
  try {
    return await create()
  } catch (error) {
    if (error instanceof BackendUnavailableError) context.skip(error.message)
    throw error
  }
}

function memoryCase(backend: Backend): void {
  const first = backend.floats(1001)
  expect(first.length).toBe(1001)
  expect(first.view().every((v) => v === 0)).toBe(true)
  first.view().fill(7)
  // 48 MB more, so that a memory that starts small has to grow.
  const large = backend.floats(12_000_000)
  expect(first.view().every((v) => v === 7)).toBe(true)
  large.view().fill(3)
  large.free()
  for (let i = 0; i < 8; i++) {
    const again = backend.floats(1001 + i)
    expect(again.view().every((v) => v === 0)).toBe(true)
    again.view().fill(5)
  }
  expect(first.view().every((v) => v === 7)).toBe(true)
}

function partCase(backend: Backend): void {
  const whole = put(
    backend,
    Float32Array.from({ length: 24 }, (_, i) => i),
  )
  const part = whole.at(5, 8)
  expect([...part.view()]).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
  backend.add(part, whole.at(16, 8), 8)
  expect([...whole.view().subarray(4, 14)]).toEqual([4, 21, 23, 25, 27, 29, 31, 33, 35, 13])
  expect([...part.at(2, 2).view()]).toEqual([25, 27])
}

function freeWeightCase(backend: Backend): void {
  const x = backend.floats(32)
  for (const type of ['f32', 'f16', 'q8_0', 'q4_0'] as const) {
    const create = () => backend.weight(type, 1, 32)
    const [freed, kept] = [create(), create()]
    freed.free()
    freed.free()
    expect(() => backend.matmul(x, freed, x, 1)).toThrow(DisposedError)
    expect(() => backend.embed(x, freed, [0])).toThrow(DisposedError)
    backend.embed(x, kept, [0])
  }
  const last = backend.weight('f32', 1, 32)
  backend.dispose()
  last.free()
}

function disposeCase(backend: Backend): void {
  const x = backend.floats(32)
  const weight = backend.weight('f32', 1, 32)
  const shape = { ...whole(32), n: 1, start: 0, heads: 1, kvHeads: 1 }
  const cache = backend.layerCache(1, shape)
  backend.dispose()
  for (const call of [
    () => backend.floats(4),
    () => backend.weight('f32', 1, 1),
    () => backend.embed(x, weight, [0]),
    () => backend.rmsNorm(x, x, x, 1, 1e-5),
    () => backend.matmul(x, weight, x, 1),
    () => backend.rope(x, x, 0, 1, { heads: 1, headDim: 32, pairs: 'halves' }),
    () => backend.layerCache(1, shape),
    () => backend.remember(cache, x, x, 0, 1),
    () => backend.attention(x, x, cache, shape),
    () => backend.glu(x, x, 32, 'gelu'),
    () => backend.scale(x, 2, 32),
    () => backend.softcap(x, 2, 32),
    () => backend.add(x, x, 32),
  ]) {
    expect(call).toThrow(DisposedError)
  }
}
