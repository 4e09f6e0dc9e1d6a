/**
 * One try at one place: opens the model's stream, reads it within the time limits, measures it. It hands out the parts
 * of the answer and keeps the housekeeping (warnings, usage, metadata) as fields. Whatever goes wrong is thrown from
 * `next`; `close` ends the work at the place and leaves no timer, no listener and no open stream.
 */
import type {
  JSONObject,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { IncompleteAnswerError, StalledError } from './errors.ts'
import { type TimeLimit, within } from './within.ts'

export interface AttemptSettings {
  readonly place: Place
  readonly model: LanguageModelV4
  /** For the model; its abort signal is replaced by one that also ends when the attempt is closed. */
  readonly options: LanguageModelV4CallOptions
  /** Ends when the caller gives up. */
  readonly signal: AbortSignal
  /** Milliseconds from the start to the first output, and between two parts after it. null: no limit. */
  readonly firstOutputMs: number | null
  readonly idleMs: number | null
  /** Bytes of request bodies sent to another machine so far. */
  readonly bytesOut: () => number
}

export class OpenAttempt {
  readonly place: Place
  readonly modelId: string
  readonly started: number = performance.now()
  firstOutputAt: number | null = null
  lastOutputAt: number | null = null
  warnings: readonly SharedV4Warning[] = []
  usage: LanguageModelV4Usage | null = null
  finishReason: LanguageModelV4FinishReason | null = null
  providerMetadata: SharedV4ProviderMetadata = {}
  /** Reasoning was streamed, so its tokens count as output that was seen. */
  sawReasoning = false
  readonly #settings: AttemptSettings
  readonly #abort = new AbortController()
  #reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | null = null
  #closed = false

  constructor(settings: AttemptSettings) {
    this.#settings = settings
    this.place = settings.place
    this.modelId = settings.model.modelId
    settings.signal.addEventListener('abort', this.#onAbort)
    if (settings.signal.aborted) this.#onAbort()
  }

  get bytesOut(): number {
    return this.#settings.bytesOut()
  }

  /** What the model reports under `edgewise`: the signal and structured data of a device model. */
  get reported(): JSONObject {
    return this.providerMetadata.edgewise ?? {}
  }

  get meanLogprob(): number | null {
    const value = this.reported.meanLogprob
    return typeof value === 'number' ? value : null
  }

  /** The next part of the answer; null when it is complete. Rejects when the place fails or the caller gives up. */
  async next(): Promise<LanguageModelV4StreamPart | null> {
    this.#reader ??= await this.#open()
    for (;;) {
      const { done, value: part } = await this.#wait(this.#reader.read())
      if (done) throw new IncompleteAnswerError('its stream ended without a finished answer')
      switch (part.type) {
        case 'stream-start':
          this.warnings = part.warnings
          break
        case 'response-metadata':
        case 'ping':
          break
        case 'error':
          throw part.error
        case 'finish':
          this.usage = part.usage
          this.finishReason = part.finishReason
          this.providerMetadata = part.providerMetadata ?? {}
          if (part.finishReason.unified === 'error') {
            throw new IncompleteAnswerError('it finished with an error it did not name')
          }
          return null
        default:
          if (isOutput(part)) {
            this.lastOutputAt = performance.now()
            this.firstOutputAt ??= this.lastOutputAt
            this.sawReasoning ||= part.type === 'reasoning-delta'
          }
          return part
      }
    }
  }

  /** Ends the work at the place. May be called at any time and more than once. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#settings.signal.removeEventListener('abort', this.#onAbort)
    // A finished stream has nothing left to stop, and its model need not hear of an abort.
    if (this.finishReason === null)
      this.#abort.abort(new DOMException('the attempt was closed', 'AbortError'))
    this.#reader?.cancel().catch(ignore)
  }

  readonly #onAbort = (): void => this.#abort.abort(this.#settings.signal.reason)

  async #open(): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart>> {
    const { model, options } = this.#settings
    const opening = (async () => model.doStream({ ...options, abortSignal: this.#abort.signal }))()
    opening.then(
      ({ stream }) => {
        if (this.#closed) stream.cancel().catch(ignore)
      },
      () => {},
    )
    const { stream } = await this.#wait(opening)
    return stream.getReader()
  }

  #wait<T>(work: PromiseLike<T>): Promise<T> {
    return within(work, this.#settings.signal, this.#limit())
  }

  #limit(): TimeLimit | null {
    const { firstOutputMs, idleMs } = this.#settings
    if (this.firstOutputAt !== null) {
      return idleMs === null
        ? null
        : { ms: idleMs, late: () => new StalledError(`nothing more came within ${idleMs} ms`) }
    }
    if (firstOutputMs === null) return null
    return {
      ms: Math.max(0, this.started + firstOutputMs - performance.now()),
      late: () => new StalledError(`no output within ${firstOutputMs} ms`),
    }
  }
}

const ignore = (): void => {}

/** Whether a part carries something of the answer: once it is released, no other place may answer. */
export function isOutput(part: LanguageModelV4StreamPart): boolean {
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return part.delta !== ''
    case 'stream-start':
    case 'response-metadata':
    case 'text-start':
    case 'text-end':
    case 'reasoning-start':
    case 'reasoning-end':
    case 'raw':
    case 'ping':
    case 'error':
    case 'finish':
      return false
    default:
      return true
  }
}
