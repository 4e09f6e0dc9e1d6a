/**
 * One call, front to back: the places of the plan in order, the check, the release of one answer, the receipt. A part
 * is handed out only when it is certain which place answers, so a second text never follows a first one: what fails
 * before its first output falls back, what breaks after it is an error. Exactly one receipt is settled, however it ends.
 */
import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { isOutput, type OpenAttempt } from './attempt.ts'
import { type CallRecord, receiptJson } from './call-record.ts'
import { checkAnswer } from './check.ts'
import {
  AnswerBrokenError,
  CloudFailedError,
  CloudUnavailableError,
  DeviceFailedError,
  DeviceUnavailableError,
  type EdgewiseError,
  NoAnswerError,
} from './errors.ts'
import { describeFailure, refusedStatus, stableCode } from './failure.ts'
import type { Plan } from './place.ts'
import type { Rule } from './policy.ts'

type Part = LanguageModelV4StreamPart

export interface Call {
  readonly record: CallRecord
  readonly plan: Plan
  readonly rule: Rule
  /** Ends when the caller gives up. */
  readonly signal: AbortSignal
  open(place: Place): OpenAttempt
}

/** What was read of an attempt: its parts so far, and whether that is all of them. */
interface Reading {
  readonly attempt: OpenAttempt
  readonly parts: readonly Part[]
  readonly complete: boolean
}

interface Failure {
  readonly place: Place
  readonly error: unknown
  readonly note: string
}

/**
 * The parts of the answer. The first `next` waits for the first output and rejects with a typed error when no place
 * gives one; later failures come as an `error` part before the `finish` part. An abort rejects with the caller's reason.
 */
export async function* answer(call: Call): AsyncGenerator<Part, void, void> {
  const { record, plan, signal } = call
  const failures: Failure[] = []
  let held: (Reading & { note: string }) | null = null
  /** The attempt that is not in the record yet. */
  let current: OpenAttempt | null = null
  record.why = plan.why
  try {
    signal.throwIfAborted()
    for (const place of plan.order) {
      if (held !== null || failures.length > 0) record.why += `, so the ${place} was asked`
      const attempt = (current = call.open(place))
      const isChecked = place === 'device' && plan.minMeanLogprob !== null
      let reading: Reading
      try {
        reading = await read(attempt, isChecked)
      } catch (error) {
        signal.throwIfAborted()
        const note = describeFailure(error)
        failures.push({ place, error, note })
        record.ended(attempt, 'failed', note, error)
        record.why += `; the ${place} failed (${note})`
        attempt.close()
        current = null
        continue
      }
      if (isChecked) {
        const { pass, signal: seen, note } = checkAnswer(attempt.meanLogprob, plan.minMeanLogprob)
        record.signal = seen
        if (!pass) {
          held = { ...reading, note }
          record.ended(attempt, 'rejected', note)
          record.why += `; its answer did not pass the check (${note})`
          attempt.close()
          current = null
          continue
        }
        record.why += `; its answer passed the check (${note})`
      }
      yield* release(call, reading)
      return
    }

    if (held !== null) {
      current = held.attempt
      record.why += `, so the device's answer stands`
      yield* release(call, held, held.note)
      return
    }
    const error = noAnswer(call, failures)
    record.settle(error.code)
    throw error
  } finally {
    if (!record.settled) {
      if (current !== null) record.ended(current, 'failed', 'stopped by the caller', signal.reason)
      record.settle('aborted')
    }
    current?.close()
  }
}

/** Reads up to the first output, or, for an answer that is to be checked, to the end. */
async function read(attempt: OpenAttempt, toTheEnd: boolean): Promise<Reading> {
  const parts: Part[] = []
  for (;;) {
    const part = await attempt.next()
    if (part === null) return { attempt, parts, complete: true }
    parts.push(part)
    if (!toTheEnd && isOutput(part)) return { attempt, parts, complete: false }
  }
}

