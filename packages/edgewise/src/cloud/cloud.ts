/**
 * The cloud of a policy as a language model: an OpenAI-compatible API through the AI SDK's own client. What a call sends is
 * counted for it alone. Redirects are refused: the key and the text
 * go to the address of the policy and to no other. Any other `LanguageModelV4` can be the cloud too; its bytes are
 * then read from the request it reports, or estimated from the call.
 */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { EmbeddingModelV4, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { sourceStream } from '../call/part-source.ts'
import { CloudConfigError } from '../errors.ts'
import type { CloudSettings } from '../policy/index.ts'
import { postText } from '../wire/post-text.ts'
import { callBytes } from './call-bytes.ts'
import { neverConnected, refusedStatus } from './failure.ts'
import { limitAnswer } from './limit-answer.ts'
import type { Outbox } from './outbox.ts'
import { streamedAnswer } from './read-stream.ts'

export type Env = { readonly [name: string]: string | undefined }

/** A language model that hands out one that counts into an outbox, for each call. */
export type CloudModel = LanguageModelV4 & {
  counting(outbox: Outbox): LanguageModelV4
  /** An embedding model of the same API. */
  embedding(modelId: string, outbox: Outbox): EmbeddingModelV4
}

export interface CloudOptions {
  /** Where `apiKeyEnv` is looked up. Default: the process's environment, where the host has one. */
  readonly env?: Env
  readonly fetch?: typeof fetch
}

/** The environment of the process; empty in a browser. */
export function hostEnv(): Env {
  return (globalThis as { process?: { env?: Env } }).process?.env ?? {}
}

/** Makes the cloud of `settings`. Throws CloudConfigError when the variable of the key is not set or empty. */
export function createCloud(settings: CloudSettings, options: CloudOptions = {}): CloudModel {
  const { apiKeyEnv } = settings
  const apiKey = apiKeyEnv === undefined ? undefined : (options.env ?? hostEnv())[apiKeyEnv]
  if (apiKeyEnv !== undefined && !apiKey) throw new CloudConfigError(apiKeyEnv)

  const post = (url: string, body: Uint8Array, init?: RequestInit): Promise<Response> =>
    options.fetch === undefined
      ? postText(url, { headers: new Headers(init?.headers), body, signal: init?.signal ?? null })
      : options.fetch(url, { ...init, redirect: 'error' })
  /** The client is made once: it is dear. Which call a request belongs to is known by its signal, which is the call's own. */
  const open = new WeakMap<AbortSignal, OpenRequest>()
  const send: typeof fetch = async (input, init) => {
    const request = init?.signal ? open.get(init.signal) : undefined
    const outbox = request?.outbox
    const body = bytesOf(init?.body)
    outbox?.send(body)
    try {
      const response = limitAnswer(await post(String(input), body, init))
      if (!response.ok) outbox?.refused(body.length)
      return request?.streams && isEventStream(response) ? keepBody(request, response) : response
    } catch (error) {
      if (neverConnected(error)) outbox?.takeBack(body)
      throw error
    }
  }
  const client = createOpenAICompatible({
    // Not `edgewise`: the client copies providerOptions of this name into the request.
    name: 'cloud',
    baseURL: settings.baseURL,
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch: send,
    ...(apiKey === undefined ? {} : { apiKey }),
  })
  const model = client.chatModel(settings.model)
  const { provider, modelId, supportedUrls } = model

  /** The call with a signal that its requests are counted by. */
  const counted = <T extends { readonly abortSignal?: AbortSignal | undefined }>(
    call: T,
    request: OpenRequest,
  ): T => {
    const abortSignal = call.abortSignal ?? new AbortController().signal
    open.set(abortSignal, request)
    return { ...call, abortSignal }
  }
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    supportedUrls,
    doGenerate: (call) => model.doGenerate(call),
    doStream: (call) => model.doStream(call),
    counting: (outbox) => ({
      specificationVersion: 'v4',
      provider,
      modelId,
      supportedUrls,
      doGenerate: (call) => model.doGenerate(counted(call, { outbox, streams: false, body: null })),
      async doStream(call) {
        const request: OpenRequest = { outbox, streams: true, body: null }
        const result = await model.doStream(counted(call, request))
        if (request.body === null) return result
        result.stream.cancel().catch(() => {})
        return { ...result, stream: sourceStream(streamedAnswer(request.body)) }
      },
    }),
    embedding(id, outbox) {
      const embedding = client.embeddingModel(id)
      const { maxEmbeddingsPerCall, supportsParallelCalls } = embedding
      return {
        specificationVersion: 'v4',
        provider,
        modelId: id,
        maxEmbeddingsPerCall,
        supportsParallelCalls,
        doEmbed: (call) => embedding.doEmbed(counted(call, { outbox, streams: false, body: null })),
      }
    },
  }
}

/** A request of one call, while it runs. */
interface OpenRequest {
  readonly outbox: Outbox
  /** Whether its answer is read here when it is a stream. */
  readonly streams: boolean
  /** The body of a good streamed answer. */
  body: ReadableStream<Uint8Array> | null
}

const isEventStream = ({ ok, headers, body }: Response): boolean =>
  ok && body !== null && (headers.get('content-type') ?? '').includes('text/event-stream')

/** Keeps the stream; the client, which made the request and reads refusals, gets one that ends at once. */
function keepBody(request: OpenRequest, { body, headers }: Response): Response {
  request.body = body
  return new Response('data: [DONE]\n\n', { headers })
}

/** Any cloud as a model that counts what it sends. */
export function countingModel(cloud: LanguageModelV4, outbox: Outbox): LanguageModelV4 {
  if ('counting' in cloud) return (cloud as CloudModel).counting(outbox)
  return {
    specificationVersion: 'v4',
    provider: cloud.provider,
    modelId: cloud.modelId,
    supportedUrls: cloud.supportedUrls,
    doGenerate: (call) => booked(call, outbox, () => cloud.doGenerate(call)),
    doStream: (call) => booked(call, outbox, () => cloud.doStream(call)),
  }
}

/** Books what the request says it sent, or an estimate where it does not. */
async function booked<T extends { readonly request?: { readonly body?: unknown } | undefined }>(
  call: LanguageModelV4CallOptions,
  outbox: Outbox,
  ask: () => PromiseLike<T>,
): Promise<T> {
  const bytes = callBytes(call)
  outbox.sendUnseen(bytes)
  const result = await refusals(ask, outbox, bytes)
  if (typeof result.request?.body === 'string') outbox.shown(bytes, utf8.encode(result.request.body))
  return result
}

async function refusals<T>(ask: () => PromiseLike<T>, outbox: Outbox, bytes: number): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (refusedStatus(error) !== null) outbox.refused(bytes)
    throw error
  }
}

const utf8 = new TextEncoder()

function bytesOf(body: BodyInit | null | undefined): Uint8Array {
  if (typeof body === 'string') return utf8.encode(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return new Uint8Array(0)
}
