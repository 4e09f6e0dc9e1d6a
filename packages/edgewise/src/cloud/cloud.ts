/**
 * The cloud of a policy as a language model: an OpenAI-compatible API through the AI SDK's own client. Every call gets
 * a model of its own, so that what it sends is counted for it alone. Redirects are refused: the key and the text
 * go to the address of the policy and to no other. Any other `LanguageModelV4` can be the cloud too; its bytes are
 * then read from the request it reports, or estimated from the call.
 */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { EmbeddingModelV4, LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { CloudConfigError } from '../errors.ts'
import type { CloudSettings } from '../policy/index.ts'
import { neverConnected } from './failure.ts'
import { limitAnswer } from './limit-answer.ts'
import { Outbox } from './outbox.ts'

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

  const providerOf = (outbox: Outbox) => {
    const send: typeof fetch = async (input, init) => {
      const body = bytesOf(init?.body)
      outbox.add(body)
      try {
        return limitAnswer(await (options.fetch ?? fetch)(input, { ...init, redirect: 'error' }))
      } catch (error) {
        if (neverConnected(error)) outbox.takeBack(body)
        throw error
      }
    }
    return createOpenAICompatible({
      // Not `edgewise`: the client copies providerOptions of this name into the request.
      name: 'cloud',
      baseURL: settings.baseURL,
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: send,
      ...(apiKey === undefined ? {} : { apiKey }),
    })
  }
  const counting = (outbox: Outbox): LanguageModelV4 => providerOf(outbox).chatModel(settings.model)

  const { provider, modelId, supportedUrls } = counting(new Outbox())
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    supportedUrls,
    doGenerate: (call) => counting(new Outbox()).doGenerate(call),
    doStream: (call) => counting(new Outbox()).doStream(call),
    counting,
    embedding: (modelId, outbox) => providerOf(outbox).embeddingModel(modelId),
  }
}

/** Any cloud as a model that counts what it sends. */
export function countingModel(cloud: LanguageModelV4, outbox: Outbox): LanguageModelV4 {
  if ('counting' in cloud) return (cloud as CloudModel).counting(outbox)
  return {
    specificationVersion: 'v4',
    provider: cloud.provider,
    modelId: cloud.modelId,
    supportedUrls: cloud.supportedUrls,
    doGenerate: (call) => counted(call, outbox, () => cloud.doGenerate(call)),
    doStream: (call) => counted(call, outbox, () => cloud.doStream(call)),
  }
}

/** Books what the request says it sent, or an estimate where it does not. */
async function counted<T extends { readonly request?: { readonly body?: unknown } | undefined }>(
  call: LanguageModelV4CallOptions,
  outbox: Outbox,
  ask: () => PromiseLike<T>,
): Promise<T> {
  outbox.estimate(callBytes(call))
  const result = await ask()
  if (typeof result.request?.body === 'string') {
    outbox.estimate(0)
    outbox.add(utf8.encode(result.request.body))
  }
  return result
}

const utf8 = new TextEncoder()

function bytesOf(body: BodyInit | null | undefined): Uint8Array {
  if (typeof body === 'string') return utf8.encode(body)
  if (body instanceof ArrayBuffer) return new Uint8Array(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength)
  return new Uint8Array(0)
}

/** The size of what a call holds as JSON, with binary data in base64: near what a provider will send. */
function callBytes({ prompt, tools, responseFormat }: LanguageModelV4CallOptions): number {
  let binary = 0
  const text = JSON.stringify({ prompt, tools, responseFormat }, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value
    binary += Math.ceil(value.length / 3) * 4
    return ''
  })
  return utf8.encode(text).length + binary
}
