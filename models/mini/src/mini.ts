/**
 * edgewise-mini, opened: one model, five tasks, one way to run them. Loading the file that ships is here too.
 * Runs of one Mini may overlap: each has a session of its own, and they take turns between passes. A run begins with what
 * earlier ones have run of its prompt.
 */
import { embed, findNumber, findStrings, type Model, openModel, PrefixCache, turns } from '@edgewise/engine'
import { complete } from './complete.ts'
import { type Dictionary, dictionary } from './dictionary.ts'
import { NotMiniError, UnknownTaskError } from './errors.ts'
import { fix } from './fix.ts'
import { intent } from './intent.ts'
import { json, jsonText } from './json.ts'
import { type Protocol, protocolOf, protocolVersion } from './protocol.ts'
import { mayFit, Reader } from './reader.ts'
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
  /** Tokens a prompt and its answer may have together; a task that copies its text needs it twice, and room for markers. */
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
  const cache = new PrefixCache(model)
  const parts: Parts = {
    cache,
    protocol,
    // Only `fix` needs it, and it takes a few milliseconds to build.
    words: () => (words ??= dictionary(findStrings(model.metadata, 'edgewise.mini.words') ?? [])),
  }
  return {
    modelId: 'edgewise-mini',
    contextLength: model.contextLength,
    model,
    countTokens: (task, text) => {
      const name = known(task)
      const fewest = protocol.fewestTokens(text)
      return fewest > model.contextLength ? fewest : protocol.prompt(name, protocol.units(text)).length
    },
    run: (task, text, options = {}) =>
      task === 'complete'
        ? complete(cache, protocol, text, options)
        : decide(parts, known(task), text, options),
    async embed(texts, signal) {
      const prompts = texts.map((text) => {
        mayFit(model, protocol, text)
        return protocol.prompt('intent', protocol.units(text))
      })
      return await embed(model, prompts, { pooling: 'last', ...(signal && { signal }) })
    },
    [Symbol.dispose]: () => model[Symbol.dispose](),
  }
}

function known(task: MiniTask): MiniTask {
  if (!isMiniTask(task)) throw new UnknownTaskError(task, miniTasks)
  return task
}

interface Parts {
  readonly cache: PrefixCache
  readonly protocol: Protocol
  readonly words: () => Dictionary
}

/** The tasks whose answer is chosen, not written: one piece of text, and what it was made from as data. */
async function* decide(
  parts: Parts,
  task: MiniTask,
  text: string,
  { signal }: RunOptions,
): AsyncGenerator<TextPart, RunResult> {
  const { cache, protocol } = parts
  const { model } = cache
  mayFit(model, protocol, text)
  using reader = new Reader(cache, turns(signal))
  const decisions = tally()
  const answer = await answers[task as keyof typeof answers](parts, reader, text, decisions)
  reader.keep()
  const meanLogprob = decisions.mean()
  yield { text: answer.text, logprob: meanLogprob }
  const promptTokens = protocol.prompt(task, protocol.units(text)).length
  return {
    finishReason: 'stop',
    promptTokens,
    // A first question may be about more than the prompt.
    cachedTokens: Math.min(reader.cachedTokens, promptTokens),
    completionTokens: model.tokenizer.encode(answer.text, { literal: true }).length,
    meanLogprob,
    data: answer.data,
  }
}

type Decide = (
  parts: Parts,
  reader: Reader,
  text: string,
  decisions: Tally,
) => Promise<{ text: string; data: Json }>

const answers: Record<Exclude<MiniTask, 'complete'>, Decide> = {
  intent: async ({ protocol }, reader, text, decisions) => {
    const answer = await intent(reader, protocol, text, decisions)
    return { text: answer.label, data: { ...answer } }
  },
  json: async ({ protocol }, reader, text, decisions) => {
    const answer = await json(reader, protocol, text, decisions)
    return { text: jsonText(answer), data: { ...answer } }
  },
  redact: async ({ protocol }, reader, text, decisions) => {
    const answer = await redact(reader, protocol, text, decisions)
    return { text: answer.text, data: answer.spans }
  },
  fix: async ({ protocol, words }, reader, text, decisions) => {
    const answer = await fix(reader, protocol, words(), text, decisions)
    return { text: answer.text, data: answer.edits }
  },
}
