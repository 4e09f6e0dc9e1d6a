/**
 * What an attempt and a call cost, and what the cloud alone would have cost. A value nobody knows is null, never 0. What
 * was cancelled reports no usage and is billed all the same: it is estimated from what was sent and what had come.
 */
import type { Attempt, Place, PriceUsed, Tokens } from '@edgewise/evidence'
import type { Policy, Price } from '../policy/index.ts'
import { tokenCost } from './money.ts'
import type { RecordedAttempt } from './recorded-attempt.ts'

export type TokenCounts = Pick<Attempt, 'inputTokens' | 'cachedTokens' | 'outputTokens'>

/** What the price of the policy is called on a receipt; null when the policy has none. */
export function priceUsed({ cloud, reference }: Pick<Policy, 'cloud' | 'reference'>): PriceUsed | null {
  const price: Price | undefined = cloud?.price ?? reference
  if (price === undefined) return null
  const model = cloud?.price === undefined ? reference!.model : cloud.model
  return {
    model,
    inputPerMTok: price.inputPerMTok,
    cachedInputPerMTok: price.cachedInputPerMTok ?? price.inputPerMTok,
    outputPerMTok: price.outputPerMTok,
    asOf: price.asOf ?? null,
    source: price.source ?? null,
  }
}

export function tokensOf({ usage }: Pick<RecordedAttempt, 'usage'>): TokenCounts {
  const { inputTokens, outputTokens } = usage ?? {}
  return {
    inputTokens: inputTokens?.total ?? null,
    cachedTokens: inputTokens?.cacheRead ?? null,
    outputTokens: outputTokens?.total ?? null,
  }
}

/** Characters of English a token: what is usual for the tokenizers of large models. */
const CHARS_A_TOKEN = 4

/** Tokens of an attempt that ended before it could report them: what was sent, and an output part a token. */
export function estimate(
  attempt: RecordedAttempt,
  bytesOut: number,
  promptTokens: number | null,
): TokenCounts {
  const inputTokens = promptTokens ?? Math.ceil(bytesOut / CHARS_A_TOKEN)
  return { inputTokens, cachedTokens: null, outputTokens: attempt.outputs }
}

/** The sum of what each side used; null where an attempt did not say. */
export function tokensAt(place: Place, attempts: readonly Attempt[]): Tokens {
  const own = attempts.filter((attempt) => attempt.place === place)
  const sum = (name: 'inputTokens' | 'cachedTokens' | 'outputTokens'): number | null =>
    own.reduce<number | null>(
      (total, { [name]: value }) => (total === null || value === null ? null : total + value),
      0,
    )
  return { input: sum('inputTokens'), cached: sum('cachedTokens'), output: sum('outputTokens') }
}

/**
 * What the same call would have cost in the cloud alone: the tokens of the answer at the policy's price, and those of the
 * prompt that a step took out before it went up.
 */
export function alwaysCloudUsd(
  price: PriceUsed | null,
  { inputTokens, cachedTokens, outputTokens }: TokenCounts,
  place: Place,
  droppedTokens: number,
): number | null {
  // What the device had ready, the cloud need not have: its own cache is not known.
  const cached = place === 'cloud' ? cachedTokens : null
  const input = inputTokens === null ? null : inputTokens + droppedTokens
  return tokenCost(price, { inputTokens: input, cachedTokens: cached, outputTokens })
}