/** Hands out an answer: what was read of it, then the rest, then the finish part with the receipt. */
async function* release(call: Call, reading: Reading, note = ''): AsyncGenerator<Part, void, void> {
  const { record, rule, signal } = call
  const { attempt, parts, complete } = reading
  record.release(attempt)
  yield { type: 'stream-start', warnings: [...attempt.warnings] }
  yield { type: 'response-metadata', id: record.id, modelId: attempt.modelId, timestamp: new Date() }
  for (const part of parts) yield marked(part, attempt.place, record)

  if (!complete) {
    const blocks = new OpenBlocks(parts)
    for (;;) {
      let part: Part | null
      try {
        part = await attempt.next()
      } catch (error) {
        signal.throwIfAborted()
        yield* broken(record, attempt, blocks, error)
        return
      }
      if (part === null) break
      blocks.note(part)
      yield marked(part, attempt.place, record)
    }
  }

  if (attempt.place === 'device' && record.signal === null) {
    record.signal = checkAnswer(attempt.meanLogprob, barOf(rule)).signal
  }
  record.ended(attempt, 'answered', note)
  const receipt = record.settle(null)
  const { data } = attempt.reported
  yield {
    type: 'finish',
    usage: attempt.usage ?? UNKNOWN_USAGE,
    finishReason: attempt.finishReason ?? { unified: 'other', raw: undefined },
    providerMetadata: {
      ...attempt.providerMetadata,
      edgewise: { ...receiptJson(receipt), ...(data === undefined ? {} : { data }) },
    },
  }
}

/** The end of an answer that broke off: its open blocks are closed, the error is named, the receipt says it. */
async function* broken(
  record: CallRecord,
  attempt: OpenAttempt,
  blocks: OpenBlocks,
  cause: unknown,
): AsyncGenerator<Part, void, void> {
  const note = describeFailure(cause)
  const error = new AnswerBrokenError(attempt.place, note, { cause, receiptId: record.id })
  record.ended(attempt, 'failed', note, cause)
  record.why += `; its answer broke off (${note})`
  attempt.close()
  const receipt = record.settle(error.code)
  yield* blocks.ends()
  yield { type: 'error', error }
  yield {
    type: 'finish',
    usage: attempt.usage ?? UNKNOWN_USAGE,
    finishReason: { unified: 'error', raw: error.code },
    providerMetadata: { edgewise: receiptJson(receipt) },
  }
}

/** A block's first part says where it was made. */
function marked(part: Part, place: Place, { task, why }: CallRecord): Part {
  switch (part.type) {
    case 'text-start':
    case 'reasoning-start':
    case 'tool-input-start':
      return { ...part, providerMetadata: { ...part.providerMetadata, edgewise: { place, task, why } } }
    default:
      return part
  }
}

/** The text and reasoning blocks that were begun and not ended. */
class OpenBlocks {
  readonly #ends = new Map<string, Part>()

  constructor(parts: readonly Part[]) {
    for (const part of parts) this.note(part)
  }

  note(part: Part): void {
    switch (part.type) {
      case 'text-start':
        this.#ends.set(`text ${part.id}`, { type: 'text-end', id: part.id })
        break
      case 'reasoning-start':
        this.#ends.set(`reasoning ${part.id}`, { type: 'reasoning-end', id: part.id })
        break
      case 'text-end':
        this.#ends.delete(`text ${part.id}`)
        break
      case 'reasoning-end':
        this.#ends.delete(`reasoning ${part.id}`)
        break
    }
  }

  ends(): Iterable<Part> {
    return this.#ends.values()
  }
}

const UNKNOWN_USAGE: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}

/** The bar of the rule: it is recorded with the signal even when no answer is held back for it. */
const barOf = (rule: Rule): number | null =>
  rule.place === 'prefer-device' ? (rule.escalate?.minMeanLogprob ?? null) : null

/** The error of a call that no place answered. */
function noAnswer({ record, plan, rule }: Call, failures: readonly Failure[]): EdgewiseError {
  const receiptId = record.id
  const [failure] = failures
  if (failure === undefined) {
    return rule.place === 'cloud-only'
      ? new CloudUnavailableError(plan.why, { receiptId })
      : new DeviceUnavailableError(plan.why, { receiptId })
  }
  const { place, error, note } = failure
  if (failures.length > 1) {
    const why = failures.map(({ place, note }) => `the ${place}: ${note}`).join('; ')
    return new NoAnswerError(
      why,
      failures.map(({ error }) => error),
      { receiptId, cause: error },
    )
  }
  const options = { receiptId, cause: error }
  return place === 'device'
    ? new DeviceFailedError(stableCode(error) ?? 'device_failed', note, options)
    : new CloudFailedError(note, refusedStatus(error), options)
}
