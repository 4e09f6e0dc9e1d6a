/**
 * What the conformance cases share: random numbers, putting values into a backend, and the comparison with a bound.
 */
import { expect } from 'vitest'
import type { Backend, Floats } from './backend.ts'

/** Half a unit in the last place of 1 in f32: the relative error of one operation. */
export const ULP = 2 ** -24

/** Below this f32 results may be flushed to zero. */
export const TINY = 2 ** -126

export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

export function put(backend: Backend, values: Float32Array): Floats {
  const floats = backend.floats(values.length)
  floats.view().set(values)
  return floats
}

export function near(actual: number, expected: number, bound: number, what: string): void {
  if (Math.abs(actual - expected) <= bound + TINY) return
  expect.fail(
    `${what}: ${actual} instead of ${expected}, off by ${Math.abs(actual - expected)}, allowed ${bound}`,
  )
}
