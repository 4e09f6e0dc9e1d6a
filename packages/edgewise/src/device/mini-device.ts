/**
 * The embedded model as a device model. It reads the text of the last user message, does the job that
 * `providerOptions.edgewise.task` names (`complete` when it names none), and reports its signal. What it cannot take
 * (tools, files, a conversation) is named in warnings.
 */
import type {
  JSONValue,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4Warning,
} from '@ai-sdk/provider'
import { findNumber } from '@edgewise/engine'
import { collect, partsOf } from '../call/collect.ts'
import { BadOptionError } from '../errors.ts'
import type { DeviceFacts, DeviceModel } from './device-model.ts'
import { partStream } from './part-stream.ts'
import { quantisationOf, type StoredWeights } from './quantisation.ts'
import { type ToldToken, tokenFacts } from './token-facts.ts'
import { type TokenCounts, tokenUsage } from './token-usage.ts'
import { createTurns } from './turns.ts'

/** What this adapter uses of the embedded model. */
export interface MiniLike {
  readonly modelId: string
  readonly contextLength: number
  countTokens(task: string, text: string): number
  run(task: string, text: string, options: MiniRunOptions): MiniRun
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>
  /** Its file, where it is at hand: what it says of its weights and of the form of its prompts goes on receipts. */
  readonly model?: StoredWeights
}

/** The part of an async generator that is used here. */
export interface MiniRun {
  next(): Promise<IteratorResult<MiniChunk, MiniResult>>
  return(value?: unknown): Promise<unknown>
}

export interface MiniRunOptions {
  signal?: AbortSignal
  careful?: boolean
  maxTokens?: number
  temperature?: number
  topP?: number
  topK?: number
  seed?: number
  stop?: string[]
  topLogprobs?: number
}

export interface MiniChunk {
  readonly text: string
  readonly logprob: number
  /** Of its token, where the piece is one. */
  readonly margin?: number
  readonly top?: NonNullable<ToldToken['top']>
}

export interface MiniResult extends TokenCounts {
  readonly finishReason: 'stop' | 'length'
  readonly meanLogprob: number
  /** Structured result of the job (spans, a label), or null. */
  readonly data: JSONValue | null
}

/** Runs at a time: each has keys and values of its own, and more of them only make each one slower. */
const CONCURRENT_RUNS = 4

