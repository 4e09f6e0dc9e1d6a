/** Greedy texts as llama.cpp has them, on narrow models of every family. */
import { expect, test } from 'vitest'
import { fastCases } from './cases.ts'
import { goldenOf, runGolden, tolerance } from './checks.ts'

test.each(fastCases)('$family, $type: the text llama.cpp says', async (wanted) => {
  const golden = goldenOf(wanted)
  const { sha256, ids, difference } = await runGolden(golden, 'wasm')
  expect(sha256).toBe(golden.sha256)
  expect(ids).toEqual(golden.ids)
  expect(difference).toBeLessThan(tolerance(golden))
})
