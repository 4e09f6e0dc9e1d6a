/** The part of a chat completion that is read, chunk or whole: the shape is checked, what else is in it is left alone. */
import { z } from 'zod'

const count = z.number().int().nonnegative().nullish()
const entry = z.object({
  logprob: z.number().nullish(),
  token: z.string().nullish(),
  bytes: z.array(z.number().int().min(0).max(255)).nullish(),
})

const logprobEntry = entry.extend({ top_logprobs: z.array(entry).nullish() })

const toolCallDelta = z.object({
  index: z.number().int().nonnegative().optional(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
})

const said = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
  tool_calls: z.array(toolCallDelta).nullish(),
})

const chunk = z.object({
  choices: z
    .array(
      z.object({
        delta: said.nullish(),
        message: said.nullish(),
        finish_reason: z.string().nullish(),
        logprobs: z.object({ content: z.array(logprobEntry).nullish() }).nullish(),
      }),
    )
    .optional(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
    })
    .nullish(),
})

/** An error in place of a chunk; servers differ in how they say it. */
const failure = z.object({
  error: z.union([
    z.string(),
    z.object({ message: z.unknown(), type: z.unknown(), code: z.unknown() }).partial(),
  ]),
})

export type Chunk = z.infer<typeof chunk>
export type LogprobEntry = z.infer<typeof logprobEntry>
export type ToolCallDelta = z.infer<typeof toolCallDelta>
export type Failure = z.infer<typeof failure>

/** Null when the value has another shape. */
export const readChunk = (value: unknown): Chunk | null => chunk.safeParse(value).data ?? null
export const readFailure = (value: unknown): Failure | null => failure.safeParse(value).data ?? null
