/**
 * The body of POST /v1/responses: what of OpenAI's request, and of the Open Responses specification, this gateway takes. null
 * and absent mean the same.
 */
import type { JsonObject, Nullish } from '../call/json.ts'
import type { AnswerFormat, ReasoningEffort } from '../call/to-call-options.ts'
import type { FunctionSpec } from '../call/to-tools.ts'

export type InputPart =
  | { readonly type: 'input_text' | 'output_text' | 'text'; readonly text: string }
  | { readonly type: 'refusal'; readonly refusal: string }
  | { readonly type: 'input_image'; readonly image_url: string }
  | {
      readonly type: 'input_file'
      /** A data URL, or an address. One of them is there. */
      readonly file_data?: Nullish<string>
      readonly file_url?: Nullish<string>
      readonly filename?: Nullish<string>
    }

export interface MessageItem {
  readonly type: 'message'
  readonly role: 'system' | 'developer' | 'user' | 'assistant'
  readonly content: string | readonly InputPart[]
}

export interface FunctionCallItem {
  readonly type: 'function_call'
  readonly call_id: string
  readonly name: string
  readonly arguments: string
}

export interface FunctionCallOutputItem {
  readonly type: 'function_call_output'
  readonly call_id: string
  readonly output: string | readonly InputPart[]
}

export interface ReasoningItem {
  readonly type: 'reasoning'
  readonly summary: readonly { readonly text: string }[]
  readonly content?: Nullish<readonly { readonly text: string }[]>
}

/** An item of an answer that was stored. */
export interface ItemReference {
  readonly type: 'item_reference'
  readonly id: string
}

export type ConversationItem = MessageItem | FunctionCallItem | FunctionCallOutputItem | ReasoningItem

export type InputItem = ConversationItem | ItemReference

export interface ResponseTool extends FunctionSpec {
  readonly type: 'function'
}

export type ResponseToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly name: string }
  | {
      readonly type: 'allowed_tools'
      readonly mode: 'none' | 'auto' | 'required'
      readonly tools: readonly { readonly type: 'function'; readonly name: string }[]
    }

export interface ResponsesRequest {
  readonly model: string
  readonly input: string | readonly InputItem[]
  readonly instructions?: Nullish<string>
  readonly previous_response_id?: Nullish<string>
  readonly tools?: Nullish<readonly ResponseTool[]>
  readonly tool_choice?: Nullish<ResponseToolChoice>
  readonly text?: Nullish<{
    readonly format?: Nullish<AnswerFormat & { readonly strict?: Nullish<boolean> }>
  }>
  readonly max_output_tokens?: Nullish<number>
  readonly temperature?: Nullish<number>
  readonly top_p?: Nullish<number>
  readonly presence_penalty?: Nullish<number>
  readonly frequency_penalty?: Nullish<number>
  readonly top_logprobs?: Nullish<number>
  readonly include?: Nullish<readonly string[]>
  readonly reasoning?: Nullish<{
    readonly effort?: Nullish<ReasoningEffort>
    readonly summary?: Nullish<'auto' | 'concise' | 'detailed'>
  }>
  readonly parallel_tool_calls?: Nullish<boolean>
  readonly max_tool_calls?: Nullish<number>
  readonly stream?: Nullish<boolean>
  readonly store?: Nullish<boolean>
  readonly metadata?: Nullish<JsonObject>
  readonly user?: Nullish<string>
  readonly safety_identifier?: Nullish<string>
  readonly prompt_cache_key?: Nullish<string>
}
