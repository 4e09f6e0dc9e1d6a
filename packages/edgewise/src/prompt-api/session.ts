/**
 * One conversation of the Prompt API with a model. What was said is kept and sent with each prompt; one prompt runs at a time, in
 * the order they came; one that fails or is aborted leaves no trace. When it would not fit, the oldest turns are forgotten and
 * `contextoverflow` is told, and QuotaExceededError where that is not enough.
 */
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4GenerateResult,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import { createTurns } from '../device/turns.ts'
import { exception, quotaExceeded, toException } from './exceptions.ts'
import { readInput, toTools } from './messages.ts'
import type { PromptModel } from './prompt-api.ts'
import { runTool } from './run-tool.ts'
import type { PromptInput, PromptOptions, PromptSession, PromptTool, Signalled } from './shape.ts'

type Message = LanguageModelV4Prompt[number]
type Usage = LanguageModelV4GenerateResult['usage']

export interface SessionSetting {
  readonly model: PromptModel
  readonly tools: readonly PromptTool[]
  readonly temperature: number | undefined
}

export interface OpenedSession extends PromptSession {
  oncontextoverflow: ((this: OpenedSession, event: Event) => unknown) | null
  clone(options?: Signalled): Promise<OpenedSession>
}

/** Calls of tools after which a model that never answers is given up. */
const MOST_ROUNDS = 16
/** UTF-8 bytes a token, where the model cannot count: near what English takes. */
const BYTES_A_TOKEN = 4

export function openSession(
  setting: SessionSetting,
  history: readonly Message[],
  usage?: number,
): OpenedSession {
  return new Session(setting, history, usage)
}

class Session extends EventTarget implements OpenedSession {
  readonly #setting: SessionSetting
  readonly #turns = createTurns(1)
  readonly #destroyed = new AbortController()
  #history: readonly Message[]
  #usage: number
  #onoverflow: OpenedSession['oncontextoverflow'] = null

  constructor(setting: SessionSetting, history: readonly Message[], usage?: number) {
    super()
    this.#setting = setting
    this.#history = history
    this.#usage = usage ?? this.#count(history)
  }

  get contextUsage(): number {
    return this.#usage
  }

  get contextWindow(): number {
    return this.#setting.model.facts?.contextLength ?? Number.POSITIVE_INFINITY
  }

  get oncontextoverflow(): OpenedSession['oncontextoverflow'] {
    return this.#onoverflow
  }

