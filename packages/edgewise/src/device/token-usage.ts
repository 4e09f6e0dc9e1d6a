/** The tokens of a device's call in the AI SDK's words: `cacheRead` are those that needed no running. */
import type { LanguageModelV4Usage } from '@ai-sdk/provider'

export interface TokenCounts {
  readonly promptTokens: number
  /** Prompt tokens that earlier calls had run. */
  readonly cachedTokens: number
  readonly completionTokens: number
}

export function tokenUsage({
  promptTokens,
  cachedTokens,
  completionTokens,
}: TokenCounts): LanguageModelV4Usage {
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedTokens,
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: completionTokens, reasoning: undefined },
  }
}
