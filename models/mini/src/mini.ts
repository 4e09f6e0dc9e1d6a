/**
 * edgewise-mini, opened: one model, five tasks, one way to run them. Loading the file that ships is here too.
 * Runs of one Mini may overlap: they take turns between passes. A completion begins with what earlier ones have run of its prompt.
 */
import {
  ContextLengthError,
  findNumber,
  findNumbers,
  findStrings,
  type Model,
  openModel,
  PrefixCache,
  turns,
} from '@edgewise/engine'
import { type LinearHead, readLinear } from '@edgewise/student/linear'
import { complete } from './complete.ts'
import { type Dictionary, dictionary } from './dictionary.ts'
import { NotMiniError, UnknownTaskError } from './errors.ts'
import { fix } from './fix.ts'
import { intent } from './intent.ts'
import { json, jsonText } from './json.ts'
import { mayFit } from './may-fit.ts'
import { type Protocol, protocolOf, protocolVersion } from './protocol.ts'
import { type Reader, windows } from './reading.ts'
import { redact } from './redact.ts'
import type { RunOptions, RunResult, TextPart } from './run-types.ts'
import { type Tally, tally } from './score.ts'
import { isMiniTask, type Json, type MiniTask, miniTasks } from './tasks.ts'

export interface OpenOptions {
  readonly backend?: 'auto' | 'wasm' | 'reference'
}

