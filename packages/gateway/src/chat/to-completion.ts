/** The result of a model -> OpenAI's `chat.completion`. Pure. */
import type { LanguageModelV4Content, LanguageModelV4GenerateResult } from '@ai-sdk/provider'
import { type FinishReason, toFinishReason, toUsage, type Usage } from './finish.ts'
import type { Logprobs } from './logprobs.ts'

/** What is the same in every object of one answer. `created` is in seconds since 1970. */
export interface Envelope {
  readonly id: string
  readonly created: number
  readonly model: string
}

/** An extra field of this gateway: the receipt of the call, and what the task's own code made of the answer. */
export interface EdgewiseField {
  readonly receipt?: string
  readonly data?: unknown
}

export interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface ChatCompletion extends Envelope {
  readonly object: 'chat.completion'
  readonly choices: readonly {
    readonly index: 0
    readonly message: {
      readonly role: 'assistant'
      readonly content: string | null
      readonly refusal: null
      readonly tool_calls?: readonly ToolCall[]
    }
    readonly finish_reason: FinishReason
    readonly logprobs: Logprobs | null
  }[]
  readonly usage?: Usage
  readonly edgewise: EdgewiseField
}

export type Answer = Pick<LanguageModelV4GenerateResult, 'content' | 'finishReason' | 'usage'>

/** @throws GatewayError `incomplete_answer` */
export function toCompletion(
  answer: Answer,
  envelope: Envelope,
  logprobs: Logprobs | null,
  edgewise: EdgewiseField,
): ChatCompletion {
  const texts = answer.content.filter((part) => part.type === 'text').map((part) => part.text)
  const toolCalls = answer.content.flatMap(toToolCall)
  const content = texts.length === 0 && toolCalls.length > 0 ? null : texts.join('')
  const message = { role: 'assistant' as const, content, refusal: null }
  const usage = toUsage(answer.usage)
  return {
    ...envelope,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: toolCalls.length === 0 ? message : { ...message, tool_calls: toolCalls },
        finish_reason: toFinishReason(answer.finishReason),
        logprobs,
      },
    ],
    ...(usage ? { usage } : {}),
    edgewise,
  }
}

/** A call the provider has run itself is not the caller's to run. */
function toToolCall(part: LanguageModelV4Content): ToolCall[] {
  if (part.type !== 'tool-call' || part.providerExecuted) return []
  return [{ id: part.toolCallId, type: 'function', function: { name: part.toolName, arguments: part.input } }]
}
