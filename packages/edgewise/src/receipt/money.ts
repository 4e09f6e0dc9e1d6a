/** Tokens to US dollars. A value nobody knows is null, never 0. */
import type { Price } from '../policy/index.ts'

/**
 * Tokens at `price` (US dollars per million), those that the provider had cached at their own. null when the price or a
 * count is unknown; unknown cached tokens count as none.
 */
export function tokenCost(
  price: Pick<Price, 'inputPerMTok' | 'cachedInputPerMTok' | 'outputPerMTok'> | null,
  tokens: {
    readonly inputTokens: number | null
    readonly cachedTokens: number | null
    readonly outputTokens: number | null
  },
): number | null {
  const { inputTokens, cachedTokens, outputTokens } = tokens
  if (price === null || inputTokens === null || outputTokens === null) return null
  const cached = Math.min(cachedTokens ?? 0, inputTokens)
  const input =
    (inputTokens - cached) * price.inputPerMTok + cached * (price.cachedInputPerMTok ?? price.inputPerMTok)
  return (input + outputTokens * price.outputPerMTok) / 1e6
}

/** The sum, or null when one part is unknown. */
export function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}
