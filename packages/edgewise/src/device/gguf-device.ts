/**
 * Any model of the engine as a device model: its own chat template, tools, JSON by a schema or a label of its file that the decoding cannot
 * leave, log-probabilities for the check. It answers one call at a time, in the order they came; what a call's prompt begins with
 * and an earlier one had, in any conversation, is not run again.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import {
  type ChatTemplate,
  chatTemplate,
  embed,
  type GenerateOptions,
  type GenerationEnd,
  generate,
  type Model,
  PrefixCache,
  type PrefixStore,
  StoredPrefixes,
} from '@edgewise/engine'
import { collect, partsOf } from '../call/collect.ts'
import type { DeviceFacts, DeviceModel } from './device-model.ts'
import { partWriter } from './gguf-device-parts.ts'
import {
  compiling,
  fixedBeginning,
  generateOptions,
  labelConstraint,
  lacks,
  type Prepared,
  preparing,
  warningsOf,
} from './gguf-device-prepare.ts'
import { partStream } from './part-stream.ts'
import { quantisationOf } from './quantisation.ts'
import { tokenUsage } from './token-usage.ts'
import { createTurns } from './turns.ts'

export interface GgufDeviceOptions {
  /** What receipts call the model; the file's name for itself when not given. */
  readonly modelId?: string
  /** In place of the file's chat template: see the engine's `chatTemplate`. */
  readonly template?: string
  /** Bytes of keys and values to keep for later calls; as the engine's PrefixCache has it when not given. 0: none. */
  readonly prefixCacheBytes?: number
  /**
   * Where the beginnings that system texts and tools make are kept for the next process: what the system says is in it then,
   * never what a user says. Nothing is kept when not given.
   */
  readonly prefixStore?: PrefixStore
}

/** The model stays the caller's. */
export type GgufDevice = DeviceModel & {
  readonly facts: DeviceFacts
  readonly template: ChatTemplate
  readonly embed: NonNullable<DeviceModel['embed']>
}

/** Throws what `chatTemplate` throws (BadTemplateError, BadOptionError), and what the store throws when it is read. */
export async function ggufDevice(model: Model, options: GgufDeviceOptions = {}): Promise<GgufDevice> {
  const given = options.template === undefined ? {} : { template: options.template }
  const template = await chatTemplate(model, given)
  const quantisation = quantisationOf(model)
  const { ahead, take } = preparing(template)
  const compile = compiling(model)
  const labels = labelConstraint(model)
  const turns = createTurns(1)
  const embedTurns = createTurns(1)
  const { prefixCacheBytes, prefixStore } = options
  const cache = new PrefixCache(model, prefixCacheBytes === undefined ? {} : { maxBytes: prefixCacheBytes })
  const stored = prefixStore && new StoredPrefixes(cache, prefixStore)
  await stored?.load()

  async function* parts(
    call: LanguageModelV4CallOptions,
    prepared: Prepared,
    given: GenerateOptions,
  ): AsyncGenerator<LanguageModelV4StreamPart, void> {
    yield* answer(cache, prepared, given)
    // Not awaited: the answer matters more than what it leaves behind, and a store may be slow or full.
    leaveBehind(call).catch(() => {})
  }
  const leaveBehind = async (call: LanguageModelV4CallOptions): Promise<void> => {
    await stored?.keep(fixedBeginning(template, call))
  }

  const doStream: GgufDevice['doStream'] = async (call) => {
    const prepared = take(call)
    const constraint = prepared.schema ? compile(prepared.schema) : labels
    return {
      stream: partStream(turns, {
        abortSignal: call.abortSignal,
        warnings: warningsOf(call, prepared),
        parts: (signal) => parts(call, prepared, generateOptions(call, constraint, signal)),
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
      ...(quantisation === undefined ? {} : { quantisation }),
      chatTemplate: template.text,
      followsInstructions: true,
      countTokens: (_, call) => ahead(call).prompt.tokens.length,
      lacks: (_, call) => lacks(call, ahead(call), compile),
    },
    // Beside an answer, which may be long; each batch in its turn.
    async embed(texts, signal) {
      const release = await embedTurns.take(signal)
      try {
        return await embed(model, texts, signal === undefined ? {} : { signal })
      } finally {
        release()
      }
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
  }
}

async function* answer(
  cache: PrefixCache,
  { prompt, isPlain }: Prepared,
  options: GenerateOptions,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const reader = prompt.reader()
  const writer = partWriter(isPlain)
  const tokens = generate(cache, prompt.tokens, options)
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
    usage: tokenUsage(end),
    providerMetadata: { edgewise: meanLogprob === undefined ? {} : { meanLogprob } },
  }
}
