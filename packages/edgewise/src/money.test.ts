import { expect, test } from 'vitest'
import { sumOrNull, tokenCost } from './money.ts'

test('tokens at a price per million', () => {
  expect(tokenCost({ inputPerMTok: 0.05, outputPerMTok: 0.4 }, 1_000_000, 500_000)).toBeCloseTo(0.25, 12)
  expect(tokenCost({ inputPerMTok: 0.05, outputPerMTok: 0.4 }, 0, 0)).toBe(0)
})

test('what is unknown stays unknown', () => {
  expect(tokenCost(null, 1, 1)).toBeNull()
  expect(tokenCost({ inputPerMTok: 1, outputPerMTok: 1 }, null, 1)).toBeNull()
  expect(tokenCost({ inputPerMTok: 1, outputPerMTok: 1 }, 1, null)).toBeNull()
  expect(sumOrNull([1, null, 2])).toBeNull()
  expect(sumOrNull([1, 2])).toBe(3)
  expect(sumOrNull([])).toBe(0)
})
