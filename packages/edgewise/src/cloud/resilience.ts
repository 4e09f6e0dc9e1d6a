/**
 * Sending a call again, and leaving a cloud alone that keeps failing. What counts is everything before the first output, so
 * nothing is ever said twice: the answer is handed on when its first output is there. Waits between tries double, with
 * jitter, and follow the cloud's own `retry-after`; none is begun that the time left would not hold.
 */
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { isOutput } from '../call/attempt.ts'
import { type PartSource, streamSource, wholeParts } from '../call/part-source.ts'
import { BreakerOpenError, CancelledError, IncompleteAnswerError } from '../errors.ts'
import { Breaker } from './breaker.ts'
import { refusedStatus, stableCode } from './failure.ts'
import type { Outbox } from './outbox.ts'
import { retryAfterMs } from './retry-after.ts'

type Part = LanguageModelV4StreamPart

/** The first wait between two tries, and the longest that is not the cloud's own wish, ms. */
const FIRST_WAIT_MS = 100
const MAX_WAIT_MS = 2_000

/** What a try gave: its parts up to the first output, the rest, and the headers of the response. */
export interface Opened {
  readonly parts: readonly Part[]
  /** null: that was all. */
  readonly rest: PartSource | null
  readonly headers: { readonly [name: string]: string }
}

export interface OpenSettings {
  readonly signal: AbortSignal
  /** Whether the answer is asked for in one piece. */
  readonly whole: boolean
  /** What `model` counts into: what it refuses by itself, without sending anything, says nothing of the cloud. */
  readonly outbox: Pick<Outbox, 'tries'>
  /** Milliseconds left for all tries and waits. */
  readonly leftMs: () => number
}

export interface Resilience {
  /** Opens the answer of `model`, again where that can help. Throws BreakerOpenError, or what the last try threw. */
  open(model: LanguageModelV4, options: LanguageModelV4CallOptions, settings: OpenSettings): Promise<Opened>
}

/** One for each cloud: the breaker is shared by its calls. `retries`: tries after the first. */
export function resilience(retries: number, breaker: Breaker = new Breaker()): Resilience {
  return {
    async open(model, options, settings) {
      for (let tries = 1; ; tries++) {
        const passage = breaker.enter()
        if (passage === null) throw new BreakerOpenError()
        const sentBefore = settings.outbox.tries
        try {
          const opened = await openOnce(model, options, settings)
          passage.succeeded()
          return opened
        } catch (error) {
          const wasSent = settings.outbox.tries > sentBefore
          if (wasSent && speaksAgainst(error)) passage.failed()
          else if (wasSent && refusedStatus(error) !== null) passage.succeeded()
          else passage.toldNothing()
          if (!wasSent || !canHelp(error) || tries > retries) throw error
          const waitMs = waitFor(error, tries)
          if (waitMs > settings.leftMs()) throw error
          await pause(waitMs, settings.signal)
        }
      }
    },
  }
}

async function openOnce(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  { signal, whole }: OpenSettings,
): Promise<Opened> {
  signal.throwIfAborted()
  const asked = { ...options, abortSignal: signal }
  try {
    return await (whole ? toTheEnd(model, asked) : toFirstOutput(model, asked, signal))
  } catch (error) {
    // Only its own slowness speaks against a cloud that was stopped.
    const isLate = ['stalled', 'deadline_exceeded'].includes(stableCode(signal.reason) ?? '')
    if (signal.aborted) throw isLate ? signal.reason : new CancelledError('the try was stopped')
    throw error
  }
}

async function toFirstOutput(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): Promise<Opened> {
  const { stream, response } = await model.doStream(options)
  const source = streamSource(stream)
  const parts: Part[] = []
  // A stream that is deaf to the signal is cancelled; so is one that came too late.
  const stop = (): void => void source.cancel(signal.reason).catch(() => {})
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  try {
    for (;;) {
      const part = await source.read()
      if (part === undefined) throw new IncompleteAnswerError('its stream ended without a finished answer')
      if (part.type === 'error') throw part.error
      parts.push(part)
      if (isOutput(part) || part.type === 'finish') {
        return { parts, rest: source, headers: response?.headers ?? {} }
      }
    }
  } catch (error) {
    source.cancel(error).catch(() => {})
    throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

async function toTheEnd(model: LanguageModelV4, options: LanguageModelV4CallOptions): Promise<Opened> {
  const result = await model.doGenerate(options)
  return { parts: wholeParts(result), rest: null, headers: result.response?.headers ?? {} }
}

/** Whether the same call may succeed when it is sent again. */
function canHelp(error: unknown): boolean {
  const status = refusedStatus(error)
  if (status !== null) return status === 408 || status === 409 || status === 429 || status >= 500
  const code = stableCode(error) ?? ''
  return !['stalled', 'deadline_exceeded', 'cancelled', 'answer_too_large', 'redirected'].includes(code)
}

/** Whether a failure of a call that was sent says something of the cloud, and not of this one call. */
function speaksAgainst(error: unknown): boolean {
  if (error instanceof CancelledError) return false
  const status = refusedStatus(error)
  return status === null || status === 408 || status === 429 || status >= 500
}

/** Jittered, so that clients that failed together do not come back together: never before what was asked. */
function waitFor(error: unknown, tries: number): number {
  const asked = retryAfterMs(error)
  if (asked !== null) return asked * (1 + Math.random() / 10)
  return Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1)) * (0.5 + Math.random() / 2)
}

/** Rejects as soon as the signal ends; leaves no timer. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer)
      reject(new CancelledError('the wait was stopped'))
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', end)
      resolve()
    }, ms)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
}
