import { expect, test } from 'vitest'
import { sumOrNull, tokenCost } from './money.ts'

const tokens = (
  inputTokens: number | null,
  outputTokens: number | null,
  cachedTokens: number | null = null,
) => ({
  inputTokens,
  cachedTokens,
  outputTokens,
})

test('tokens at a price per million', () => {
  const price = { inputPerMTok: 0.05, outputPerMTok: 0.4 }
  expect(tokenCost(price, tokens(1_000_000, 500_000))).toBeCloseTo(0.25, 12)
  expect(tokenCost(price, tokens(0, 0))).toBe(0)
})

test('cached tokens have a price of their own, where there is one', () => {
  const price = { inputPerMTok: 1, cachedInputPerMTok: 0.1, outputPerMTok: 10 }
  expect(tokenCost(price, tokens(1_000_000, 0, 400_000))).toBeCloseTo(0.64, 12)
  expect(tokenCost({ inputPerMTok: 1, outputPerMTok: 10 }, tokens(1_000_000, 0, 400_000))).toBeCloseTo(1, 12)
  // More cached than there were: a provider's mistake does not make a call cheaper than free.
  expect(tokenCost(price, tokens(1_000_000, 0, 2_000_000))).toBeCloseTo(0.1, 12)
})

test('what is unknown stays unknown', () => {
  expect(tokenCost(null, tokens(1, 1))).toBeNull()
  expect(tokenCost({ inputPerMTok: 1, outputPerMTok: 1 }, tokens(null, 1))).toBeNull()
  expect(tokenCost({ inputPerMTok: 1, outputPerMTok: 1 }, tokens(1, null))).toBeNull()
  expect(sumOrNull([1, null, 2])).toBeNull()
  expect(sumOrNull([1, 2])).toBe(3)
  expect(sumOrNull([])).toBe(0)
})
