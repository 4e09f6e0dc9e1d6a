/** Greedy texts as llama.cpp has them: the other types, real widths, and the reference backend. */
import { describe, expect, test } from 'vitest'
import { fastCases, type GoldenCase, slowCases } from './cases.ts'
import { goldenOf, runGolden, tolerance } from './checks.ts'

const check = (backend: 'wasm' | 'reference') => async (wanted: GoldenCase) => {
  const golden = goldenOf(wanted)
  const { sha256, ids, difference } = await runGolden(golden, backend)
  expect(sha256).toBe(golden.sha256)
  expect(ids).toEqual(golden.ids)
  expect(difference).toBeLessThan(tolerance(golden))
}

describe('wasm', () => {
  test.each(slowCases)('$family, $type, $layers layers, prompt of $prompt', check('wasm'))
})

describe('reference', () => {
  const all = [...fastCases, ...slowCases].filter(({ narrow }) => narrow)
  test.each(all)('$family, $type, $layers layers, prompt of $prompt', check('reference'))
})
