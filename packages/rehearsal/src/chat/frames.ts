/** An answer in OpenAI's formats: the chunks of a stream, and the whole completion. */
import type { Answer } from './answer.ts'
import type { ChatRequest } from './request.ts'

export interface Envelope {
  readonly id: string
  /** Seconds since 1970. */
  readonly created: number
  readonly model: string
}

export const sse = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

export const DONE = 'data: [DONE]\n\n'

/** A chunk of a stream. */
export function chunk(
  envelope: Envelope,
  delta: object,
  finishReason: string | null = null,
  logprobs: object | null = null,
): object {
  return {
    ...envelope,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: finishReason, logprobs }],
  }
}

/** The chunks after the text: tool calls in pieces, the reason of the end, usage when it was asked for. */
export function* closingChunks(
  envelope: Envelope,
  answer: Answer,
  includeUsage: boolean,
): Generator<object, void, undefined> {
  for (const [index, { id, name, arguments: text }] of answer.toolCalls.entries()) {
    yield chunk(envelope, {
      tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }],
    })
    for (const piece of text.match(/.{1,12}/gsu) ?? [])
      yield chunk(envelope, { tool_calls: [{ index, function: { arguments: piece } }] })
  }
  yield chunk(envelope, {}, answer.finishReason)
  if (includeUsage && answer.usage !== null)
    yield { ...envelope, object: 'chat.completion.chunk', choices: [], usage: usage(answer.usage) }
}

/** The answer in one body. */
export function completion(envelope: Envelope, answer: Answer, request: ChatRequest): object {
  const { pieces, toolCalls, finishReason } = answer
  const text = pieces.join('')
  return {
    ...envelope,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: finishReason,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          refusal: null,
          ...(toolCalls.length === 0
            ? {}
            : {
                tool_calls: toolCalls.map(({ id, name, arguments: args }) => ({
                  id,
                  type: 'function',
                  function: { name, arguments: args },
                })),
              }),
        },
        logprobs: request.logprobs
          ? { content: pieces.map((_, index) => tokenLogprob(answer, index, request)), refusal: null }
          : null,
      },
    ],
    ...(answer.usage === null ? {} : { usage: usage(answer.usage) }),
  }
}

/** The piece at `index` with its log-probability, and as many made-up alternatives as were asked for. */
export function tokenLogprob(answer: Answer, index: number, request: ChatRequest): object {
  const token = answer.pieces[index]!
  const logprob = answer.logprobs[index]!
  const entry = (text: string, value: number): object => ({
    token: text,
    logprob: value,
    bytes: [...Buffer.from(text)],
  })
  const alternatives = Array.from({ length: request.topLogprobs }, (_, rank) =>
    rank === 0 ? entry(token, logprob) : entry(`${token}~${rank}`, logprob - 2 * rank),
  )
  return { ...entry(token, logprob), top_logprobs: alternatives }
}

function usage({ input, cached, output }: NonNullable<Answer['usage']>): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  }
}
