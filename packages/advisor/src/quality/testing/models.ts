/** Models for tests: they answer by a function of the last message, and count what they are asked. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
} from '@ai-sdk/provider'
import type { Example } from '../example.ts'

export interface TestModel extends LanguageModelV4 {
  readonly calls: LanguageModelV4CallOptions[]
  /** Calls that ran beside each other, at most. */
  readonly atOnce: number
}

export function testModel(
  answer: (text: string, call: LanguageModelV4CallOptions) => string | Promise<string>,
  told: Pick<LanguageModelV4GenerateResult, 'providerMetadata'> = {},
  modelId = 'test-model',
): TestModel {
  const calls: LanguageModelV4CallOptions[] = []
  let running = 0
  let atOnce = 0
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId,
    supportedUrls: {},
    calls,
    get atOnce() {
      return atOnce
    },
    async doGenerate(call) {
      calls.push(call)
      atOnce = Math.max(atOnce, ++running)
      try {
        await new Promise((resolve) => setTimeout(resolve))
        const text = await answer(lastText(call), call)
        return {
          content: [{ type: 'text', text }],
          finishReason: { unified: 'stop', raw: 'stop' },
          usage: {
            inputTokens: { total: 7, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
            outputTokens: { total: 2, text: undefined, reasoning: undefined },
          },
          warnings: [],
          ...told,
        }
      } finally {
        running--
      }
    },
    doStream: () => Promise.reject(new Error('not streamed here')),
  }
}

export function lastText({ prompt }: LanguageModelV4CallOptions): string {
  const last = prompt.at(-1)!
  return typeof last.content === 'string'
    ? last.content
    : last.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

export const example = (id: string, input: Example['input'], expected: Example['expected']): Example => ({
  id,
  input,
  expected,
  line: null,
})
