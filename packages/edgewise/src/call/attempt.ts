/**
 * One try at one place: opens the model's stream and hands out its parts one by one, within the time the place has.
 * What is not for the caller is kept here: warnings, usage, the time of each output. Errors of the model come out of
 * `next`; `stop` makes a wait end with an error, `close` ends the work and leaves no timer and no open stream.
 */
import type {
  JSONObject,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
  SharedV4Warning,
} from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import type { Outbox } from '../cloud/outbox.ts'
import { IncompleteAnswerError, StalledError } from '../errors.ts'
import { tokensIn } from '../receipt/cost.ts'
import type { RecordedAttempt } from '../receipt/recorded-attempt.ts'
import type { PartSource } from './part-source.ts'

type Part = LanguageModelV4StreamPart

export interface AttemptSettings {
  readonly place: Place
  readonly modelId: string
  /** What it sends to another machine; null when it sends nothing. */
  readonly outbox: Outbox | null
  /** Opens what the parts are read from. The signal ends when the attempt does; one that never settles is left alone then. */
  readonly begin: (signal: AbortSignal) => Promise<PartSource>
  /** Milliseconds from the start to the first output, and between two parts after it. null: no limit. */
  readonly firstOutputMs: number | null
  readonly idleMs: number | null
}

export class OpenAttempt implements RecordedAttempt {
  readonly place: Place
  readonly modelId: string
  readonly outbox: Outbox | null
  readonly started: number = performance.now()
  workingAt: number | null = null
  firstOutputAt: number | null = null
  lastOutputAt: number | null = null
  outputs = 0
  warnings: readonly SharedV4Warning[] = []
  usage: LanguageModelV4Usage | null = null
  finishReason: LanguageModelV4FinishReason | null = null
  providerMetadata: SharedV4ProviderMetadata = {}
  sawReasoning = false
  readonly #settings: AttemptSettings
  readonly #abort = new AbortController()
  #judging: AbortController | null = null
  readonly #stopped = Promise.withResolvers<never>()
  #source: PartSource | null = null
  #failure: { readonly error: unknown } | null = null
  #closed = false
  /** When the present wait is too long, and the timer that looks at it. One timer serves all waits. */
  #due: number | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #timerAt = Number.POSITIVE_INFINITY

  constructor(settings: AttemptSettings) {
    this.#settings = settings
    this.place = settings.place
    this.modelId = settings.modelId
    this.outbox = settings.outbox
    this.#stopped.promise.catch(ignore)
  }

  /** What the model reports under `edgewise`: the signal and structured data of a device model. */
  get reported(): JSONObject {
    return this.providerMetadata.edgewise ?? {}
  }

  get meanLogprob(): number | null {
    const value = this.reported.meanLogprob
    return typeof value === 'number' && !Number.isNaN(value) ? value : null
  }

  get inputTokens(): number | null {
    return this.usage?.inputTokens.total ?? null
  }

  get outputTokens(): number | null {
    return this.usage?.outputTokens.total ?? null
  }

  /** Whether its stream has come to its end. */
  get finished(): boolean {
    return this.finishReason !== null
  }

  /** The next part of the answer; null when it is complete. Rejects when the place fails or the attempt is stopped. */
  async next(): Promise<Part | null> {
    this.#watch()
    try {
      const source = this.#source ?? (await this.#open())
      for (;;) {
        const part = await source.read()
        if (this.#failure !== null) throw this.#failure.error
        if (part === undefined) throw new IncompleteAnswerError('its stream ended without a finished answer')
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
            this.#finish(part)
            return null
          default:
            this.#note(part)
            return part
        }
      }
    } catch (error) {
      // What was stopped may fail in its own way first.
      throw this.#failure === null ? error : this.#failure.error
    } finally {
      this.#due = null
    }
  }

  /**
   * What is made of the answer (its bars), with a signal that ends when the attempt is stopped or closed, though its own work has
   * ended. Rejects with the error it is stopped with.
   */
  async judged<T>(judge: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure.error
    this.#judging = new AbortController()
    return Promise.race([this.#stopped.promise, judge(this.#judging.signal)])
  }

  /** Ends the present and any later wait with `error`. The first one counts. */
  stop(error: unknown): void {
    if (this.#closed || this.#failure !== null) return
    this.#failure = { error }
    this.#stopped.reject(error)
    this.#judging?.abort(error)
    if (this.finished) return
    this.#abort.abort(error)
    this.#source?.cancel(error).catch(ignore)
  }

  /** Ends the work at the place. May be called at any time and more than once. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    this.#judging?.abort(new DOMException('the attempt was closed', 'AbortError'))
    // A finished stream has nothing left to stop, and its model need not hear of an abort.
    if (!this.finished) this.#abort.abort(new DOMException('the attempt was closed', 'AbortError'))
    this.#source?.cancel(undefined).catch(ignore)
  }

  async #open(): Promise<PartSource> {
    // It is there for `stop` and `close` from the moment it is open: no turn lies between in which neither could end it.
    const opening = this.#settings.begin(this.#abort.signal).then((source) => {
      if (this.#closed || this.#failure !== null) source.cancel(undefined).catch(ignore)
      else this.#source = source
      return source
    })
    const source = await Promise.race([this.#stopped.promise, opening])
    if (this.#failure !== null) throw this.#failure.error
    return source
  }

  #note(part: Part): void {
    const now = performance.now()
    this.workingAt ??= now
    if (!isOutput(part)) return
    this.outputs += 'delta' in part ? Math.max(1, tokensIn(part.delta.length)) : 1
    this.lastOutputAt = now
    this.firstOutputAt ??= now
    this.sawReasoning ||= part.type === 'reasoning-delta'
  }

  #finish(part: Extract<Part, { type: 'finish' }>): void {
    this.usage = part.usage
    this.providerMetadata = part.providerMetadata ?? {}
    if (part.finishReason.unified === 'error') {
      throw new IncompleteAnswerError('it finished with an error it did not name')
    }
    this.finishReason = part.finishReason
  }

  #watch(): void {
    const { firstOutputMs, idleMs } = this.#settings
    const now = performance.now()
    if (this.firstOutputAt !== null) this.#due = idleMs === null ? null : now + idleMs
    else this.#due = firstOutputMs === null ? null : this.started + firstOutputMs
    if (this.#due !== null && this.#due < this.#timerAt) this.#lookAt(this.#due, now)
  }

  /** A timer that is early looks again; only one that would be late is set anew. */
  #lookAt(due: number, now: number): void {
    clearTimeout(this.#timer)
    this.#timerAt = due
    this.#timer = setTimeout(this.#look, Math.max(0, due - now))
  }

  readonly #look = (): void => {
    this.#timerAt = Number.POSITIVE_INFINITY
    if (this.#due === null || this.#closed) return
    const now = performance.now()
    if (this.#due > now) this.#lookAt(this.#due, now)
    else {
      const { firstOutputMs, idleMs } = this.#settings
      this.stop(
        new StalledError(
          this.firstOutputAt === null
            ? `no output within ${firstOutputMs} ms`
            : `nothing more came within ${idleMs} ms`,
        ),
      )
    }
  }
}

const ignore = (): void => {}

/** Whether a part carries something of the answer: once it is released, no other place may answer. */
export function isOutput(part: Part): boolean {
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
