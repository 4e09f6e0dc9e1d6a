/**
 * The browser's built-in model as a device model, through the Prompt API: a session a call, which begins with what was said before.
 * It gives no log-probabilities (`facts.givesLogprobs` says so) and no way to limit an answer; where the prompt would push old
 * turns out of its context in silence, the call fails instead.
 */
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import { collect, partsOf } from '../../call/collect.ts'
import type { AvailabilityOptions, PromptApi, PromptOptions, PromptSession } from '../../prompt-api/shape.ts'
import type { DeviceFacts, DeviceModel } from '../device-model.ts'
import { toTools } from '../gguf-device-messages.ts'
import { partStream } from '../part-stream.ts'
import { createTurns } from '../turns.ts'
import { PromptApiContextError, PromptApiError, PromptApiUnavailableError } from './errors.ts'
import { type Abilities, lacks, samplingOf, toPrompts, warningsOf } from './to-prompts.ts'
import { type CalledTool, toolCatcher } from './tool-catcher.ts'

export interface PromptApiDeviceOptions {
  /** `globalThis.LanguageModel` when not given. */
  readonly languageModel?: PromptApi
  /** Languages of prompts and answers, BCP 47; `en` when not given. A browser refuses what its model was not made for. */
  readonly languages?: readonly string[]
  /** Told of a download: a share from 0 to 1. */
  readonly onDownload?: (loaded: number) => void
  /** Gives up opening it. */
  readonly signal?: AbortSignal
}

export type PromptApiDevice = DeviceModel & Disposable & { readonly facts: DeviceFacts }

type Expectations = Pick<AvailabilityOptions, 'expectedInputs' | 'expectedOutputs'>

/**
 * Opens it; a browser may download its model first, which takes a click or a key in the page. Throws PromptApiUnavailableError,
 * PromptApiError and the signal's reason. Disposing lets the model go.
 */
export async function promptApiDevice(options: PromptApiDeviceOptions = {}): Promise<PromptApiDevice> {
  const { signal, onDownload, languages = ['en'] } = options
  const text = [{ type: 'text' as const, languages }]
  const expected = { expectedInputs: text, expectedOutputs: text }
  const api = options.languageModel ?? (globalThis as { LanguageModel?: PromptApi }).LanguageModel
  if (!api) throw new PromptApiUnavailableError(null)
  signal?.throwIfAborted()
  const abilities = { tools: false, samplingMode: false }
  const availability = await api.availability(watched(abilities, expected))
  if (availability === 'unavailable') throw new PromptApiUnavailableError(availability)

  /** Stays open, so that the browser keeps the model loaded. */
  const first = await api
    .create({
      ...expected,
      ...(signal ? { signal } : {}),
      monitor: (monitor) =>
        monitor.addEventListener('downloadprogress', (event) =>
          onDownload?.((event as ProgressEvent).loaded),
        ),
    })
    .catch((cause: unknown) => {
      signal?.throwIfAborted()
      throw failed(cause, Number.NaN)
    })
  const { contextWindow } = first
  const turns = createTurns(1)

  const doStream: PromptApiDevice['doStream'] = async (call) => ({
    stream: partStream(turns, {
      abortSignal: call.abortSignal,
      warnings: warningsOf(call, abilities),
      parts: (signal) => parts({ api, expected, abilities }, call, signal),
    }),
  })
  return {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId: 'browser-built-in',
    supportedUrls: {},
    facts: {
      contextLength: contextWindow,
      followsInstructions: true,
      givesLogprobs: false,
      countTokens: () => null,
      lacks: (_, call) => lacks(call, abilities),
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
    [Symbol.dispose]: () => first.destroy(),
  }
}

/** Options that tell which of them were read: a browser reads those it knows. */
function watched(
  abilities: { -readonly [name in keyof Abilities]: boolean },
  expected: Expectations,
): AvailabilityOptions {
  return {
    ...expected,
    get tools() {
      abilities.tools = true
      return []
    },
    get samplingMode() {
      abilities.samplingMode = true
      return 'balanced' as const
    },
  }
}

interface Browser {
  readonly api: PromptApi
  readonly expected: Expectations
  readonly abilities: Abilities
}

async function* parts(
  { api, expected, abilities }: Browser,
  call: LanguageModelV4CallOptions,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const { initialPrompts, input } = toPrompts(call)
  const catcher = toolCatcher(abilities.tools ? toTools(call) : [])
  const either = AbortSignal.any([signal, catcher.signal])
  const samplingMode = abilities.samplingMode ? samplingOf(call) : undefined
  let session: PromptSession | undefined
  try {
    session = await api.create({
      ...expected,
      initialPrompts,
      signal: either,
      ...(catcher.tools.length === 0 ? {} : { tools: catcher.tools }),
      ...(samplingMode === undefined ? {} : { samplingMode }),
    })
    const options = { signal: either, ...constraintOf(call) }
    const usage = await measured(session, input, options)
    yield { type: 'text-start', id: '0' }
    try {
      const reader = session.promptStreaming(input, options).getReader()
      for (let step = await reader.read(); !step.done; step = await reader.read()) {
        yield { type: 'text-delta', id: '0', delta: step.value }
      }
    } catch (error) {
      if (catcher.called().length === 0) throw error
    }
    signal.throwIfAborted()
    yield { type: 'text-end', id: '0' }
    const calls = catcher.called()
    for (const called of calls) yield* toolParts(called)
    const unified = calls.length > 0 ? 'tool-calls' : 'stop'
    yield { type: 'finish', finishReason: { unified, raw: undefined }, usage: usage(session) }
  } catch (error) {
    signal.throwIfAborted()
    throw failed(error, session?.contextWindow ?? Number.NaN)
  } finally {
    session?.destroy()
  }
}

function constraintOf({
  responseFormat,
}: LanguageModelV4CallOptions): Pick<PromptOptions, 'responseConstraint'> {
  if (responseFormat?.type !== 'json') return {}
  return { responseConstraint: (responseFormat.schema ?? { type: 'object' }) as Record<string, unknown> }
}

/** Throws PromptApiContextError where old turns would have to go. Gives what the call came to, by the session's own count. */
async function measured(
  session: PromptSession,
  input: Parameters<PromptSession['measureContextUsage']>[0],
  options: PromptOptions,
): Promise<(after: PromptSession) => LanguageModelV4Usage> {
  const needs = session.contextUsage + (await session.measureContextUsage(input, options))
  if (needs > session.contextWindow) throw new PromptApiContextError(needs, session.contextWindow)
  return ({ contextUsage }) => ({
    inputTokens: { total: needs, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: Math.max(0, contextUsage - needs), text: undefined, reasoning: undefined },
  })
}

function* toolParts({ id, name, input }: CalledTool): Generator<LanguageModelV4StreamPart, void> {
  yield { type: 'tool-input-start', id, toolName: name }
  yield { type: 'tool-input-delta', id, delta: input }
  yield { type: 'tool-input-end', id }
  yield { type: 'tool-call', toolCallId: id, toolName: name, input }
}

function failed(cause: unknown, contextWindow: number): Error {
  if (cause instanceof PromptApiContextError) return cause
  const { name, requested } = (cause ?? {}) as { name?: unknown; requested?: unknown }
  if (name === 'QuotaExceededError') {
    return new PromptApiContextError(typeof requested === 'number' ? requested : null, contextWindow, {
      cause,
    })
  }
  return new PromptApiError(typeof name === 'string' ? name : 'unknown', { cause })
}
