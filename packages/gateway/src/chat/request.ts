/** The body of POST /v1/chat/completions: what of OpenAI's request this gateway takes. null and absent mean the same. */
import type { JsonObject, Nullish } from '../call/json.ts'
import type { ReasoningEffort } from '../call/to-call-options.ts'
import type { FunctionSpec } from '../call/to-tools.ts'

export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

export interface RefusalPart {
  readonly type: 'refusal'
  readonly refusal: string
}

/** `url` is a data URL or an http(s) address. */
export interface ImagePart {
  readonly type: 'image_url'
  readonly image_url: { readonly url: string }
}

export interface AudioPart {
  readonly type: 'input_audio'
  readonly input_audio: { readonly data: string; readonly format: 'wav' | 'mp3' }
}

/** `file_data` is a data URL. */
export interface FilePart {
  readonly type: 'file'
  readonly file: { readonly file_data: string; readonly filename?: Nullish<string> }
}

export type UserPart = TextPart | ImagePart | AudioPart | FilePart

export type TextContent = string | readonly TextPart[]

export interface RequestToolCall {
  readonly id: string
  readonly type: 'function'
  /** `arguments` is JSON as a model wrote it: it may be broken. */
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface AssistantMessage {
  readonly role: 'assistant'
  readonly content?: Nullish<string | readonly (TextPart | RefusalPart)[]>
  readonly refusal?: Nullish<string>
  /** What the model thought before; clients of DeepSeek's dialect send it back. */
  readonly reasoning_content?: Nullish<string>
  readonly tool_calls?: Nullish<readonly RequestToolCall[]>
}

export type ChatMessage =
  | { readonly role: 'system' | 'developer'; readonly content: TextContent }
  | { readonly role: 'user'; readonly content: string | readonly UserPart[] }
  | { readonly role: 'tool'; readonly content: TextContent; readonly tool_call_id: string }
  | AssistantMessage

export interface RequestTool {
  readonly type: 'function'
  readonly function: FunctionSpec
}

export type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly function: { readonly name: string } }

export type ResponseFormat =
  | { readonly type: 'text' | 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly json_schema: {
        readonly name: string
        readonly description?: Nullish<string>
        readonly schema?: Nullish<JsonObject>
      }
    }

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly ChatMessage[]
  readonly tools?: Nullish<readonly RequestTool[]>
  readonly tool_choice?: Nullish<ToolChoice>
  readonly response_format?: Nullish<ResponseFormat>
  readonly stream?: Nullish<boolean>
  readonly stream_options?: Nullish<{ readonly include_usage?: Nullish<boolean> }>
  readonly max_tokens?: Nullish<number>
  /** Goes before `max_tokens`, its old name. */
  readonly max_completion_tokens?: Nullish<number>
  readonly temperature?: Nullish<number>
  readonly top_p?: Nullish<number>
  readonly stop?: Nullish<string | readonly string[]>
  readonly seed?: Nullish<number>
  readonly presence_penalty?: Nullish<number>
  readonly frequency_penalty?: Nullish<number>
  readonly logprobs?: Nullish<boolean>
  readonly top_logprobs?: Nullish<number>
  readonly reasoning_effort?: Nullish<ReasoningEffort>
  /** By token, of OpenAI's tokenizers: no other can honour it. */
  readonly logit_bias?: Nullish<Readonly<Record<string, number>>>
  readonly user?: Nullish<string>
  /** The new name of `user`, and goes before it. */
  readonly safety_identifier?: Nullish<string>
  readonly n?: Nullish<1>
}
