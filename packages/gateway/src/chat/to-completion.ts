/** The result of a model -> OpenAI's `chat.completion`. Pure. */
import type { LanguageModelV4Content } from '@ai-sdk/provider'
import type { EdgewiseField } from '../call/call-facts.ts'
import type { Answer } from '../call/finish.ts'
import type { TokenLogprob } from '../call/logprobs.ts'
import { writtenArguments } from '../call/tool-calls.ts'
import { type FinishReason, toFinishReason, toUsage, type Usage } from './finish.ts'

/** What is the same in every object of one answer. `created` is in seconds since 1970. */
export interface Envelope {
  readonly id: string
  readonly created: number
  readonly model: string
}

export interface Logprobs {
  readonly content: readonly TokenLogprob[]
  readonly refusal: null
}

/** null when no token told. */
export function toLogprobs(tokens: readonly TokenLogprob[]): Logprobs | null {
  return tokens.length === 0 ? null : { content: tokens, refusal: null }
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
      /** What the model thought, in the field that DeepSeek's API and the AI SDK know. */
      readonly reasoning_content?: string
      readonly tool_calls?: readonly ToolCall[]
    }
    readonly finish_reason: FinishReason
    readonly logprobs: Logprobs | null
  }[]
  readonly usage?: Usage
  readonly edgewise: EdgewiseField
}

/** @throws GatewayError `incomplete_answer` */
export function toCompletion(
  answer: Answer,
  envelope: Envelope,
  logprobs: Logprobs | null,
  edgewise: EdgewiseField,
): ChatCompletion {
  const texts = textsOf(answer.content, 'text')
  const thoughts = textsOf(answer.content, 'reasoning').join('')
  const toolCalls = answer.content.flatMap(toToolCall)
  const content = texts.length === 0 && toolCalls.length > 0 ? null : texts.join('')
  const message = {
    role: 'assistant' as const,
    content,
    refusal: null,
    ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
  }
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

function textsOf(content: readonly LanguageModelV4Content[], type: 'text' | 'reasoning'): string[] {
  return content.flatMap((part) => (part.type === type ? [part.text] : []))
}

/** A call the provider has run itself is not the caller's to run. */
function toToolCall(part: LanguageModelV4Content): ToolCall[] {
  if (part.type !== 'tool-call' || part.providerExecuted) return []
  return [
    {
      id: part.toolCallId,
      type: 'function',
      function: { name: part.toolName, arguments: writtenArguments(part.input) },
    },
  ]
}
