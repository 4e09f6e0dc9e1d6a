/**
 * A streamed answer of an OpenAI-compatible API -> parts, one chunk at a time. It is read here and not by the AI SDK's client,
 * whose four transform streams and schema a chunk take longer than everything else the gateway does for one.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { PartSource } from '../call/part-source.ts'
import { AnswerTooLargeError, IncompleteAnswerError, MalformedAnswerError, ReportedError } from '../errors.ts'
import { readChunk, readFailure } from '../wire/chunk-shape.ts'
import { chunkReader } from '../wire/chunks.ts'
import { EventParser, LineTooLongError } from '../wire/event-parser.ts'

/** The longest line, UTF-16 units: a tool call that comes in one piece. */
const MOST_LINE = 8 * 1024 * 1024

export function streamedAnswer(body: ReadableStream<Uint8Array>): PartSource {
  const reader = body.getReader()
  const parser = new EventParser(MOST_LINE)
  const chunks = chunkReader()
  const ready: LanguageModelV4StreamPart[] = []
  let at = 0
  let hasReason = false
  let isOver = false

  const take = (data: string): void => {
    if (isOver) return
    if (data === '[DONE]') {
      isOver = true
      ready.push(...chunks.end())
      return
    }
    const value = parsed(data)
    const failure = readFailure(value)
    if (failure !== null) throw reported(failure.error)
    const chunk = readChunk(value)
    if (chunk === null || (chunk.choices === undefined && chunk.usage === undefined)) {
      throw new MalformedAnswerError('an event that is no chunk of a chat completion')
    }
    hasReason ||= chunk.choices?.[0]?.finish_reason != null
    ready.push(...chunks.push(chunk))
  }

  const pushed = (bytes: Uint8Array): string[] => {
    try {
      return parser.push(bytes)
    } catch (error) {
      throw error instanceof LineTooLongError ? new AnswerTooLargeError(error.limit) : error
    }
  }

  const fill = async (): Promise<void> => {
    const { done, value } = await reader.read()
    for (const data of done ? parser.end() : pushed(value)) take(data)
    if (!done || isOver) return
    if (!hasReason) throw new IncompleteAnswerError('its stream ended without a finished answer')
    isOver = true
    ready.push(...chunks.end())
  }

  return {
    async read() {
      while (at === ready.length) {
        if (isOver) return undefined
        at = 0
        ready.length = 0
        await fill()
      }
      return ready[at++]
    },
    cancel: (reason) => reader.cancel(reason),
  }
}

function parsed(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch {
    throw new MalformedAnswerError('an event that is no JSON')
  }
}

function reported(error: string | { readonly code?: unknown; readonly type?: unknown }): ReportedError {
  const names = typeof error === 'object' ? [error.code, error.type] : []
  const code = names.find((name) => typeof name === 'string' && /^[a-z][a-z0-9_]{0,63}$/.test(name))
  return new ReportedError((code as string | undefined) ?? null)
}
