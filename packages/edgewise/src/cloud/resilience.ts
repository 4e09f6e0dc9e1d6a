/**
 * Sending a call again, and leaving a cloud alone that keeps failing. What counts is everything before the first output, so
 * nothing is ever said twice: the stream is handed on when its first output is there. Waits between tries double, with
 * jitter, and follow the cloud's own `retry-after`; the time the place has for its first output bounds them all.
 */
import {
  APICallError,
  type LanguageModelV4,
  type LanguageModelV4CallOptions,
  type LanguageModelV4StreamPart,
} from '@ai-sdk/provider'
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleType,
  handleWhen,
  type IRetryBackoffContext,
  retry,
  TaskCancelledError,
} from 'cockatiel'
import { isOutput } from '../call/attempt.ts'
import { type PartSource, streamSource, wholeParts } from '../call/part-source.ts'
import { BreakerOpenError, CancelledError, IncompleteAnswerError } from '../errors.ts'
import { refusedStatus, stableCode } from './failure.ts'

type Part = LanguageModelV4StreamPart

/** Failures in a row that open the breaker. */
const FAILURES = 5
/** How long it stays open at first, and at most, ms. */
const OPEN_MS = 2_000
const MAX_OPEN_MS = 60_000
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
  /** A wait longer than what is left of it is not begun. */
  readonly patienceMs: number
  readonly onTry: () => void
}

export interface Resilience {
  /**
   * Opens the answer of `model`, again where that can help. Throws BreakerOpenError, or what the last try threw.
   */
  open(model: LanguageModelV4, options: LanguageModelV4CallOptions, settings: OpenSettings): Promise<Opened>
  /** Whether the breaker is open now. */
  readonly isOpen: boolean
}

/** A failure after which the call is sent again. */
class TryAgain extends Error {
  constructor(cause: unknown) {
    super('the call is sent again', { cause })
    this.name = 'TryAgain'
  }
}

/** One for each cloud: the breaker is shared by its calls. `retries`: tries after the first. */
export function resilience(retries: number): Resilience {
  const breaker = circuitBreaker(handleWhen(countsAgainst), {
    halfOpenAfter: new ExponentialBackoff({ initialDelay: OPEN_MS, maxDelay: MAX_OPEN_MS }),
    breaker: new ConsecutiveBreaker(FAILURES),
  })
  // A wait that nobody waits for any more must not keep a process alive.
  const again = retry(handleType(TryAgain), { maxAttempts: retries, backoff: waits }).dangerouslyUnref()
  return {
    get isOpen() {
      return breaker.state === CircuitState.Open
    },
    async open(model, options, { signal, whole, patienceMs, onTry }) {
      const until = performance.now() + patienceMs
      const once = async (): Promise<Opened> => {
        signal.throwIfAborted()
        onTry()
        const asked = { ...options, abortSignal: signal }
        return whole ? toTheEnd(model, asked, signal) : toFirstOutput(model, asked, signal)
      }
      let tries = 0
      try {
        return await again.execute(async () => {
          try {
            tries++
            return await breaker.execute(once, signal)
          } catch (error) {
            const left = until - performance.now()
            throw canHelp(error) && waitFor(error, tries) <= left ? new TryAgain(error) : error
          }
        }, signal)
      } catch (thrown) {
        const error = thrown instanceof TryAgain ? thrown.cause : thrown
        throw error instanceof BrokenCircuitError ? new BreakerOpenError({ cause: error }) : error
      }
    },
  }
}

async function toFirstOutput(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): Promise<Opened> {
  const parts: Part[] = []
  let rest: PartSource | null = null
  try {
    const { stream, response } = await model.doStream(options)
    const source = streamSource(stream)
    rest = source
    // A stream that is deaf to the signal is cancelled; so is one that came too late.
    const stop = (): void => void source.cancel(signal.reason).catch(() => {})
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    for (;;) {
      const part = await source.read()
      if (part === undefined) throw new IncompleteAnswerError('its stream ended without a finished answer')
      if (part.type === 'error') throw part.error
      parts.push(part)
      if (!isOutput(part) && part.type !== 'finish') continue
      signal.removeEventListener('abort', stop)
      return { parts, rest, headers: response?.headers ?? {} }
    }
  } catch (error) {
    rest?.cancel(error).catch(() => {})
    throw whyItEnded(signal, error)
  }
}

async function toTheEnd(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): Promise<Opened> {
  try {
    const result = await model.doGenerate(options)
    return { parts: wholeParts(result), rest: null, headers: result.response?.headers ?? {} }
  } catch (error) {
    throw whyItEnded(signal, error)
  }
}

/** Only its own slowness speaks against a cloud that was stopped. */
const whyItEnded = (signal: AbortSignal, error: unknown): unknown =>
  signal.aborted && stableCode(signal.reason) !== 'stalled'
    ? new CancelledError('the try was stopped')
    : error

/** Whether the same call may succeed when it is sent again. */
function canHelp(error: unknown): boolean {
  if (isGivenUp(error)) return false
  const status = refusedStatus(error)
  if (status !== null) return status === 408 || status === 409 || status === 429 || status >= 500
  const code = stableCode(error)
  return code !== 'stalled' && code !== 'answer_too_large'
}

/** Whether a failure says something of the cloud, and not of this one call. */
function countsAgainst(error: unknown): boolean {
  if (isGivenUp(error)) return false
  const status = refusedStatus(error)
  return status === null || status === 408 || status === 429 || status >= 500
}

/** The caller left, another place was first, or the breaker is open. */
const isGivenUp = (error: unknown): boolean =>
  error instanceof BrokenCircuitError ||
  error instanceof CancelledError ||
  error instanceof TaskCancelledError

/** Jittered over its upper half, so that clients that failed together do not come back together. */
const waits = new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
  const { error } = context.result as { readonly error?: unknown }
  const cause = error instanceof TryAgain ? error.cause : error
  const asked = retryAfterMs(cause)
  return asked ?? waitFor(cause, context.attempt) * (0.5 + Math.random() / 2)
})

/** Milliseconds before try `attempt` + 1. */
function waitFor(error: unknown, attempt: number): number {
  return retryAfterMs(error) ?? Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1))
}

/** What the cloud asks for: `retry-after-ms`, or `retry-after` in seconds or as a date (RFC 9110, 10.2.3). */
export function retryAfterMs(error: unknown): number | null {
  const headers = APICallError.isInstance(error) ? error.responseHeaders : undefined
  const ms = Number(headers?.['retry-after-ms'] ?? Number.NaN)
  if (Number.isFinite(ms) && ms >= 0) return ms
  const after = headers?.['retry-after']
  if (after === undefined) return null
  const seconds = Number(after)
  const wait = Number.isNaN(seconds) ? Date.parse(after) - Date.now() : seconds * 1000
  return Number.isFinite(wait) ? Math.max(0, wait) : null
}
