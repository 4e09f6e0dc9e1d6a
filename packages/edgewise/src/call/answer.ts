/**
 * One call, front to back: the contest of its places, the release of one answer, the receipt. A part is handed out only when it is
 * certain which place answers, so a second text never follows a first one: what fails before its commit point falls back,
 * what breaks after it is an error. Exactly one receipt is settled, however it ends.
 */
import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import { refusedStatus, stableCode } from '../cloud/failure.ts'
import {
  AnswerRejectedError,
  BudgetError,
  CloudFailedError,
  CloudUnavailableError,
  DeadlineError,
  DeviceFailedError,
  DeviceUnavailableError,
  EdgewiseError,
  NoAnswerError,
  OfflineError,
} from '../errors.ts'
import type { OpenAttempt } from './attempt.ts'
import type { Call } from './call.ts'
import { Contest, type Result } from './contest.ts'
import { Deadlines } from './deadlines.ts'
import { release } from './release.ts'
import { seal } from './seal.ts'
import { tellReceipt } from './tell-receipt.ts'

type Part = LanguageModelV4StreamPart

/**
 * The parts of the answer. The first `next` waits for the commit and rejects with a typed error when no place
 * gives one; later failures come as an `error` part before the `finish` part. An abort rejects with the caller's reason.
 * `onLate` is called when a deadline has passed: what is left of the parts is there at once, for whoever asks for it.
 */
export async function* answer(call: Call, onLate?: () => void): AsyncGenerator<Part, void, void> {
  const { record, plan, rule, signal } = call
  const contest = new Contest(call)
  const onAbort = (): void => contest.end(signal.reason)
  const deadlines = new Deadlines(rule.deadlineMs, record, (error) => {
    contest.end(error)
    onLate?.()
  })
  let winner: OpenAttempt | null = null
  record.say(plan.why)
  record.step('place', rule.place, null, plan.order.join(', then ') || 'nowhere')
  try {
    signal.throwIfAborted()
    signal.addEventListener('abort', onAbort)
    const result = await contest.run()
    signal.throwIfAborted()
    if (result.kind === 'none') throw await failed(call, result, deadlines.passed)
    deadlines.committed()
    winner = result.reading.attempt
    contest.closeOthers(winner)
    contest.watch(winner)
    yield* release(call, result.reading, result.note)
  } finally {
    signal.removeEventListener('abort', onAbort)
    deadlines.end()
    if (!record.settled) {
      if (winner !== null) record.ended(winner, 'cancelled', { note: 'stopped by the caller' })
      contest.closeOthers(winner)
      await seal(call, 'aborted')
      tellReceipt(signal.reason, record.id)
    }
    contest.closeOthers(winner)
    winner?.close()
  }
}

/** The error of a call that no place answered, its receipt settled. */
async function failed(
  call: Call,
  result: Extract<Result, { kind: 'none' }>,
  late: DeadlineError | null,
): Promise<EdgewiseError> {
  const error = noAnswer(call, result, late)
  await seal(call, error.code)
  return error
}

function noAnswer(
  { record, plan, blocked }: Call,
  { failures, rejected }: Extract<Result, { kind: 'none' }>,
  late: DeadlineError | null,
): EdgewiseError {
  const options = { receiptId: record.id }
  if (late !== null) return new DeadlineError(late.kind, late.ms, options)
  const [failure] = failures
  if (failure === undefined) {
    if (rejected !== null) return new AnswerRejectedError(rejected.verdict?.note ?? '', options)
    if (blocked === 'offline') return new OfflineError(options)
    if (blocked === 'budget') return new BudgetError(plan.why, options)
    return plan.missing === 'cloud'
      ? new CloudUnavailableError(plan.why, options)
      : new DeviceUnavailableError(plan.why, options)
  }
  const { place, error, note, wasSent } = failure
  if (failures.length > 1) {
    const why = failures.map(({ place, note }) => `the ${place}: ${note}`).join('; ')
    const causes = failures.map(({ error }) => error)
    return new NoAnswerError(why, causes, { ...options, cause: error })
  }
  // What was refused before anything was sent speaks for itself: `cannot_redact`, `breaker_open`, ...
  if (place === 'cloud' && error instanceof EdgewiseError && !wasSent) {
    error.receiptId = record.id
    return error
  }
  const withCause = { ...options, cause: error }
  return place === 'device'
    ? new DeviceFailedError(stableCode(error) ?? 'device_failed', note, withCause)
    : new CloudFailedError(note, refusedStatus(error), withCause)
}
