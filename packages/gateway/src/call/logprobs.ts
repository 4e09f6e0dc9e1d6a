/** A token's log-probability as the router gives it, in OpenAI's shape. Pure. */
import type { JSONValue, LanguageModelV4StreamPart } from '@ai-sdk/provider'

export interface TopLogprob {
  readonly token: string
  readonly logprob: number
  /** UTF-8. */
  readonly bytes: readonly number[]
}

export interface TokenLogprob extends TopLogprob {
  /** The most probable tokens at this place, as many as were asked for; empty where the model tells of none. */
  readonly top_logprobs: readonly TopLogprob[]
}

type TextDelta = Extract<LanguageModelV4StreamPart, { type: 'text-delta' }>

/** Undefined when the place that answers does not tell (a cloud model seldom does). */
export function toLogprob(part: TextDelta): TokenLogprob | undefined {
  const edgewise = part.providerMetadata?.edgewise
  if (typeof edgewise?.logprob !== 'number') return undefined
  return { ...entry(part.delta, edgewise.logprob), top_logprobs: toTop(edgewise.topLogprobs) }
}

function toTop(value: JSONValue | undefined): TopLogprob[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((top: unknown) => {
    const { token, logprob, bytes } = (top ?? {}) as { token?: unknown; logprob?: unknown; bytes?: unknown }
    if (typeof token !== 'string' || typeof logprob !== 'number') return []
    // A token may be half a character: its text does not tell its bytes.
    return [Array.isArray(bytes) ? { token, logprob, bytes: bytes as number[] } : entry(token, logprob)]
  })
}

function entry(token: string, logprob: number): TopLogprob {
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] }
}
