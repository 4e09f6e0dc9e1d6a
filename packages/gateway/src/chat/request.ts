/** The body of POST /v1/chat/completions: what of OpenAI's request this gateway takes. null and absent mean the same. */

export type Nullish<T> = T | null | undefined

export interface TextPart {
  readonly type: 'text'
  readonly text: string
}

export interface RefusalPart {
  readonly type: 'refusal'
  readonly refusal: string
}

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
  readonly tool_calls?: Nullish<readonly RequestToolCall[]>
}

export type ChatMessage =
  | { readonly role: 'system' | 'developer' | 'user'; readonly content: TextContent }
  | { readonly role: 'tool'; readonly content: TextContent; readonly tool_call_id: string }
  | AssistantMessage

export type JsonObject = Readonly<Record<string, unknown>>

export interface RequestTool {
  readonly type: 'function'
  readonly function: {
    readonly name: string
    readonly description?: Nullish<string>
    /** A JSON schema. */
    readonly parameters?: Nullish<JsonObject>
    readonly strict?: Nullish<boolean>
  }
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
  readonly top_logprobs?: Nullish<0>
  readonly n?: Nullish<1>
}
