/**
 * The response object of the Responses API and the items in it. Every field that Open Responses asks for is there; what the
 * request did not set has the value OpenAI documents as its default. Pure.
 */
import type { LanguageModelV4FinishReason, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { EdgewiseField } from '../call/call-facts.ts'
import { checkFinished } from '../call/finish.ts'
import type { TokenLogprob } from '../call/logprobs.ts'
import type { ErrorBody } from '../http/to-http-error.ts'
import type { ResponsesRequest } from './request.ts'

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

export interface OutputText {
  readonly type: 'output_text'
  readonly text: string
  readonly annotations: readonly []
  readonly logprobs: readonly TokenLogprob[]
}

export interface SummaryText {
  readonly type: 'summary_text'
  readonly text: string
}

export type OutputItem =
  | {
      readonly type: 'message'
      readonly id: string
      readonly status: ItemStatus
      readonly role: 'assistant'
      readonly content: readonly OutputText[]
    }
  | {
      readonly type: 'function_call'
      readonly id: string
      readonly call_id: string
      readonly name: string
      readonly arguments: string
      readonly status: ItemStatus
    }
  | {
      readonly type: 'reasoning'
      readonly id: string
      readonly status: ItemStatus
      /**
       * What the model thought. It stands in the summary because that is the one place openai 7, ai 7 and Open Responses all
       * read; they differ about the events of a text in `content`.
       */
      readonly summary: readonly SummaryText[]
    }

export type OutputKind = OutputItem['type']

const PREFIX: Readonly<Record<OutputKind, string>> = { message: 'msg', function_call: 'fc', reasoning: 'rs' }

/** Of the item at a place of a response: the same whenever it is named. */
export function itemId(kind: OutputKind, base: string, index: number): string {
  return `${PREFIX[kind]}_${base}_${index}`
}

export function outputText(text: string, logprobs: readonly TokenLogprob[] = []): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs }
}

export type ResponseStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

export interface ResponseUsage {
  readonly input_tokens: number
  readonly input_tokens_details: { readonly cached_tokens: number }
  readonly output_tokens: number
  readonly output_tokens_details: { readonly reasoning_tokens: number }
  readonly total_tokens: number
}

/** What changes while a response is made. */
export interface Progress {
  readonly status: ResponseStatus
  readonly output: readonly OutputItem[]
  readonly completed_at: number | null
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null
  readonly error: { readonly code: string; readonly message: string } | null
  readonly usage: ResponseUsage | null
  readonly edgewise?: EdgewiseField
}

export interface ResponseResource extends Progress {
  readonly id: string
  readonly object: 'response'
  readonly created_at: number
  readonly model: string
  readonly store: boolean
  readonly [field: string]: unknown
}

export const STARTED: Progress = {
  status: 'in_progress',
  output: [],
  completed_at: null,
  incomplete_details: null,
  error: null,
  usage: null,
}

/** The response before its first output: the request's settings, said back. */
export function toResource(
  request: ResponsesRequest,
  { id, createdAt, model }: { id: string; createdAt: number; model: string },
): ResponseResource {
  const { reasoning, text } = request
  return {
    id,
    object: 'response',
    created_at: createdAt,
    ...STARTED,
    model,
    instructions: request.instructions ?? null,
    previous_response_id: request.previous_response_id ?? null,
    tools: (request.tools ?? []).map(({ type, name, description, parameters, strict }) => ({
      type,
      name,
      description: description ?? null,
      parameters: parameters ?? null,
      strict: strict ?? null,
    })),
    tool_choice: request.tool_choice ?? 'auto',
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    max_tool_calls: request.max_tool_calls ?? null,
    text: { format: formatOf(text?.format) },
    temperature: request.temperature ?? 1,
    top_p: request.top_p ?? 1,
    presence_penalty: request.presence_penalty ?? 0,
    frequency_penalty: request.frequency_penalty ?? 0,
    top_logprobs: request.top_logprobs ?? 0,
    max_output_tokens: request.max_output_tokens ?? null,
    reasoning: reasoning ? { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null } : null,
    truncation: 'disabled',
    // What is not asked for is not kept, unlike at OpenAI: a response holds a prompt.
    store: request.store === true,
    background: false,
    service_tier: 'default',
    metadata: request.metadata ?? {},
    user: request.user ?? null,
    safety_identifier: request.safety_identifier ?? null,
    prompt_cache_key: request.prompt_cache_key ?? null,
  }
}

function formatOf(format: NonNullable<ResponsesRequest['text']>['format']): object {
  if (format?.type !== 'json_schema') return { type: format?.type ?? 'text' }
  const { type, name, description, schema, strict } = format
  return { type, name, description: description ?? null, schema: schema ?? null, strict: strict ?? false }
}

/**
 * How a response ended.
 * @param now seconds since 1970
 * @throws GatewayError `incomplete_answer` when the answer broke off
 */
export function finished(
  reason: LanguageModelV4FinishReason,
  usage: LanguageModelV4Usage,
  now: number,
): Omit<Progress, 'output'> {
  checkFinished(reason)
  const cut = CUT[reason.unified]
  return {
    status: cut === undefined ? 'completed' : 'incomplete',
    completed_at: cut === undefined ? now : null,
    incomplete_details: cut === undefined ? null : { reason: cut },
    error: null,
    usage: toUsage(usage),
  }
}

export function failed(output: readonly OutputItem[], { error }: ErrorBody): Progress {
  return { ...STARTED, status: 'failed', output, error: { code: error.code, message: error.message } }
}

const CUT: Readonly<Record<string, 'max_output_tokens' | 'content_filter' | undefined>> = {
  length: 'max_output_tokens',
  'content-filter': 'content_filter',
}

/** null when the model did not count. The details are required and count what was reported. */
function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): ResponseUsage | null {
  if (inputTokens.total === undefined || outputTokens.total === undefined) return null
  return {
    input_tokens: inputTokens.total,
    input_tokens_details: { cached_tokens: inputTokens.cacheRead ?? 0 },
    output_tokens: outputTokens.total,
    output_tokens_details: { reasoning_tokens: outputTokens.reasoning ?? 0 },
    total_tokens: inputTokens.total + outputTokens.total,
  }
}
