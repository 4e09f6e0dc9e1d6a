/**
 * POST /v1/chat/completions, front to back: body -> call options -> the model -> one completion, or a stream of chunks.
 * Whoever goes away (the client, or the server as it closes) ends the decoding. Nothing here reads or keeps a prompt.
 */
import type { LanguageModelV4 } from '@ai-sdk/provider'
import { clientGone, GatewayError } from '../http/gateway-error.ts'
import { type CallFacts, factsOf, toHeaders } from './call-facts.ts'
import { collectStream } from './collect-stream.ts'
import { eventStream } from './event-stream.ts'
import { incompleteAnswer } from './finish.ts'
import { type OpenStream, openStream } from './open-stream.ts'
import { parseRequest } from './parse-request.ts'
import type { ChatRequest } from './request.ts'
import { toCallOptions } from './to-call-options.ts'
import { type ChatChunk, toChunks } from './to-chunks.ts'
import { type EdgewiseField, type Envelope, toCompletion } from './to-completion.ts'

export interface ChatCall {
  readonly model: LanguageModelV4
  /** The names a request may call the model by. */
  readonly modelIds: readonly string[]
  readonly body: unknown
  readonly task: string | undefined
  readonly requestId: string
  /** Ends when the client goes away. */
  readonly client: AbortSignal
  /** Ends when the server closes; its reason is the error to answer. */
  readonly closing: AbortSignal | undefined
  /** The JSON of an error that comes after the headers. */
  readonly onStreamError: (error: unknown) => unknown
}

/** @throws GatewayError, and what the model throws before its first output */
export async function chat(call: ChatCall): Promise<Response> {
  const request = parseRequest(call.body)
  if (!call.modelIds.includes(request.model)) throw modelNotFound(call.modelIds, 'model')
  const reader = new AbortController()
  const signal = AbortSignal.any([call.client, reader.signal, ...(call.closing ? [call.closing] : [])])
  const options = toCallOptions(request, call.task, signal)
  try {
    if (request.stream) {
      const opened = await openStream(call.model, options, signal)
      return streamed(call, request, opened, () => reader.abort())
    }
    if (request.logprobs) {
      const opened = await openStream(call.model, options, signal)
      const { answer, logprobs, facts } = await collectStream(opened.parts, opened.facts)
      return whole(
        call,
        facts,
        toCompletion(answer, toEnvelope(call, request, facts), logprobs, toField(facts)),
      )
    }
    const answer = await call.model.doGenerate(options)
    const model = answer.response?.modelId
    const facts = { ...(model === undefined ? {} : { model }), ...factsOf(answer.providerMetadata) }
    return whole(call, facts, toCompletion(answer, toEnvelope(call, request, facts), null, toField(facts)))
  } catch (error) {
    const why = whyItEnded(call, error)
    throw why instanceof Error
      ? why
      : new TypeError('the model threw something that is not an Error', { cause: why })
  }
}

/** What a request for a model that is not here is told. */
export function modelNotFound(modelIds: readonly string[], param: string | null): GatewayError {
  const message = `there is no such model here: use ${modelIds.join(' or ')}`
  return new GatewayError(404, 'model_not_found', message, param)
}

function whole(call: ChatCall, facts: CallFacts, body: object): Response {
  call.client.throwIfAborted()
  return Response.json(body, { headers: toHeaders(facts) })
}

function streamed(call: ChatCall, request: ChatRequest, opened: OpenStream, onCancel: () => void): Response {
  const convert = toChunks(toEnvelope(call, request, opened.facts), {
    includeUsage: request.stream_options?.include_usage === true,
    logprobs: request.logprobs === true,
    edgewise: (finish) => toField({ ...opened.facts, ...factsOf(finish.providerMetadata) }),
  })
  const onError = (error: unknown): unknown => call.onStreamError(whyItEnded(call, error))
  return new Response(eventStream(chunksOf(opened, convert), { onError, onCancel }), {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', ...toHeaders(opened.facts) },
  })
}

async function* chunksOf(
  { parts }: OpenStream,
  convert: ReturnType<typeof toChunks>,
): AsyncGenerator<ChatChunk, void, undefined> {
  let finished = false
  for await (const part of parts) {
    yield* convert(part)
    finished ||= part.type === 'finish'
  }
  if (!finished) throw incompleteAnswer()
}

function toEnvelope(call: ChatCall, request: ChatRequest, facts: CallFacts): Envelope {
  return {
    id: `chatcmpl-${facts.receipt ?? call.requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: facts.model ?? request.model,
  }
}

function toField({ receipt, data }: CallFacts): EdgewiseField {
  return { ...(receipt === undefined ? {} : { receipt }), ...(data === undefined ? {} : { data }) }
}

/** A model that is stopped throws in its own way; what stopped it is known here. */
function whyItEnded({ client, closing }: ChatCall, error: unknown): unknown {
  if (client.aborted) return clientGone()
  return closing?.aborted ? closing.reason : error
}