/** Wraps the embedded model. The caller keeps it and disposes of it after the last call. */
export function miniDevice(mini: MiniLike): DeviceModel {
  const turns = createTurns(CONCURRENT_RUNS)
  const embedTurns = createTurns(1)

  const facts: DeviceFacts = {
    contextLength: mini.contextLength,
    ...(mini.model === undefined ? {} : storedAs(mini.model)),
    countTokens: (task, call) => {
      const text = lastUserText(call)
      return text === null ? null : mini.countTokens(task, text)
    },
    lacks,
  }

  const doStream: LanguageModelV4['doStream'] = async (call) => {
    const task = taskOf(call)
    const text = lastUserText(call)
    if (text === null) {
      throw new BadOptionError(
        'the prompt has no user message with text: the device model reads the last one',
      )
    }
    return {
      stream: partStream(turns, {
        abortSignal: call.abortSignal,
        warnings: warningsOf(task, call),
        parts: (signal) => parts(mini.run(task, text, runOptions(call, signal))),
      }),
    }
  }

  return {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId: mini.modelId,
    supportedUrls: {},
    facts,
    async embed(texts, signal) {
      const release = await embedTurns.take(signal)
      try {
        return await mini.embed(texts, signal)
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

/** Prompts have no chat template: their form is a numbered protocol (models/mini/protocol.md). */
function storedAs(model: StoredWeights): Pick<DeviceFacts, 'quantisation' | 'chatTemplate'> {
  const quantisation = quantisationOf(model)
  const protocol = findNumber(model.metadata, 'edgewise.mini.protocol')
  return {
    ...(quantisation === undefined ? {} : { quantisation }),
    ...(protocol === undefined ? {} : { chatTemplate: `edgewise.mini.protocol ${protocol}` }),
  }
}

/** The model's chunks as stream parts. */
async function* parts(run: MiniRun): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const id = '0'
  try {
    yield { type: 'text-start', id }
    let step = await run.next()
    for (; !step.done; step = await run.next()) {
      const edgewise = tokenFacts(step.value)
      yield { type: 'text-delta', id, delta: step.value.text, providerMetadata: { edgewise } }
    }
    yield { type: 'text-end', id }
    yield finish(step.value)
  } finally {
    await run.return()
  }
}

const finish = (result: MiniResult): LanguageModelV4StreamPart => ({
  type: 'finish',
  finishReason: { unified: result.finishReason, raw: result.finishReason },
  usage: tokenUsage(result),
  providerMetadata: {
    edgewise: {
      meanLogprob: result.meanLogprob,
      ...(result.data === null ? {} : { data: result.data }),
    },
  },
})

function taskOf(call: LanguageModelV4CallOptions): string {
  const task = call.providerOptions?.edgewise?.task
  return typeof task === 'string' ? task : 'complete'
}

function lastUserText(call: LanguageModelV4CallOptions): string | null {
  const message = call.prompt.findLast((message) => message.role === 'user')
  const texts = message?.content.filter((part) => part.type === 'text').map((part) => part.text) ?? []
  return texts.length === 0 ? null : texts.join('\n')
}

function runOptions(call: LanguageModelV4CallOptions, signal: AbortSignal): MiniRunOptions {
  const options: MiniRunOptions = { signal }
  if (call.maxOutputTokens !== undefined) options.maxTokens = call.maxOutputTokens
  if (call.temperature !== undefined) options.temperature = call.temperature
  if (call.topK !== undefined) options.topK = call.topK
  // OpenAI's range begins at 0, the smallest nucleus: the best token alone.
  if (call.topP === 0) options.topK = 1
  else if (call.topP !== undefined) options.topP = call.topP
  if (call.seed !== undefined) options.seed = call.seed
  if (call.stopSequences !== undefined) options.stop = call.stopSequences
  const topLogprobs = call.providerOptions?.edgewise?.topLogprobs
  if (typeof topLogprobs === 'number') options.topLogprobs = topLogprobs
  return options
}

const usesTools = (call: LanguageModelV4CallOptions): boolean =>
  (call.tools?.length ?? 0) > 0 && call.toolChoice?.type !== 'none'

const hasFiles = (call: LanguageModelV4CallOptions): boolean =>
  call.prompt.some(
    (message) => message.role === 'user' && message.content.some((part) => part.type === 'file'),
  )

/** What another place would take and this one cannot. */
function lacks(task: string, call: LanguageModelV4CallOptions): readonly string[] {
  const missing: string[] = []
  if (usesTools(call)) missing.push('tools')
  if (hasFiles(call)) missing.push('files')
  if (call.responseFormat?.type === 'json' && task !== 'json') missing.push('a JSON answer')
  return missing
}

function warningsOf(task: string, call: LanguageModelV4CallOptions): SharedV4Warning[] {
  const features: string[] = []
  if (usesTools(call)) features.push('tools')
  if (hasFiles(call)) features.push('files')
  if (call.responseFormat?.type === 'json') {
    if (task !== 'json') features.push('responseFormat')
    else if (call.responseFormat.schema !== undefined) features.push('responseFormat.schema')
  }
  if (call.presencePenalty !== undefined) features.push('presencePenalty')
  if (call.frequencyPenalty !== undefined) features.push('frequencyPenalty')
  if (call.reasoning !== undefined && call.reasoning !== 'provider-default' && call.reasoning !== 'none') {
    features.push('reasoning')
  }
  const warnings: SharedV4Warning[] = features.map((feature) => ({ type: 'unsupported', feature }))
  if (call.prompt.some((message) => message.role === 'system')) {
    warnings.push({ type: 'unsupported', feature: 'system message', details: 'the task says what to do' })
  }
  if (call.prompt.filter((message) => message.role !== 'system').length > 1) {
    warnings.push({
      type: 'unsupported',
      feature: 'conversation',
      details: 'only the last user message is read',
    })
  }
  return warnings
}
