/**
 * A GGUF file run by llama.cpp in this process, through node-llama-cpp: for architectures, quantisations and GPUs that the engine does not
 * have. Template, tokens, tools and thoughts are read by the engine, as its own device reads them; llama.cpp gives the
 * numbers. It answers one call at a time and keeps what the last one's prompt has in common with the next.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import {
  type ChatTemplate,
  chatTemplate,
  DisposedError,
  handleSource,
  OutOfMemoryError,
  type ReadableHandle,
  readGgufFrom,
  stopFilter,
  Tokenizer,
  UnsupportedConstraintError,
} from '@edgewise/engine'
import { collect, partsOf } from '../../call/collect.ts'
import type { DeviceFacts, DeviceModel } from '../device-model.ts'
import { notText } from '../gguf-device-messages.ts'
import { partWriter } from '../gguf-device-parts.ts'
import { generateOptions, type Prepared, preparing, warningsOf } from '../gguf-device-prepare.ts'
import { partStream } from '../part-stream.ts'
import { quantisationOf } from '../quantisation.ts'
import { tokenUsage } from '../token-usage.ts'
import { createTurns } from '../turns.ts'
import { type DecodedToken, type DecodeEnd, decode } from './decode.ts'
import { LlamaCppError } from './errors.ts'
import { grammarSchema } from './grammar-schema.ts'
import { jsonEnd } from './json-end.ts'
import {
  type Llama,
  type LlamaContext,
  type LlamaCppLibrary,
  type LlamaModel,
  loadLibrary,
} from './library.ts'

export interface LlamaCppDeviceOptions {
  /** The path of a GGUF file; of one in parts, the first. */
  readonly file: string
  /** What receipts call the model; the file's name when not given. */
  readonly modelId?: string
  /** Tokens of prompt and answer; what fits, at most 8,192 and what the model was trained for, when not given. */
  readonly contextLength?: number
  /** In place of the file's chat template: see the engine's `chatTemplate`. */
  readonly template?: string
  /** `false`: not even if there is one. */
  readonly gpu?: false
  /** llama.cpp's own choice when not given. On cores that others use too, one is often faster than all. */
  readonly threads?: number
  /** Tells the margin of each token, at the price of the whole distribution coming over for it: milliseconds with a large vocabulary. */
  readonly margins?: boolean
  /** The imported package, where it does not lie beside this one. */
  readonly library?: LlamaCppLibrary
  /** Gives up opening it. */
  readonly signal?: AbortSignal
}

export type LlamaCppDevice = DeviceModel &
  AsyncDisposable & { readonly facts: DeviceFacts; readonly template: ChatTemplate }

const MOST_CONTEXT = 8192

/**
 * Throws LlamaCppMissingError, LlamaCppError for a file or a machine that llama.cpp cannot use, OutOfMemoryError, and what the engine
 * throws for a header, tokenizer or template it cannot read.
 */
export async function llamaCppDevice(options: LlamaCppDeviceOptions): Promise<LlamaCppDevice> {
  const { file, signal, margins = false } = options
  signal?.throwIfAborted()
  const library = options.library ?? (await loadLibrary())
  const metadata = await readMetadata(file)
  const quantisation = quantisationOf({ metadata })
  const tokenizer = await Tokenizer.open(metadata)
  const given = options.template === undefined ? {} : { template: options.template }
  const template = await chatTemplate({ metadata, tokenizer }, given)
  const opened = await open(library, options)
  const { llama, model, context } = opened
  const { contextSize: contextLength } = context
  const sequence = context.getSequence()
  const { ahead, take } = preparing(template)
  const turns = createTurns(1)
  const closed = new AbortController()
  const grammars = grammarsOf(llama)

  async function* parts(
    call: LanguageModelV4CallOptions,
    { prompt, isPlain, schema }: Prepared,
    signal: AbortSignal,
  ): AsyncGenerator<LanguageModelV4StreamPart, void> {
    const either = AbortSignal.any([signal, closed.signal])
    either.throwIfAborted()
    const {
      maxTokens,
      temperature = 0,
      topK,
      topP,
      seed,
      stop,
      topLogprobs = 0,
    } = generateOptions(call, undefined, either)
    const grammar = schema && (await grammars(schema))
    const tokens = decode(sequence, tokenizer, prompt.tokens, {
      contextLength,
      margins,
      topLogprobs,
      temperature,
      topK,
      topP,
      seed,
      signal: either,
      maxTokens: maxTokens!,
      grammar: grammar && new library.LlamaGrammarEvaluationState({ model, grammar }),
      filter: grammar ? jsonEnd() : stopFilter(stop ?? []),
    })
    yield* told(tokens, prompt.reader(), partWriter(isPlain))
  }

  const doStream: LlamaCppDevice['doStream'] = async (call) => {
    closed.signal.throwIfAborted()
    const prepared = take(call)
    if (prepared.schema) grammarSchema(prepared.schema)
    return {
      stream: partStream(turns, {
        abortSignal: call.abortSignal,
        warnings: warningsOf(call, prepared),
        parts: (signal) => parts(call, prepared, signal),
      }),
    }
  }

  return {
    specificationVersion: 'v4',
    provider: 'edgewise.device',
    modelId: options.modelId ?? file.split(/[/\\]/).at(-1)!,
    supportedUrls: {},
    template,
    facts: {
      contextLength,
      ...(quantisation === undefined ? {} : { quantisation }),
      chatTemplate: template.text,
      followsInstructions: true,
      countTokens: (_, call) => ahead(call).prompt.tokens.length,
      lacks: (_, call) => [...notText(call), ...schemaProblem(ahead(call))],
    },
    doStream,
    async doGenerate(call) {
      return collect(partsOf((await doStream(call)).stream))
    },
    async [Symbol.asyncDispose]() {
      if (closed.signal.aborted) return
      closed.abort(new DisposedError('llama.cpp device'))
      const release = await turns.take()
      await close(opened)
      release()
    },
  }
}