  set oncontextoverflow(listener: OpenedSession['oncontextoverflow']) {
    if (this.#onoverflow) this.removeEventListener('contextoverflow', this.#onoverflow)
    this.#onoverflow = listener
    if (listener) this.addEventListener('contextoverflow', listener)
  }

  async prompt(input: PromptInput, options: PromptOptions = {}): Promise<string> {
    let answer = ''
    for await (const text of this.#answer(input, options, new AbortController().signal)) answer += text
    return answer
  }

  promptStreaming(input: PromptInput, options: PromptOptions = {}): ReadableStream<string> {
    const stopped = new AbortController()
    const texts = this.#answer(input, options, stopped.signal)
    return new ReadableStream<string>({
      async pull(controller) {
        try {
          const { done, value } = await texts.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          controller.error(error)
        }
      },
      async cancel(reason) {
        stopped.abort(reason ?? exception('AbortError', 'the stream was cancelled'))
        await texts.return()
      },
    })
  }

  async append(input: PromptInput, { signal }: Signalled = {}): Promise<undefined> {
    const release = await this.#turn(signal)
    try {
      const { messages } = readInput(input, { mayPrefix: false })
      this.#makeRoom(messages)
      this.#history = [...this.#history, ...messages]
      this.#usage += this.#count(messages)
    } finally {
      release()
    }
  }

  async measureContextUsage(input: PromptInput, { signal }: PromptOptions = {}): Promise<number> {
    this.#alive(signal)
    return this.#count(readInput(input, { mayPrefix: true }).messages)
  }

  async clone({ signal }: Signalled = {}): Promise<OpenedSession> {
    const release = await this.#turn(signal)
    try {
      return new Session(this.#setting, this.#history, this.#usage)
    } finally {
      release()
    }
  }

  destroy(): undefined {
    this.#destroyed.abort(exception('AbortError', 'the session was destroyed'))
  }

  /** Throws InvalidStateError after `destroy`, and the signal's reason. */
  #alive(signal: AbortSignal | undefined): void {
    if (this.#destroyed.signal.aborted)
      throw exception('InvalidStateError', 'the session was destroyed: create another')
    signal?.throwIfAborted()
  }

  async #turn(signal: AbortSignal | undefined): Promise<() => void> {
    this.#alive(signal)
    const { signal: destroyed } = this.#destroyed
    return this.#turns.take(signal ? AbortSignal.any([signal, destroyed]) : destroyed)
  }

  async *#answer(
    input: PromptInput,
    { signal: given, responseConstraint }: PromptOptions,
    stopped: AbortSignal,
  ): AsyncGenerator<string, void> {
    const signal = AbortSignal.any([stopped, this.#destroyed.signal, ...(given ? [given] : [])])
    const release = await this.#turn(signal)
    try {
      if (responseConstraint instanceof RegExp) {
        throw exception('NotSupportedError', 'a regular expression as responseConstraint: give a JSON schema')
      }
      const { messages, prefix } = readInput(input, { mayPrefix: true })
      if (this.#history.length > 0 && messages[0]?.role === 'system') {
        throw new TypeError('a system message can only be the first of a session')
      }
      this.#makeRoom(messages)
      const { said, usage, text } = yield* this.#rounds(
        [...this.#history, ...messages],
        prefix,
        responseConstraint,
        signal,
      )
      this.#history = said
      const { inputTokens, outputTokens } = usage
      const counted = (inputTokens.total ?? Number.NaN) + (outputTokens.total ?? Number.NaN)
      this.#usage = Number.isNaN(counted)
        ? this.#usage + this.#count(messages) + this.#countText(text)
        : counted
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof TypeError ? error : toException(error, this.contextWindow)
    } finally {
      release()
    }
  }

  /** Calls the model until it answers with text; the tools it calls are run between. */
  async *#rounds(
    start: readonly Message[],
    prefix: string,
    schema: PromptOptions['responseConstraint'],
    signal: AbortSignal,
  ): AsyncGenerator<string, { said: readonly Message[]; usage: Usage; text: string }> {
    const { model, tools, temperature } = this.#setting
    let said = start
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const call: LanguageModelV4CallOptions = {
        prompt: [...said],
        abortSignal: signal,
        ...(temperature === undefined ? {} : { temperature }),
        ...(schema === undefined ? {} : { responseFormat: { type: 'json', schema } }),
        ...(tools.length === 0 ? {} : { tools: toTools(tools) }),
      }
      const { stream } = await model.doStream(call)
      const told = yield* textsOf(stream, round === 0 ? prefix : '')
      if (told.calls.length === 0) {
        const answer: Message = { role: 'assistant', content: [{ type: 'text', text: prefix + told.text }] }
        const kept = prefix === '' ? said : said.slice(0, -1)
        return { said: [...kept, answer], usage: told.usage, text: told.text }
      }
      const results = await unlessAborted(
        Promise.all(told.calls.map((called) => runTool(tools, called))),
        signal,
      )
      const texts = told.text === '' ? [] : [{ type: 'text' as const, text: told.text }]
      const calls = results.map(({ call }) => call)
      said = [
        ...said,
        { role: 'assistant', content: [...texts, ...calls] },
        { role: 'tool', content: results.map(({ result }) => result) },
      ]
    }
    throw exception('UnknownError', `the model called tools ${MOST_ROUNDS} times without an answer`)
  }

  /** Forgets turns, the oldest first, never the system message, until `messages` fit. Throws QuotaExceededError. */
  #makeRoom(messages: readonly Message[]): void {
    const needs = this.#count(messages)
    if (this.#usage + needs <= this.contextWindow) return
    let kept = this.#history
    let usage = this.#usage
    while (usage + needs > this.contextWindow) {
      const first = kept.findIndex(({ role }) => role !== 'system')
      if (first === -1) throw quotaExceeded(usage + needs, this.contextWindow)
      const next = kept.findIndex(({ role }, i) => i > first && role === 'user')
      kept = [...kept.slice(0, first), ...(next === -1 ? [] : kept.slice(next))]
      usage = this.#count(kept)
    }
    this.#history = kept
    this.#usage = usage
    this.dispatchEvent(new Event('contextoverflow'))
  }

  #count(messages: readonly Message[]): number {
    if (messages.length === 0) return 0
    const counted = this.#setting.model.facts?.countTokens('', { prompt: [...messages] })
    return counted ?? this.#countText(messages.map(({ content }) => wordsOf(content)).join(''))
  }

  #countText(text: string): number {
    return Math.ceil(new TextEncoder().encode(text).length / BYTES_A_TOKEN)
  }
}

/** A page's tool may never answer; giving up ends the wait for it. */
function unlessAborted<T>(awaited: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const giveUp = () => reject(signal.reason)
  if (signal.aborted) giveUp()
  signal.addEventListener('abort', giveUp)
  awaited.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp))
  return promise
}

function wordsOf(content: Message['content']): string {
  if (typeof content === 'string') return content
  return content.map((part) => (part.type === 'text' ? part.text : JSON.stringify(part))).join('')
}

type ToolCall = Extract<LanguageModelV4StreamPart, { type: 'tool-call' }>
type Told = { text: string; calls: ToolCall[]; usage: Usage }

/** The texts of a stream, without the prefix where the model says it again. Throws what the stream says went wrong. */
async function* textsOf(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  prefix: string,
): AsyncGenerator<string, Told> {
  const reader = stream.getReader()
  const calls: ToolCall[] = []
  let text = ''
  let held = prefix === '' ? null : ''
  const out = function* (delta: string): Generator<string, void> {
    let said = delta
    if (held !== null) {
      held += delta
      if (prefix.startsWith(held) && held !== prefix) return
      said = held.startsWith(prefix) ? held.slice(prefix.length) : held
      held = null
    }
    text += said
    if (said !== '') yield said
  }
  try {
    for (;;) {
      const { done, value: part } = await reader.read()
      if (done) throw exception('UnknownError', 'the answer broke off')
      if (part.type === 'text-delta') yield* out(part.delta)
      else if (part.type === 'tool-call') calls.push(part)
      else if (part.type === 'error') throw part.error
      else if (part.type === 'finish') {
        if (part.finishReason.unified === 'content-filter') {
          throw exception('NotReadableError', 'the answer was withheld by a filter')
        }
        if (held) {
          text += held
          yield held
        }
        return { text, calls, usage: part.usage }
      }
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}
