/**
 * An answer handed out: what was read of it, then the rest as it comes, then the finish part with the receipt. What breaks
 * from here on is an error of this answer: another text never follows.
 */
import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { describeFailure } from '../cloud/failure.ts'
import { AnswerBrokenError, DeadlineError } from '../errors.ts'
import type { CallRecord } from '../receipt/record.ts'
import { finite } from '../signals/signal.ts'
import type { OpenAttempt } from './attempt.ts'
import type { Call } from './call.ts'
import { OpenBlocks } from './open-blocks.ts'
import type { Reading } from './pursuit.ts'
import { seal } from './seal.ts'

type Part = LanguageModelV4StreamPart

export async function* release(call: Call, reading: Reading, note: string): AsyncGenerator<Part, void, void> {
  const { record, signal } = call
  const { attempt, parts, complete } = reading
  /** Kept only where somebody wants the whole answer afterwards. */
  const given: Part[] | null = call.wantsAnswer && isGood(call, reading) ? [...parts] : null
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
        yield* broken(call, attempt, blocks, error)
        return
      }
      if (part === null) break
      blocks.note(part)
      if (attempt.place === 'device') call.observer?.part(part)
      given?.push(part)
      yield marked(part, attempt.place, record)
    }
  }

  sawSignals(call, attempt)
  record.ended(attempt, 'answered', { note })
  const usage = attempt.usage ?? UNKNOWN_USAGE
  const finishReason = attempt.finishReason ?? { unified: 'other' as const, raw: undefined }
  const { data } = attempt.reported
  given?.push({
    type: 'finish',
    usage,
    finishReason,
    ...(data === undefined ? {} : { providerMetadata: { edgewise: { data } } }),
  })
  const json = await seal(call, null, given)
  yield {
    type: 'finish',
    usage,
    finishReason,
    providerMetadata: {
      ...attempt.providerMetadata,
      edgewise: { ...json, ...(data === undefined ? {} : { data }) },
    },
  }
}

/** Whether the answer was held to all that the rule asks of the device's, and did not fail. The last place is held to less. */
function isGood({ rule, commitOf }: Call, { attempt, verdict }: Reading): boolean {
  if (verdict !== null) return verdict.pass
  if (attempt.place === 'cloud') return true
  return rule.escalate.length === 0 && (rule.commit !== 'valid-json' || commitOf('device') === 'valid-json')
}

/** Where nothing was judged signals are recorded all the same, with the rule's bars, for later evidence. */
function sawSignals({ record, rule, observer, options, signal }: Call, attempt: OpenAttempt): void {
  const { place, meanLogprob, inputTokens, outputTokens } = attempt
  if (place !== 'device') return
  if (observer !== null) {
    const answer = { call: options, parts: [], text: '', complete: true, inputTokens, outputTokens, signal }
    record.sawSignals(observer.seen({ ...answer, reportedMeanLogprob: meanLogprob, sample: async () => [] }))
  }
  if (meanLogprob === null || record.signals.length > 0) return
  const threshold = rule.escalate.find(({ signal }) => signal === 'meanLogprob')?.threshold ?? null
  const pass = threshold === null ? null : meanLogprob >= threshold
  record.sawSignals([{ name: 'meanLogprob', value: finite(meanLogprob), threshold, pass }])
}

/** The end of an answer that broke off: its open blocks are closed, the error is named, the receipt says it. */
async function* broken(
  call: Call,
  attempt: OpenAttempt,
  blocks: OpenBlocks,
  cause: unknown,
): AsyncGenerator<Part, void, void> {
  const { record } = call
  const note = describeFailure(cause)
  const receiptId = record.id
  const error =
    cause instanceof DeadlineError
      ? new DeadlineError(cause.kind, cause.ms, { receiptId })
      : new AnswerBrokenError(attempt.place, note, { cause, receiptId })
  record.ended(attempt, 'failed', { note, error: cause })
  record.say(`; its answer broke off (${note})`)
  attempt.close()
  const json = await seal(call, error.code)
  yield* blocks.ends()
  yield { type: 'error', error }
  yield {
    type: 'finish',
    usage: attempt.usage ?? UNKNOWN_USAGE,
    finishReason: { unified: 'error', raw: error.code },
    providerMetadata: { edgewise: json },
  }
}

/** A block's first part says where it was made. */
export function marked(part: Part, place: Place, { task, why }: CallRecord): Part {
  switch (part.type) {
    case 'text-start':
    case 'reasoning-start':
    case 'tool-input-start':
      return { ...part, providerMetadata: { ...part.providerMetadata, edgewise: { place, task, why } } }
    default:
      return part
  }
}

const UNKNOWN_USAGE: LanguageModelV4Usage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
}