type Opened = { readonly llama: Llama; readonly model: LlamaModel; readonly context: LlamaContext }

async function open(library: LlamaCppLibrary, options: LlamaCppDeviceOptions): Promise<Opened> {
  const { file, contextLength, threads, signal, gpu = 'auto' } = options
  const partly: { llama?: Llama; model?: LlamaModel } = {}
  try {
    const llama = await library.getLlama({ gpu, build: 'never', skipDownload: true, logLevel: 'error' })
    partly.llama = llama
    const model = await llama.loadModel({ modelPath: file, ...(signal ? { loadSignal: signal } : {}) })
    partly.model = model
    const context = await model.createContext({
      contextSize: contextLength ?? { max: MOST_CONTEXT },
      ...(threads === undefined ? {} : { threads }),
      ...(signal ? { createSignal: signal } : {}),
    })
    return { llama, model, context }
  } catch (cause) {
    await partly.model?.dispose()
    await partly.llama?.dispose()
    signal?.throwIfAborted()
    const why = cause instanceof Error ? cause.message : String(cause)
    if (cause instanceof library.InsufficientMemoryError) {
      throw new OutOfMemoryError(
        `llama.cpp has no room for ${file}: ${why}; give a smaller contextLength or file`,
        {
          cause,
        },
      )
    }
    throw new LlamaCppError(`llama.cpp could not open ${file}: ${why}`, { cause })
  }
}

async function close({ llama, model, context }: Opened): Promise<void> {
  await context.dispose()
  await model.dispose()
  await llama.dispose()
}

async function readMetadata(file: string): Promise<Awaited<ReturnType<typeof readGgufFrom>>['metadata']> {
  const name = 'node:fs/promises'
  const files: { open(path: string): Promise<ReadableHandle & { close(): Promise<void> }> } = await import(
    /* @vite-ignore */ name
  )
  const handle = await files.open(file).catch((cause: unknown) => {
    throw new LlamaCppError(`${file} could not be opened: check the path`, { cause })
  })
  try {
    return (await readGgufFrom(await handleSource(handle, file))).metadata
  } finally {
    await handle.close()
  }
}

/** Callers send the same schema again and again. */
const KEPT_GRAMMARS = 16

function grammarsOf(llama: Llama): (schema: unknown) => Promise<object> {
  const known = new Map<string, Promise<object>>()
  return (schema) => {
    const key = JSON.stringify(schema)
    const made = known.get(key) ?? llama.createGrammarForJsonSchema(grammarSchema(schema))
    known.delete(key)
    known.set(key, made)
    if (known.size > KEPT_GRAMMARS) known.delete(known.keys().next().value!)
    return made
  }
}

function schemaProblem({ schema }: Prepared): string[] {
  try {
    if (schema) grammarSchema(schema)
    return []
  } catch (error) {
    if (error instanceof UnsupportedConstraintError) return ['this JSON schema']
    throw error
  }
}

/** Tokens as parts. `meanLogprob` is of the tokens the model chose, where they were measured. */
async function* told(
  tokens: AsyncGenerator<DecodedToken, DecodeEnd>,
  reader: ReturnType<Prepared['prompt']['reader']>,
  writer: ReturnType<typeof partWriter>,
): AsyncGenerator<LanguageModelV4StreamPart, void> {
  const chosen = { sum: 0, count: 0 }
  try {
    let step = await tokens.next()
    for (; !step.done; step = await tokens.next()) {
      const { id, text, logprob, margin, top, forced } = step.value
      const token = {
        text,
        logprob: logprob ?? 0,
        ...(margin !== undefined && { margin }),
        ...(top && { top }),
      }
      const written = writer.write(reader.push({ id, text }), token)
      yield* logprob === undefined ? written.map(unmeasured) : written
      if (logprob === undefined || forced) continue
      chosen.sum += logprob
      chosen.count++
    }
    const { rest, finishReason: raw, ...counts } = step.value
    const last = rest === '' ? [] : [{ type: 'text' as const, text: rest }]
    yield* writer.end([...reader.end(), ...last])
    yield {
      type: 'finish',
      finishReason: { unified: writer.hasCalls && raw === 'stop' ? 'tool-calls' : raw, raw },
      usage: tokenUsage(counts),
      providerMetadata: {
        edgewise: chosen.count === 0 ? {} : { meanLogprob: chosen.sum / chosen.count },
      },
    }
  } finally {
    await tokens.return(undefined as never)
  }
}

/** Drawn with a temperature: what llama.cpp tells of it is of another distribution. */
function unmeasured(part: LanguageModelV4StreamPart): LanguageModelV4StreamPart {
  if (part.type !== 'text-delta') return part
  const { providerMetadata: _, ...bare } = part
  return bare
}
