/** The part of a chat completion that is read, chunk or whole: the shape is checked, what else is in it is left alone. */
import { z } from 'zod'

type Maybe<T> = T | null | undefined

/** A token and its natural log-probability. */
export interface LogprobEntry {
  readonly logprob?: Maybe<number>
  readonly token?: Maybe<string>
  readonly bytes?: Maybe<readonly number[]>
  readonly top_logprobs?: Maybe<readonly Omit<LogprobEntry, 'top_logprobs'>[]>
}

export interface ToolCallDelta {
  readonly index?: number | undefined
  readonly id?: Maybe<string>
  readonly function?: Maybe<{ readonly name?: Maybe<string>; readonly arguments?: Maybe<string> }>
}

/** What is new, or all of it. */
export interface Said {
  readonly content?: Maybe<string>
  /** Two names for thoughts. */
  readonly reasoning_content?: Maybe<string>
  readonly reasoning?: Maybe<string>
  readonly tool_calls?: Maybe<readonly ToolCallDelta[]>
}

export interface Chunk {
  readonly choices?:
    | readonly {
        readonly delta?: Maybe<Said>
        readonly message?: Maybe<Said>
        readonly finish_reason?: Maybe<string>
        readonly logprobs?: Maybe<{ readonly content?: Maybe<readonly LogprobEntry[]> }>
      }[]
    | undefined
  readonly usage?: Maybe<{
    readonly prompt_tokens?: Maybe<number>
    readonly completion_tokens?: Maybe<number>
    readonly prompt_tokens_details?: Maybe<{ readonly cached_tokens?: Maybe<number> }>
    readonly completion_tokens_details?: Maybe<{ readonly reasoning_tokens?: Maybe<number> }>
  }>
}

/** An error in place of a chunk; servers differ in how they say it. */
export interface Failure {
  readonly error: string | { readonly message?: unknown; readonly type?: unknown; readonly code?: unknown }
}

const text = z.string().nullish()
const count = z.number().int().nonnegative().nullish()

const entry = z.object({
  logprob: z.number().nullish(),
  token: text,
  bytes: z.array(z.number().int().min(0).max(255)).nullish(),
})

const toolCall = z.object({
  index: z.number().int().nonnegative().optional(),
  id: text,
  function: z.object({ name: text, arguments: text }).nullish(),
})

const said = z.object({
  content: text,
  reasoning_content: text,
  reasoning: text,
  tool_calls: z.array(toolCall).nullish(),
})

const logprobs = z.object({
  content: z.array(entry.extend({ top_logprobs: z.array(entry).nullish() })).nullish(),
})

const choice = z.object({
  delta: said.nullish(),
  message: said.nullish(),
  finish_reason: text,
  logprobs: logprobs.nullish(),
})

const chunk: z.ZodType<Chunk> = z.object({
  choices: z.array(choice).optional(),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish(),
      completion_tokens_details: z.object({ reasoning_tokens: count }).nullish(),
    })
    .nullish(),
})

const failure: z.ZodType<Failure> = z.object({
  error: z.union([
    z.string(),
    z.object({ message: z.unknown(), type: z.unknown(), code: z.unknown() }).partial(),
  ]),
})

/** Null when the value has another shape. */
export const readChunk = (value: unknown): Chunk | null => chunk.safeParse(value).data ?? null
export const readFailure = (value: unknown): Failure | null => failure.safeParse(value).data ?? null