export interface Mini {
  /** 'edgewise-mini'. */
  readonly modelId: string
  /** Tokens a text may have, and of `complete` a prompt and its answer together. */
  readonly contextLength: number
  readonly model: Model
  /**
   * Tokens of the prompt; of a text that cannot fit the context whatever its tokens are, a lower bound that is over
   * contextLength, found without tokenizing. Throws UnknownTaskError.
   */
  countTokens(task: MiniTask, text: string): number
  /**
   * Runs a task; the text may be anything. Lets the host breathe every 10 ms or so of work.
   * Throws UnknownTaskError at once; at the first `next()` or later ContextLengthError, another error of the engine, or
   * the signal's reason.
   */
  run(task: MiniTask, text: string, options?: RunOptions): AsyncGenerator<TextPart, RunResult>
  /**
   * A vector [dim] of length 1 for each text: the state from which `intent` names a label. Made for short English requests, of which
   * it parts what they ask for better than the mean of all states (docs/cache.md). Throws ContextLengthError, another error of
   * the engine, or the signal's reason.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>
  [Symbol.dispose](): void
}

/** Opens the bytes of an edgewise-mini GGUF. Throws NotMiniError, BadGgufError, UnsupportedError, BackendUnavailableError. */
export async function openMini(bytes: Uint8Array, options: OpenOptions = {}): Promise<Mini> {
  const model = await openModel(bytes, options)
  try {
    return miniOf(model)
  } catch (error) {
    model[Symbol.dispose]()
    throw error
  }
}

/** Opens the file that ships beside this package's package.json. Throws as openMini, and what fetch or the file system throw. */
export async function loadMini(options: OpenOptions = {}): Promise<Mini> {
  return openMini(await readShipped(new URL('../edgewise-mini.gguf', import.meta.url)), options)
}

async function readShipped(file: URL): Promise<Uint8Array> {
  if (file.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises')
    return readFile(file)
  }
  const response = await fetch(file)
  if (!response.ok)
    throw new NotMiniError(`${file} answered ${response.status}: serve edgewise-mini.gguf there`)
  return new Uint8Array(await response.arrayBuffer())
}

function miniOf(model: Model): Mini {
  const version = findNumber(model.metadata, 'edgewise.mini.protocol')
  if (version !== protocolVersion) {
    throw new NotMiniError(
      `edgewise.mini.protocol is ${version ?? 'missing'}, this package speaks ${protocolVersion}`,
    )
  }
  const protocol = protocolOf(model.tokenizer)
  let words: Dictionary | undefined
  let head: LinearHead | undefined
  const headBytes = findNumbers(model.metadata, 'edgewise.mini.intents')
  const cache = new PrefixCache(model)
  const parts: Parts = {
    model,
    protocol,
    // Only one task needs each, and they take a few milliseconds to build.
    head: () => {
      if (headBytes instanceof Uint8Array) head ??= readLinear(headBytes)
      return head
    },
    words: () => (words ??= dictionary(findStrings(model.metadata, 'edgewise.mini.words') ?? [])),
  }
  return {
    modelId: 'edgewise-mini',
    contextLength: model.contextLength,
    model,
    countTokens: (task, text) => {
      const name = known(task)
      const fewest = protocol.fewestTokens(text)
      return fewest > model.contextLength ? fewest : tokensOf(protocol, name, text)
    },
    run: (task, text, options = {}) =>
      task === 'complete'
        ? complete(cache, protocol, text, options)
        : decide(parts, known(task), text, options),
    async embed(texts, signal) {
      const turn = turns(signal)
      const reader = { model, protocol, turn }
      const vectors: Float32Array[] = []
      for (const text of texts) vectors.push(await vectorOf(reader, text))
      return vectors
    },
    [Symbol.dispose]: () => model[Symbol.dispose](),
  }
}

/** The state at the place of the task, from which `intent` names a label, of length 1; of a text in windows their mean. */
async function vectorOf({ model, protocol, turn }: Reader, text: string): Promise<Float32Array> {
  mayFit(model, protocol, text)
  const units = protocol.units(text)
  const tokens = tokensOf(protocol, 'intent', text)
  if (tokens > model.contextLength) throw new ContextLengthError(tokens, model.contextLength)
  const sum = new Float32Array(model.config.dim)
  for (const { from, to } of windows(units)) {
    const { ids } = protocol.reading('intent', units.slice(from, to))
    for (const [i, value] of model.encodeStates(ids, [0]).entries()) sum[i]! += value
    await turn()
  }
  const length = Math.hypot(...sum)
  return sum.map((value) => value / length)
}

function known(task: MiniTask): MiniTask {
  if (!isMiniTask(task)) throw new UnknownTaskError(task, miniTasks)
  return task
}

interface Parts {
  readonly model: Model
  readonly protocol: Protocol
  readonly head: () => LinearHead | undefined
  readonly words: () => Dictionary
}

/** The tasks whose answer is chosen, not written: one piece of text, and what it was made from as data. */
async function* decide(
  parts: Parts,
  task: MiniTask,
  text: string,
  { signal, careful }: RunOptions,
): AsyncGenerator<TextPart, RunResult> {
  const { model, protocol } = parts
  mayFit(model, protocol, text)
  const promptTokens = tokensOf(protocol, task, text)
  if (promptTokens > model.contextLength) throw new ContextLengthError(promptTokens, model.contextLength)
  const turn = turns(signal)
  await turn()
  const decisions = tally()
  const reader = { model, protocol, turn }
  const answer = await answers[task as keyof typeof answers](parts, reader, text, decisions, careful)
  const meanLogprob = decisions.mean()
  yield { text: answer.text, logprob: meanLogprob }
  return {
    finishReason: 'stop',
    promptTokens,
    cachedTokens: 0,
    completionTokens: model.tokenizer.encode(answer.text, { literal: true }).length,
    meanLogprob,
    data: answer.data,
  }
}

/** Tokens that are read of a text, windows counted once. */
function tokensOf(protocol: Protocol, task: MiniTask, text: string): number {
  const units = protocol.units(text)
  return task === 'complete' ? protocol.prompt(units).length : protocol.reading(task, units).ids.length
}

type Decide = (
  parts: Parts,
  reader: Reader,
  text: string,
  decisions: Tally,
  careful?: boolean,
) => Promise<{ text: string; data: Json }>

const answers: Record<Exclude<MiniTask, 'complete'>, Decide> = {
  intent: async ({ head }, reader, text, decisions) => {
    const answer = await intent(reader, head(), text, decisions)
    return { text: answer.label, data: { ...answer } }
  },
  json: async (_, reader, text, decisions) => {
    const answer = await json(reader, text, decisions)
    return { text: jsonText(answer), data: { ...answer } }
  },
  redact: async (_, reader, text, decisions, careful) => {
    const answer = await redact(reader, text, decisions, careful)
    return { text: answer.text, data: answer.spans }
  },
  fix: async ({ words }, reader, text, decisions) => {
    const answer = await fix(reader, words(), text, decisions)
    return { text: answer.text, data: answer.edits }
  },
}
