/**
 * Any JSON -> a request of the Responses API. As with chat completions, unknown fields are ignored and what cannot be
 * honoured is refused: tools that run at the provider, files by id, work in the background, conversations kept here.
 */
import * as z from 'zod'
import { functionSpec, jsonObject, label, settings } from '../call/schemas.ts'
import { parseBody } from '../http/parse-body.ts'
import type { ResponsesRequest } from './request.ts'

const part = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.enum(['input_text', 'output_text', 'text']), text: z.string() }),
    z.object({ type: z.literal('refusal'), refusal: z.string() }),
    z.object({
      type: z.literal('input_image'),
      image_url: z.string('must be there: no files are kept here, so a file_id means nothing'),
    }),
    z
      .object({
        type: z.literal('input_file'),
        file_data: z.string().nullish(),
        file_url: z.string().nullish(),
        filename: z.string().nullish(),
      })
      .refine((file) => typeof (file.file_data ?? file.file_url) === 'string', {
        path: ['file_data'],
        error: 'must be there, or file_url: no files are kept here, so a file_id means nothing',
      }),
  ],
  {
    error: "must be a part of the type 'input_text', 'output_text', 'refusal', 'input_image' or 'input_file'",
  },
)
const content = z.string().or(z.array(part))
const text = z.object({ text: z.string() })

const item = z.discriminatedUnion(
  'type',
  [
    z.object({
      type: z.literal('message'),
      role: z.enum(['system', 'developer', 'user', 'assistant']),
      content,
    }),
    z.object({
      type: z.literal('function_call'),
      call_id: z.string().min(1),
      name: z.string().min(1),
      arguments: z.string(),
    }),
    z.object({ type: z.literal('function_call_output'), call_id: z.string(), output: content }),
    z.object({ type: z.literal('reasoning'), summary: z.array(text), content: z.array(text).nullish() }),
    z.object({ type: z.literal('item_reference'), id: z.string() }),
  ],
  { error: "must be an item of the type 'message', 'function_call', 'function_call_output' or 'reasoning'" },
)

/** A message may leave its type out. */
const inputItem = z.preprocess((value) => {
  const bare = typeof value === 'object' && value !== null && 'role' in value && !('type' in value)
  return bare ? { ...value, type: 'message' } : value
}, item)

const toolType = z.literal('function', {
  error: "must be 'function': this server runs no tools of its own",
})
const mode = z.enum(['none', 'auto', 'required'])

const toolChoice = z.union([
  mode,
  z.object({ type: z.literal('function'), name: z.string() }),
  z.object({
    type: z.literal('allowed_tools'),
    mode,
    tools: z.array(z.object({ type: toolType, name: z.string() })).min(1),
  }),
])

const format = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.enum(['text', 'json_object']) }),
    z.object({
      type: z.literal('json_schema'),
      name: z.string(),
      description: z.string().nullish(),
      schema: jsonObject.nullish(),
      strict: z.boolean().nullish(),
    }),
  ],
  { error: 'must have the type text, json_object or json_schema' },
)

const responsesRequest: z.ZodType<ResponsesRequest> = z.object({
  model: z.string(),
  input: z.string().or(z.array(inputItem).min(1)),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  tools: z.array(functionSpec.and(z.object({ type: toolType }))).nullish(),
  tool_choice: toolChoice.nullish(),
  text: z.object({ format: format.nullish() }).nullish(),
  max_output_tokens: settings.count,
  temperature: settings.temperature,
  top_p: settings.topP,
  presence_penalty: settings.penalty,
  frequency_penalty: settings.penalty,
  top_logprobs: settings.topLogprobs,
  include: z.array(z.string()).nullish(),
  reasoning: z
    .object({ effort: settings.effort, summary: z.enum(['auto', 'concise', 'detailed']).nullish() })
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  stream: z.boolean().nullish(),
  store: z.boolean().nullish(),
  metadata: jsonObject.nullish(),
  user: label.nullish(),
  safety_identifier: label.nullish(),
  prompt_cache_key: z.string().nullish(),
})

/** What would have to be kept or done elsewhere is refused, and is not part of the request. */
const refused = z.object({
  background: z
    .literal(false, { error: 'must be false: a call is answered on its own connection' })
    .nullish(),
  conversation: z
    .null({ error: 'must be absent: no conversations are kept here, send the items' })
    .optional(),
  prompt: z.null({ error: 'must be absent: no prompt templates are kept here, send the items' }).optional(),
})

/** @throws GatewayError `invalid_request`, its `param` is where the body breaks the schema */
export function parseRequest(body: unknown): ResponsesRequest {
  const request = parseBody(responsesRequest, body)
  parseBody(refused, body)
  return request
}
