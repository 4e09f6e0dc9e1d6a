/**
 * The parts of a model's stream -> OpenAI's `chat.completion.chunk`s, one part at a time. What clients insist on
 * (openai 7, ai 7): the role in the first delta; id, type and name in a tool call's first delta and its index in each;
 * a finish_reason; usage in a chunk of its own, without choices, and only when it was asked for.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { type CallFacts, type EdgewiseField, factsOf, toField } from '../call/call-facts.ts'
import type { Finish } from '../call/finish.ts'
import { toLogprob } from '../call/logprobs.ts'
import { writtenArguments } from '../call/tool-calls.ts'
import { type FinishReason, toFinishReason, toUsage, type Usage } from './finish.ts'
import { type Envelope, type Logprobs, toLogprobs } from './to-completion.ts'

export interface ToolCallDelta {
  readonly index: number
  readonly id?: string
  readonly type?: 'function'
  readonly function: { readonly name?: string; readonly arguments: string }
}

export interface Delta {
  readonly role?: 'assistant'
  readonly content?: string | null
  readonly reasoning_content?: string
  readonly tool_calls?: readonly ToolCallDelta[]
}

export interface ChatChunk extends Envelope {
  readonly object: 'chat.completion.chunk'
  readonly choices: readonly {
    readonly index: 0
    readonly delta: Delta
    readonly finish_reason: FinishReason | null
    readonly logprobs: Logprobs | null
  }[]
  readonly usage?: Usage | null
  /** On the chunk with the finish_reason alone. */
  readonly edgewise?: EdgewiseField
}

export interface ChunkOptions {
  readonly includeUsage: boolean
  readonly logprobs: boolean
  /** What is known before the last part, which has the receipt. */
  readonly facts: CallFacts
}

/**
 * A converter for one answer; it remembers the role and the tool calls it has opened.
 * It throws GatewayError `incomplete_answer` for an interrupted one.
 */
export function toChunks(
  envelope: Envelope,
  options: ChunkOptions,
): (part: LanguageModelV4StreamPart) => ChatChunk[] {
  let opened = false
  const calls = new Map<string, { index: number; sent: number; raw: boolean }>()
  const pendingUsage = options.includeUsage ? { usage: null } : {}

  const chunk = (
    delta: Delta,
    finish: FinishReason | null = null,
    logprobs: Logprobs | null = null,
  ): ChatChunk => {
    const first: Delta = opened
      ? delta
      : { role: 'assistant', content: delta.tool_calls || delta.reasoning_content ? null : '', ...delta }
    opened = true
    const choice = { index: 0 as const, delta: first, finish_reason: finish, logprobs }
    return { ...envelope, object: 'chat.completion.chunk', choices: [choice], ...pendingUsage }
  }

  const openCall = (id: string, name: string, args: string, raw: boolean): ChatChunk => {
    const index = calls.size
    calls.set(id, { index, sent: args.length, raw })
    return chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] })
  }

  const moreArguments = (id: string, args: string): ChatChunk[] => {
    const call = calls.get(id)
    if (call === undefined || args === '') return []
    call.sent += args.length
    return [chunk({ tool_calls: [{ index: call.index, function: { arguments: args } }] })]
  }

  const finished = (part: Finish): ChatChunk[] => {
    const start = opened ? [] : [chunk({})]
    const edgewise = toField({ ...options.facts, ...factsOf(part.providerMetadata) })
    const last = { ...chunk({}, toFinishReason(part.finishReason)), edgewise }
    const usage = options.includeUsage ? toUsage(part.usage) : undefined
    if (usage === undefined) return [...start, last]
    return [...start, last, { ...envelope, object: 'chat.completion.chunk', choices: [], usage }]
  }

  return (part) => {
    switch (part.type) {
      case 'text-delta': {
        const token = options.logprobs ? toLogprob(part) : undefined
        if (part.delta === '' && token === undefined) return []
        return [chunk({ content: part.delta }, null, toLogprobs(token ? [token] : []))]
      }
      case 'reasoning-delta':
        return part.delta === '' ? [] : [chunk({ reasoning_content: part.delta })]
      case 'tool-input-start':
        if (part.providerExecuted) return []
        return [openCall(part.id, part.toolName, '', part.inputEncoding === 'text')]
      case 'tool-input-delta':
        // Deltas in text encoding are not JSON; the whole input is, and comes with the tool-call.
        return calls.get(part.id)?.raw ? [] : moreArguments(part.id, part.delta)
      case 'tool-call': {
        if (part.providerExecuted) return []
        const call = calls.get(part.toolCallId)
        const args = writtenArguments(part.input)
        if (call === undefined) return [openCall(part.toolCallId, part.toolName, args, false)]
        return call.sent === 0 ? moreArguments(part.toolCallId, args) : []
      }
      case 'finish':
        return finished(part)
      default:
        return []
    }
  }
}
