/** Hand-made models and their receipts, for tests: what the router returns, without a router. */
import type {
  EmbeddingModelV4,
  EmbeddingModelV4CallOptions,
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
  taskFrom: 'caller',
  user: null,
  place: 'device',
  model: 'edgewise-mini',
  why: 'the task may stay – the “device” is ready',
  path: [{ rule: 'task', value: 'summary', threshold: null, then: 'named by the caller' }],
  attempts: [],
  signals: [],
  certificate: null,
  cache: null,
  queueMs: 0,
  firstTokenMs: 1,
  totalMs: 12.345,
  inputTokens: 7,
  cachedTokens: 4,
  outputTokens: 3,
  tokens: {
    device: { input: 7, cached: 4, output: 3 },
    cloud: { input: null, cached: null, output: null },
  },
  tokensPerSecond: null,
  costUsd: 0,
  avoidedUsd: 0.00012,
  price: null,
  privacy: 'nothing-leaves',
  bytesOut: 0,
  sentDigest: null,
  prepared: { redacted: null, nameRecall: null, selected: null, compressed: null },
  deviceEnergyJ: null,
  rehearsal: false,
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

export interface GatedModel extends FakeModel {
  /** Calls that wait. */
  readonly waiting: () => number
  /** Lets all of them, and all later ones, come to their end. */
  readonly open: () => void
}

/** Says "Hello!", the end of it when the gate is opened. */
export function gatedModel(): GatedModel {
  const model = hello()
  const gate = Promise.withResolvers<void>()
  let waiting = 0
  const pass = async (): Promise<void> => {
    waiting++
    await gate.promise
    waiting--
  }
  return {
    ...model,
    waiting: () => waiting,
    open: () => gate.resolve(),
    async doGenerate(options) {
      const answer = await model.doGenerate(options)
      await pass()
      return answer
    },
    async doStream(options) {
      const { stream } = await model.doStream(options)
      const late = new TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart>({
        async transform(part, controller) {
          if (part.type === 'finish') await pass()
          controller.enqueue(part)
        },
      })
      return { stream: stream.pipeThrough(late) }
    },
  }
}

/** Thinks before it says something. */
export function thinkingParts(): LanguageModelV4StreamPart[] {
  const [start, metadata, ...rest] = textParts(['4', '2'])
  return [
    start!,
    metadata!,
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'six times ' },
    { type: 'reasoning-delta', id: 'r', delta: 'seven' },
    { type: 'reasoning-end', id: 'r' },
    ...rest,
  ]
}

export interface FakeEmbeddingModel extends EmbeddingModelV4 {
  /** The values of each call, in order. */
  readonly calls: EmbeddingModelV4CallOptions[]
}

/** A text becomes its length, its first unit and a third, which no float of 32 bits is exactly. */
export function embeddingModel(changes: Partial<EmbeddingModelV4> = {}): FakeEmbeddingModel {
  const calls: EmbeddingModelV4CallOptions[] = []
  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: 'edgewise-embed',
    maxEmbeddingsPerCall: 2,
    supportsParallelCalls: false,
    calls,
    async doEmbed(options) {
      calls.push(options)
      const embeddings = options.values.map((text) => [text.length, text.charCodeAt(0), 1 / 3])
      return { embeddings, usage: { tokens: options.values.length }, warnings: [] }
    },
    ...changes,
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
  const thought = parts.flatMap((part) => (part.type === 'reasoning-delta' ? [part.delta] : [])).join('')
  const calls = parts.filter((part) => part.type === 'tool-call')
  return {
    content: [
      ...(thought === '' ? [] : [{ type: 'reasoning' as const, text: thought }]),
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...calls,
    ],
    finishReason: finish.finishReason,
    usage: finish.usage,
    ...(finish.providerMetadata ? { providerMetadata: finish.providerMetadata } : {}),
    warnings: parts.flatMap((part) => (part.type === 'stream-start' ? part.warnings : [])),
  }
}
