/**
 * What an attempt and a call cost, and what the cloud alone would have cost. A value nobody knows is null, never 0. What
 * was stopped reports no usage and is billed all the same: it is estimated from what was sent and what had come.
 */
import type { Attempt, Place, PriceUsed, Tokens } from '@edgewise/evidence'
import type { Policy, Price } from '../policy/index.ts'
import { sumOrNull, tokenCost } from './money.ts'
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

/** Tokens of so many bytes, about. */
export const tokensIn = (bytes: number): number => Math.ceil(bytes / CHARS_A_TOKEN)

/** The counts, with an input of `sentTokens` and an output part a token where the attempt did not report them. */
export function estimate(
  { inputTokens, cachedTokens, outputTokens }: TokenCounts,
  { outputs }: Pick<RecordedAttempt, 'outputs'>,
  sentTokens: number | null,
): TokenCounts {
  return {
    inputTokens: inputTokens ?? sentTokens,
    cachedTokens,
    outputTokens: outputTokens ?? outputs,
  }
}

/** The sum of what each side used; null where an attempt did not say. */
export function tokensAt(place: Place, attempts: readonly Attempt[]): Tokens {
  const own = attempts.filter((attempt) => attempt.place === place)
  return {
    input: sumOrNull(own.map(({ inputTokens }) => inputTokens)),
    cached: sumOrNull(own.map(({ cachedTokens }) => cachedTokens)),
    output: sumOrNull(own.map(({ outputTokens }) => outputTokens)),
  }
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
