/**
 * Any JSON -> a chat request. Fields this gateway does not know are ignored, as OpenAI's clients expect of a
 * compatible server; values it knows and cannot honour are refused. Contents are text: an image or a sound is refused
 * rather than dropped in silence.
 */
import * as z from 'zod'
import { invalidRequest } from '../http/gateway-error.ts'
import type { ChatRequest } from './request.ts'

const textPart = z.object({
  type: z.literal('text', { error: "must be 'text': this server takes no other content" }),
  text: z.string(),
})
const refusalPart = z.object({ type: z.literal('refusal'), refusal: z.string() })
const assistantPart = z.discriminatedUnion('type', [textPart, refusalPart], {
  error: "must be a part of the type 'text' or 'refusal': this server takes no other content",
})
const content = z.string().or(z.array(textPart).min(1))

const toolCall = z.object({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.object({ name: z.string().min(1), arguments: z.string() }),
})

const message = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer', 'user']), content }),
    z.object({ role: z.literal('tool'), content, tool_call_id: z.string() }),
    z.object({
      role: z.literal('assistant'),
      content: z.string().or(z.array(assistantPart).min(1)).nullish(),
      refusal: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
    }),
  ],
  { error: 'must be a message with the role system, developer, user, assistant or tool' },
)

const jsonObject = z.record(z.string(), z.unknown())

const tool = z.object({
  type: z.literal('function', { error: "must be 'function'" }),
  function: z.object({
    name: z.string().regex(/^[a-zA-Z0-9_.-]{1,128}$/, 'must be 1 to 128 of a-z, A-Z, 0-9, _, . and -'),
    description: z.string().nullish(),
    parameters: jsonObject.nullish(),
    strict: z.boolean().nullish(),
  }),
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
const count = z.int().min(1)
const penalty = z.number().min(-2).max(2)

const chatRequest: z.ZodType<ChatRequest> = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  response_format: responseFormat.nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  max_tokens: count.nullish(),
  max_completion_tokens: count.nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  stop: stop.or(z.array(stop)).nullish(),
  seed: z.int().nullish(),
  presence_penalty: penalty.nullish(),
  frequency_penalty: penalty.nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z
    .literal(0, {
      error: 'must be 0 or absent: one log-probability a token is known, that of the token itself',
    })
    .nullish(),
  n: z.literal(1, { error: 'must be 1: send the request again for another answer' }).nullish(),
})

/** @throws GatewayError `invalid_request`, its `param` is where the body breaks the schema */
export function parseRequest(body: unknown): ChatRequest {
  const parsed = chatRequest.safeParse(body)
  if (parsed.success) return parsed.data
  const { path, message } = deepest(parsed.error.issues)
  const param = toParam(path)
  throw invalidRequest(param === '' ? `the body: ${message}` : `${param}: ${message}`, param || null)
}

interface Fault {
  readonly path: readonly PropertyKey[]
  readonly message: string
}

/** The first issue; inside a union, that of the branch which got furthest: it is the one the caller meant. */
function deepest(issues: readonly z.core.$ZodIssue[], base: readonly PropertyKey[] = []): Fault {
  const issue = issues[0]!
  const path = [...base, ...issue.path]
  const branches = issue.code === 'invalid_union' ? issue.errors : []
  const faults = branches.filter((branch) => branch.length > 0).map((branch) => deepest(branch, path))
  return faults.reduce<Fault>((best, fault) => (fault.path.length > best.path.length ? fault : best), {
    path,
    message: issue.message,
  })
}

/** `['messages', 0, 'role']` -> `messages[0].role`, as OpenAI writes it. */
function toParam(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return steps.join('').replace(/^\./, '')
}
