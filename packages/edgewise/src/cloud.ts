/**
 * The cloud of a policy as a language model: an OpenAI-compatible API through the AI SDK's own client. Every call gets
 * a model of its own, so that the bytes it sends are counted for it alone. Redirects are refused: the key and the text
 * go to the address of the policy and to no other. Any other `LanguageModelV4` can be the cloud too; its bytes are
 * then read from the request it reports, or estimated from the call.
 */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { CloudConfigError } from './errors.ts'
import { neverConnected } from './failure.ts'
import type { CloudSettings } from './policy.ts'

export type Env = { readonly [name: string]: string | undefined }

/** A model for one call and the bytes of request bodies it sent so far. */
export interface MeteredModel {
  readonly model: LanguageModelV4
  bytesOut(): number
}

/** A language model that hands out a metered one for each call. */
export type CloudModel = LanguageModelV4 & { metered(): MeteredModel }

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

  const metered = (): MeteredModel => {
    let bytes = 0
    const send: typeof fetch = async (input, init) => {
      const size = bodyBytes(init?.body)
      bytes += size
      try {
        return await (options.fetch ?? fetch)(input, { ...init, redirect: 'error' })
      } catch (error) {
        if (neverConnected(error)) bytes -= size
        throw error
      }
    }
    const provider = createOpenAICompatible({
      // Not `edgewise`: the client copies providerOptions of this name into the request.
      name: 'cloud',
      baseURL: settings.baseURL,
      includeUsage: true,
      supportsStructuredOutputs: true,
      fetch: send,
      ...(apiKey === undefined ? {} : { apiKey }),
    })
    return { model: provider.chatModel(settings.model), bytesOut: () => bytes }
  }

  const { provider, modelId, supportedUrls } = metered().model
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    supportedUrls,
    doGenerate: (call) => metered().model.doGenerate(call),
    doStream: (call) => metered().model.doStream(call),
    metered,
  }
}

/** A metered model of any cloud. */
export function meter(cloud: LanguageModelV4): MeteredModel {
  if ('metered' in cloud) return (cloud as CloudModel).metered()
  let bytes = 0
  return {
    model: {
      specificationVersion: 'v4',
      provider: cloud.provider,
      modelId: cloud.modelId,
      supportedUrls: cloud.supportedUrls,
      doGenerate: (call) => cloud.doGenerate(call),
      doStream: async (call) => {
        bytes = callBytes(call)
        const result = await cloud.doStream(call)
        if (typeof result.request?.body === 'string') bytes = utf8Bytes(result.request.body)
        return result
      },
    },
    bytesOut: () => bytes,
  }
}

const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length

function bodyBytes(body: BodyInit | null | undefined): number {
  if (typeof body === 'string') return utf8Bytes(body)
  if (body instanceof Blob) return body.size
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength
  return 0
}

/** The size of what a call holds as JSON, with binary data in base64: near what a provider will send. */
function callBytes({ prompt, tools, responseFormat }: LanguageModelV4CallOptions): number {
  let binary = 0
  const text = JSON.stringify({ prompt, tools, responseFormat }, (_, value: unknown) => {
    if (!(value instanceof Uint8Array)) return value
    binary += Math.ceil(value.length / 3) * 4
    return ''
  })
  return utf8Bytes(text) + binary
}
