/** A token's log-probability as the router gives it, in OpenAI's shape. Pure. */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'

export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  /** UTF-8. */
  readonly bytes: readonly number[]
  /** Always empty: the probability of other tokens is not reported. */
  readonly top_logprobs: readonly []
}

export interface Logprobs {
  readonly content: readonly TokenLogprob[]
  readonly refusal: null
}

type TextDelta = Extract<LanguageModelV4StreamPart, { type: 'text-delta' }>

/** Undefined when the place that answers does not tell (a cloud model seldom does). */
export function toLogprob(part: TextDelta): TokenLogprob | undefined {
  const logprob = part.providerMetadata?.edgewise?.logprob
  if (typeof logprob !== 'number') return undefined
  return { token: part.delta, logprob, bytes: [...new TextEncoder().encode(part.delta)], top_logprobs: [] }
}

/** null when no token told. */
export function toLogprobs(tokens: readonly TokenLogprob[]): Logprobs | null {
  return tokens.length === 0 ? null : { content: tokens, refusal: null }
}
