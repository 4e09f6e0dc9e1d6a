/** Hand-made models and their receipts, for tests: what the router returns, without a router. */
import type {
  JSONObject,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import type { Receipt } from '@edgewise/evidence'

export const receipt: Receipt = {
  id: 'rcpt_1',
  at: '2026-01-01T00:00:00.000Z',
  task: 'summary',
  place: 'device',
  model: 'edgewise-mini',
  why: 'the task may stay – the “device” is ready',
  attempts: [],
  signal: null,
  firstTokenMs: 1,
  totalMs: 12.345,
  inputTokens: 7,
  cachedTokens: 4,
  outputTokens: 3,
  tokensPerSecond: null,
  costUsd: 0,
  avoidedUsd: 0.00012,
  bytesOut: 0,
  error: null,
}

export const usage: LanguageModelV4Usage = {
  inputTokens: { total: 7, noCache: 3, cacheRead: 4, cacheWrite: undefined },
  outputTokens: { total: 3, text: 3, reasoning: undefined },
}

export function asMetadata(value: object): { edgewise: JSONObject } {
  return { edgewise: JSON.parse(JSON.stringify(value)) as JSONObject }
}

/** The parts of an answer of these tokens; token i has the log-probability -(i + 1) / 10. */
export function textParts(
  tokens: readonly string[],
  finish: Partial<Extract<LanguageModelV4StreamPart, { type: 'finish' }>> = {},
): LanguageModelV4StreamPart[] {
  const { id, model, place, task, why } = receipt
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id, modelId: model! },
    { type: 'text-start', id: 't', providerMetadata: asMetadata({ place, task, why }) },
    ...tokens.map(
      (delta, index): LanguageModelV4StreamPart => ({
        type: 'text-delta',
        id: 't',
        delta,
        providerMetadata: asMetadata({ logprob: -(index + 1) / 10 }),
      }),
    ),
    { type: 'text-end', id: 't' },
    finishPart(finish),
  ]
}

export function finishPart(
  part: Partial<Extract<LanguageModelV4StreamPart, { type: 'finish' }>> = {},
): LanguageModelV4StreamPart {
  return {
    type: 'finish',
    usage,
    finishReason: { unified: 'stop', raw: undefined },
    providerMetadata: asMetadata(receipt),
    ...part,
  }
}

/** The parts of one tool call, its arguments in two pieces. */
export function toolParts(): LanguageModelV4StreamPart[] {
  const { place, task, why } = receipt
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: receipt.id, modelId: receipt.model! },
    {
      type: 'tool-input-start',
      id: 'call_1',
      toolName: 'weather',
      providerMetadata: asMetadata({ place, task, why }),
    },
    { type: 'tool-input-delta', id: 'call_1', delta: '{"city":' },
    { type: 'tool-input-delta', id: 'call_1', delta: '"Kraków"}' },
    { type: 'tool-input-end', id: 'call_1' },
    { type: 'tool-call', toolCallId: 'call_1', toolName: 'weather', input: '{"city":"Kraków"}' },
    finishPart({ finishReason: { unified: 'tool-calls', raw: undefined } }),
  ]
}

export interface FakeModel extends LanguageModelV4 {
  /** The options of each call, in order. */
  readonly calls: LanguageModelV4CallOptions[]
}

/** A model that says the same each time. `generate` defaults to what the parts add up to. */
export function sayingModel(
  parts: readonly LanguageModelV4StreamPart[],
  generate?: () => LanguageModelV4GenerateResult,
): FakeModel {
  const calls: LanguageModelV4CallOptions[] = []
  return {
    ...base,
    calls,
    async doGenerate(options) {
      calls.push(options)
      return generate?.() ?? addUp(parts)
    },
    async doStream(options) {
      calls.push(options)
      return { stream: streamOf(parts) }
    },
  }
}

/** A model that says "Hello!" in three tokens. */
export const hello = (): FakeModel => sayingModel(textParts(['Hel', 'lo', '!']))

/** A model whose calls fail before any output. */
export function failingModel(error: unknown): LanguageModelV4 {
  return {
    ...base,
    doGenerate: () => Promise.reject(error),
    doStream: () => Promise.reject(error),
  }
}

export interface EndlessModel extends LanguageModelV4 {
  /** Tokens decoded so far, over all calls. */
  readonly produced: () => number
  /** Calls that run. */
  readonly running: () => number
}

/** Decodes a token every 2 ms until it is aborted, as a device does: also when nobody reads. */
export function endlessModel(): EndlessModel {
  let produced = 0
  let running = 0
  const decode = async (signal: AbortSignal | undefined, emit: () => void): Promise<never> => {
    running++
    try {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        signal?.throwIfAborted()
        produced++
        emit()
      }
    } finally {
      running--
    }
  }
  return {
    ...base,
    produced: () => produced,
    running: () => running,
    doGenerate: ({ abortSignal }) => decode(abortSignal, () => {}),
    async doStream({ abortSignal }) {
      const stream = new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          const token = (): void => controller.enqueue({ type: 'text-delta', id: 't', delta: 'x' })
          decode(abortSignal, token).catch((error) => controller.error(error))
        },
      })
      return { stream }
    },
  }
}

export function streamOf(
  parts: readonly LanguageModelV4StreamPart[],
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

const base = {
  specificationVersion: 'v4' as const,
  provider: 'edgewise',
  modelId: 'edgewise',
  supportedUrls: {},
}

function addUp(parts: readonly LanguageModelV4StreamPart[]): LanguageModelV4GenerateResult {
  const finish = parts.find((part) => part.type === 'finish')!
  const text = parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : [])).join('')
  const calls = parts.filter((part) => part.type === 'tool-call')
  return {
    content: [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...calls],
    finishReason: finish.finishReason,
    usage: finish.usage,
    ...(finish.providerMetadata ? { providerMetadata: finish.providerMetadata } : {}),
    warnings: [],
  }
}
