/** Tokens to US dollars. A value nobody knows is null, never 0. */
import type { Price } from './policy.ts'

/** `inputTokens` and `outputTokens` at `price` (US dollars per million). null when any of them is unknown. */
export function tokenCost(
  price: Price | null,
  inputTokens: number | null,
  outputTokens: number | null,
): number | null {
  if (price === null || inputTokens === null || outputTokens === null) return null
  return (inputTokens * price.inputPerMTok + outputTokens * price.outputPerMTok) / 1e6
}

/** The sum, or null when one part is unknown. */
export function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}
