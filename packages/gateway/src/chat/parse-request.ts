/**
 * Any JSON -> a chat request. Fields this gateway does not know are ignored, as OpenAI's clients expect of a compatible
 * server (`store`, `metadata`, `service_tier`, `parallel_tool_calls`, ...); values it knows and cannot honour are refused.
 */
import * as z from 'zod'
import { functionSpec, jsonObject, label, settings } from '../call/schemas.ts'
import { invalidRequest } from '../http/gateway-error.ts'
import { parseBody } from '../http/parse-body.ts'
import type { ChatRequest } from './request.ts'

const textPart = z.object({
  type: z.literal('text', { error: "must be 'text': this message takes no other content" }),
  text: z.string(),
})
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() })
const assistantPart = z.discriminatedUnion('type', [textPart, refusalPart], {
  error: "must be a part of the type 'text' or 'refusal': this message takes no other content",
})
const userPart = z.discriminatedUnion(
  'type',
  [
    textPart,
    z.object({ type: z.literal('image_url'), image_url: z.object({ url: z.string() }) }),
    z.object({
      type: z.literal('input_audio'),
      input_audio: z.object({ data: z.string(), format: z.enum(['wav', 'mp3']) }),
    }),
    z.object({
      type: z.literal('file'),
      file: z.object({
        file_data: z.string('must be there: no files are kept here, so a file_id means nothing'),
        filename: z.string().nullish(),
      }),
    }),
  ],
  { error: "must be a part of the type 'text', 'image_url', 'input_audio' or 'file'" },
)
const content = z.string().or(z.array(textPart).min(1))

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
})

const message = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer']), content }),
    z.object({ role: z.literal('user'), content: z.string().or(z.array(userPart).min(1)) }),
    z.object({ role: z.literal('tool'), content, tool_call_id: z.string() }),
    z.object({
      role: z.literal('assistant'),
      content: z.string().or(z.array(assistantPart)).nullish(),
      refusal: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
    }),
  ],
  { error: 'must be a message with the role system, developer, user, assistant or tool' },
)

const tool = z.object({
  type: z.literal('function', { error: "must be 'function'" }),
  function: functionSpec,
})

const toolChoice = z
  .enum(['none', 'auto', 'required'])
  .or(z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }))

const jsonSchema = z.object({
  name: z.string(),
  description: z.string().nullish(),
  schema: jsonObject.nullish(),
})

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.enum(['text', 'json_object']) }),
    z.object({ type: z.literal('json_schema'), json_schema: jsonSchema }),
  ],
  { error: 'must have the type text, json_object or json_schema' },
)

const stop = z.string().min(1)

const chatRequest: z.ZodType<ChatRequest> = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  response_format: responseFormat.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: settings.count,
  max_completion_tokens: settings.count,
  temperature: settings.temperature,
  top_p: settings.topP,
  stop: stop.or(z.array(stop)).nullish(),
  seed: z.int().nullish(),
  presence_penalty: settings.penalty,
  frequency_penalty: settings.penalty,
  logprobs: z.boolean().nullish(),
  top_logprobs: settings.topLogprobs,
  reasoning_effort: settings.effort,
  user: label.nullish(),
  safety_identifier: label.nullish(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  n: z.literal(1, { error: 'must be 1: send the request again for another answer' }).nullish(),
})

const FUNCTIONS = 'must be absent: send tools and tool_choice instead'
const noFunction = z.null({ error: FUNCTIONS }).optional()

/** What answers would have to differ for, and is not part of the request. */
const refused = z.object({
  functions: z.array(z.unknown()).max(0, { error: FUNCTIONS }).nullish(),
  function_call: noFunction,
  messages: z.array(z.object({ function_call: noFunction })),
  modalities: z.array(z.literal('text', { error: "must be 'text': answers are text here" })).nullish(),
})

/** @throws GatewayError `invalid_request`, its `param` is where the body breaks the schema */
export function parseRequest(body: unknown): ChatRequest {
  const request = parseBody(chatRequest, body)
  parseBody(refused, body)
  if ((request.top_logprobs ?? 0) > 0 && request.logprobs !== true)
    throw invalidRequest('top_logprobs: needs logprobs: true beside it', 'top_logprobs')
  return request
}
