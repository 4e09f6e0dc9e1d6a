/** A device that answers at once, and is as sure of it as it is told to be. */
import type { LanguageModelV4, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { WORDS } from './answer.ts'

/** @param logprob of each token: -0.1 is sure, -3 is not */
export function fakeDevice(logprob: number): LanguageModelV4 {
  const usage = {
    inputTokens: { total: 20, noCache: 20, cacheRead: 0, cacheWrite: undefined },
    outputTokens: { total: WORDS.length, text: WORDS.length, reasoning: undefined },
  }
  const finishReason = { unified: 'stop' as const, raw: undefined }
  const parts: LanguageModelV4StreamPart[] = [
    { type: 'stream-start', warnings: [] },
    { type: 'text-start', id: 't' },
    ...WORDS.map(
      (delta): LanguageModelV4StreamPart => ({
        type: 'text-delta',
        id: 't',
        delta,
        providerMetadata: { edgewise: { logprob } },
      }),
    ),
    { type: 'text-end', id: 't' },
    { type: 'finish', usage, finishReason, providerMetadata: { edgewise: { meanLogprob: logprob } } },
  ]
  return {
    specificationVersion: 'v4',
    provider: 'fake',
    modelId: 'fake-device',
    supportedUrls: {},
    doGenerate: async () => ({
      content: [{ type: 'text', text: WORDS.join('') }],
      usage,
      finishReason,
      warnings: [],
      providerMetadata: { edgewise: { meanLogprob: logprob } },
    }),
    doStream: async () => ({
      stream: new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(part)
          controller.close()
        },
      }),
    }),
  }
}
