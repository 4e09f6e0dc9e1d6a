/** Language models that follow a script, to inject every fault a place can have. They count what they are asked. */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { collect } from '../call/collect.ts'

/** A part, a wait in milliseconds, an error to throw, or silence until the signal ends. */
export type Step =
  | LanguageModelV4StreamPart
  | { readonly wait: number }
  | { readonly fail: unknown }
  | 'hang'
  | 'deaf hang'

export interface Script {
  readonly modelId?: string
  /** Before the stream is there. */
  readonly opening?: readonly Exclude<Step, LanguageModelV4StreamPart>[]
  readonly steps: readonly Step[]
}

export interface ScriptedModel extends LanguageModelV4 {
  readonly calls: LanguageModelV4CallOptions[]
  /** Streams that were opened and neither ended nor were given up. */
  running(): number
}

export function scripted({ modelId = 'scripted', opening = [], steps }: Script): ScriptedModel {
  const calls: LanguageModelV4CallOptions[] = []
  let running = 0
  return {
    specificationVersion: 'v4',
    provider: 'test',
    modelId,
    supportedUrls: {},
    calls,
    running: () => running,
    async doGenerate(options) {
      const { stream } = await this.doStream(options)
      const parts = partsOf(stream, options.abortSignal)
      return collect(parts)
    },
    async doStream(options) {
      calls.push(options)
      const signal = options.abortSignal!
      for (const step of opening) await perform(step, signal)
      running++
      let index = 0
      const end = () => {
        if (index === Number.POSITIVE_INFINITY) return
        index = Number.POSITIVE_INFINITY
        running--
      }
      return {
        stream: new ReadableStream<LanguageModelV4StreamPart>(
          {
            async pull(controller) {
              for (;;) {
                const step = steps[index++]
                if (step === undefined) {
                  end()
                  controller.close()
                  return
                }
                if (typeof step === 'object' && 'type' in step) {
                  controller.enqueue(step)
                  return
                }
                try {
                  await perform(step, signal)
                } catch (error) {
                  end()
                  throw error
                }
              }
            },
            cancel: end,
          },
          { highWaterMark: 0 },
        ),
      }
    },
  }
}

/** The parts; a cancel ends them even where the stream is deaf to its signal. */
async function* partsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV4StreamPart> {
  const reader = stream.getReader()
  const stop = () => void reader.cancel().catch(() => {})
  signal?.addEventListener('abort', stop)
  if (signal?.aborted) stop()
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
}

async function perform(step: Exclude<Step, LanguageModelV4StreamPart>, signal: AbortSignal): Promise<void> {
  if (step === 'deaf hang') await new Promise(() => {})
  if (step === 'hang') {
    await new Promise((_, reject) => {
      if (signal.aborted) reject(signal.reason)
      signal.addEventListener('abort', () => reject(signal.reason))
    })
  }
  if (typeof step === 'object' && 'fail' in step) throw step.fail
  if (typeof step === 'object' && 'wait' in step)
    await new Promise((resolve) => setTimeout(resolve, step.wait))
}

/** The parts of a text answer. */
export function text(...pieces: string[]): LanguageModelV4StreamPart[] {
  return [
    { type: 'text-start', id: '0' },
    ...pieces.map((delta): LanguageModelV4StreamPart => ({ type: 'text-delta', id: '0', delta })),
    { type: 'text-end', id: '0' },
  ]
}

export interface FinishFacts {
  readonly input?: number
  readonly cached?: number
  readonly output?: number
  readonly reason?: LanguageModelV4FinishReason['unified']
  readonly meta?: SharedV4ProviderMetadata
}

export function finish({
  input = 10,
  cached,
  output = 4,
  reason = 'stop',
  meta,
}: FinishFacts = {}): LanguageModelV4StreamPart {
  return {
    type: 'finish',
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: { total: input, noCache: undefined, cacheRead: cached, cacheWrite: undefined },
      outputTokens: { total: output, text: undefined, reasoning: undefined },
    },
    ...(meta === undefined ? {} : { providerMetadata: meta }),
  }
}

/** A device that answers with this mean logprob. */
export function deviceAnswer(meanLogprob: number, ...pieces: string[]): ScriptedModel {
  return scripted({
    modelId: 'tiny',
    steps: [...text(...pieces), finish({ meta: { edgewise: { meanLogprob } } })],
  })
}

export function prompt(...texts: string[]): LanguageModelV4CallOptions['prompt'] {
  return [{ role: 'user', content: texts.map((text) => ({ type: 'text', text })) }]
}
