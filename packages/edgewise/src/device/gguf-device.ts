/**
 * Any model of the engine as a device model: its own chat template, tools, JSON by a schema that the decoding cannot leave,
 * log-probabilities for the check. It answers one call at a time, in the order they came, on one session, so that what a
 * call's prompt shares with the one before is not run again. Decoding does not wait for the reader.
 */
import type { LanguageModelV4, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import {
  type ChatTemplate,
  chatTemplate,
  type GenerateOptions,
  type GenerationEnd,
  generate,
  type Model,
  type Session,
} from '@edgewise/engine'
import { collect, partsOf } from '../collect.ts'
import type { DeviceFacts, DeviceModel } from './device-model.ts'
import { partWriter } from './gguf-device-parts.ts'
import {
  compiling,
  generateOptions,
  lacks,
  type Prepared,
  preparing,
  warningsOf,
} from './gguf-device-prepare.ts'
import { createTurns } from './turns.ts'

export interface GgufDeviceOptions {
  /** What receipts call the model; the file's name for itself when not given. */
  readonly modelId?: string
  /** In place of the file's chat template: see the engine's `chatTemplate`. */
  readonly template?: string
}

/** Dispose it before the model, which stays the caller's: it holds a session. */
export type GgufDevice = DeviceModel & {
  readonly facts: DeviceFacts
  readonly template: ChatTemplate
} & Disposable

/** Throws what `chatTemplate` throws: BadTemplateError, BadOptionError. */
export async function ggufDevice(model: Model, options: GgufDeviceOptions = {}): Promise<GgufDevice> {
  const given = options.template === undefined ? {} : { template: options.template }
  const template = await chatTemplate(model, given)
  const { ahead, take } = preparing(template)
  const compile = compiling(model)
  const turns = createTurns(1)
  let session: Session | undefined

  const doStream: LanguageModelV4['doStream'] = async (call) => {
    const prepared = take(call)
    const constraint = prepared.schema && compile(prepared.schema)
    const stopped = new AbortController()
    const signal = call.abortSignal ? AbortSignal.any([call.abortSignal, stopped.signal]) : stopped.signal
    signal.throwIfAborted()
    return {
      stream: new ReadableStream<LanguageModelV4StreamPart>({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings: warningsOf(call, prepared) })
          const decode = async (): Promise<void> => {
            const release = await turns.take(signal).catch((error: unknown) => controller.error(error))
            if (!release) return
            try {
              session ??= model.session()
              const parts = answer(session, prepared, generateOptions(call, constraint, signal))
              for await (const part of parts) controller.enqueue(part)
              controller.close()
            } catch (error) {
              controller.error(error)
            } finally {
              release()
            }
          }
          // Not awaited: a stream cannot be read before its start has ended. It never rejects.
          void decode()
        },
        cancel(reason) {
          stopped.abort(reason)
        },
      }),
    }
  }

  return {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId: options.modelId ?? model.name,
    supportedUrls: {},
    template,
    facts: {
      contextLength: model.contextLength,
      followsInstructions: true,
      countTokens: (_, call) => ahead(call).prompt.tokens.length,
      lacks: (_, call) => lacks(call, ahead(call), compile),
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
    [Symbol.dispose]: () => session?.[Symbol.dispose](),
  }
}

async function* answer(
  session: Session,
  { prompt, isPlain }: Prepared,
  options: GenerateOptions,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const reader = prompt.reader()
  const writer = partWriter(isPlain)
  const tokens = generate(session, prompt.tokens, options)
  const chosen = { sum: 0, count: 0 }
  try {
    let step = await tokens.next()
    for (; !step.done; step = await tokens.next()) {
      chosen.sum += step.value.logprob
      if (!step.value.forced) chosen.count++
      yield* writer.write(reader.push(step.value), step.value)
    }
    yield* writer.end(reader.end())
    yield finish(step.value, chosen.count === 0 ? undefined : chosen.sum / chosen.count, writer.hasCalls)
  } finally {
    await tokens.return(undefined as never)
  }
}

/** `meanLogprob` is of the tokens the model chose; it says nothing of those a constraint left no choice for. */
function finish(
  end: GenerationEnd,
  meanLogprob: number | undefined,
  hasCalls: boolean,
): LanguageModelV4StreamPart {
  const unified = hasCalls && end.finishReason === 'stop' ? 'tool-calls' : end.finishReason
  return {
    type: 'finish',
    finishReason: { unified, raw: end.finishReason },
    usage: usageOf(end),
    providerMetadata: { edgewise: meanLogprob === undefined ? {} : { meanLogprob } },
  }
}

function usageOf({ promptTokens, cachedTokens, completionTokens }: GenerationEnd): LanguageModelV4Usage {
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedTokens,
      cacheRead: cachedTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: completionTokens, reasoning: undefined },
  }
}
