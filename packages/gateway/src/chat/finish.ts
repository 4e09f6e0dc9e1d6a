/** How an answer ended and what it used, in the words of chat completions. Pure. */
import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import { checkFinished } from '../call/finish.ts'

export type FinishReason = 'stop' | 'length' | 'content_filter' | 'tool_calls'

/** @throws GatewayError `incomplete_answer` */
export function toFinishReason(reason: LanguageModelV4FinishReason): FinishReason {
  checkFinished(reason)
  switch (reason.unified) {
    case 'length':
      return 'length'
    case 'content-filter':
      return 'content_filter'
    case 'tool-calls':
      return 'tool_calls'
    default:
      return 'stop'
  }
}

export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly prompt_tokens_details?: { readonly cached_tokens: number }
  readonly completion_tokens_details?: { readonly reasoning_tokens: number }
}

/** Undefined when the model did not count: clients accept an absent usage, and a 0 would be a lie. */
export function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | undefined {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return undefined
  const { cacheRead } = inputTokens
  const { reasoning } = outputTokens
  return {
    prompt_tokens: inputTokens.total,
    completion_tokens: outputTokens.total,
    total_tokens: inputTokens.total + outputTokens.total,
    ...(cacheRead === undefined ? {} : { prompt_tokens_details: { cached_tokens: cacheRead } }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  }
}
