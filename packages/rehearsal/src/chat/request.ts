/**
 * The body of POST /v1/chat/completions, read as leniently as a cloud reads it: what changes the answer of a rehearsal
 * is looked at, everything else is let through.
 */
import { createHash } from 'node:crypto'
import * as z from 'zod'

export interface ChatRequest {
  readonly model: string
  readonly messages: readonly { readonly role: string; readonly content?: unknown }[]
  readonly stream: boolean
  readonly includeUsage: boolean
  /** null: the caller set no limit. */
  readonly maxTokens: number | null
  readonly logprobs: boolean
  readonly topLogprobs: number
  /** The schema of the JSON asked for, `{}` for any object; null when text is asked for. */
  readonly jsonSchema: object | null
  readonly tools: readonly { readonly name: string; readonly parameters: object }[]
  /** The tool that must be called; null when the choice is free. */
  readonly requiredTool: string | null
  /** As it was sent. */
  readonly body: Readonly<Record<string, unknown>>
}

const limit = z.int().min(1).nullish()

const schema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown().optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: limit,
  max_completion_tokens: limit,
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z
    .looseObject({
      type: z.string(),
      json_schema: z.looseObject({ schema: z.looseObject({}).nullish() }).nullish(),
    })
    .nullish(),
  tools: z
    .array(
      z.looseObject({
        function: z.looseObject({ name: z.string(), parameters: z.looseObject({}).nullish() }),
      }),
    )
    .nullish(),
  tool_choice: z
    .string()
    .or(z.looseObject({ function: z.looseObject({ name: z.string() }) }))
    .nullish(),
})

/** The request, or what is wrong with it, a sentence that quotes no text of it. */
export function readChatRequest(body: unknown): ChatRequest | string {
  const parsed = schema.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `${z.core.toDotPath(issue!.path) || 'the body'}: ${issue!.message}`
  }
  const { data } = parsed
  const tools = (data.tools ?? []).map(({ function: { name, parameters } }) => ({
    name,
    parameters: parameters ?? {},
  }))
  const choice = data.tool_choice
  const required =
    typeof choice === 'string' ? (choice === 'required' ? tools[0]?.name : null) : choice?.function.name
  const format = data.response_format
  return {
    model: data.model,
    messages: data.messages,
    stream: data.stream === true,
    includeUsage: data.stream_options?.include_usage === true,
    maxTokens: data.max_completion_tokens ?? data.max_tokens ?? null,
    logprobs: data.logprobs === true,
    topLogprobs: data.top_logprobs ?? 0,
    jsonSchema:
      format?.type === 'json_schema'
        ? (format.json_schema?.schema ?? {})
        : format?.type === 'json_object'
          ? {}
          : null,
    tools,
    requiredTool: required ?? null,
    body: data,
  }
}

/** The text of a message, its parts joined; empty where it has none. */
export function textOf(message: { readonly content?: unknown }): string {
  const { content } = message
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) => (isText(part) ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n')
}

/** The text of the last user message; empty when there is none. */
export function lastUserText(request: ChatRequest): string {
  const message = request.messages.findLast(({ role }) => role === 'user')
  return message === undefined ? '' : textOf(message)
}

/** What does not change what is asked: whose call it is, and how the answer comes. The model differs in a rehearsal. */
const NOT_ASKED = new Set(['model', 'stream', 'stream_options', 'user', 'metadata', 'store', 'service_tier'])

/** SHA-256 of what a call asks, 64 hex digits: the same for a stream and for a whole answer, in any order of keys. */
export function requestDigest(body: Readonly<Record<string, unknown>>): string {
  const asked = Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_ASKED.has(key)))
  return createHash('sha256')
    .update(JSON.stringify(sorted(asked)))
    .digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  )
}

function isText(part: unknown): part is { readonly text: string } {
  return typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string'
}
