/**
 * The call to the cloud that an audit makes for itself: prepared, sent, retried and restored as the caller's would be, asked for in one
 * piece, and shown to nobody. What it took is an attempt, as on a receipt.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Attempt } from '@edgewise/evidence'
import { openCloud } from '../call/places.ts'
import type { FoundTask } from '../call/task.ts'
import { readyForCloud } from '../call/to-cloud.ts'
import type { Host } from '../host.ts'
import type { ResolvedRule } from '../policy/index.ts'
import { CallRecord } from '../receipt/record.ts'

export interface ShadowCall {
  readonly host: Host
  readonly rule: ResolvedRule
  readonly task: FoundTask
  readonly options: LanguageModelV4CallOptions
  /** Of the call that is audited, as `performance.now()` has it. */
  readonly started: number
  /** As the device counts them, for an answer that is never counted. */
  readonly promptTokens: number | null
}

/** `parts` is null where no answer came; `error` says why. */
export interface Shadow {
  readonly attempt: Attempt
  readonly parts: readonly LanguageModelV4StreamPart[] | null
  readonly error: unknown
  readonly rehearsal: boolean
}

const NO_DEADLINES = { firstToken: null, total: null }

/** Does not reject. The signal ends it. */
export async function askShadow(
  { host, rule, task, options, started, promptTokens }: ShadowCall,
  signal: AbortSignal,
): Promise<Shadow> {
  const { policy, now, resilience, cloud } = host
  const record = new CallRecord({ policy, now, task: task.name, taskFrom: task.from })
  record.promptTokens = promptTokens
  const attempt = openCloud({
    cloud: cloud.model!,
    settings: policy.cloud,
    resilience,
    record,
    deadlineMs: NO_DEADLINES,
    whole: true,
    ready: (preparing) => readyForCloud(host, rule, task, options, preparing),
  })
  const stop = (): void => attempt.stop(signal.reason)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  const parts: LanguageModelV4StreamPart[] = []
  const told = (error: unknown): Shadow => {
    const [entry] = record.settle(null, null).attempts
    const { rehearsal } = record
    const taken = { ...entry!, startMs: attempt.started - started }
    return { attempt: taken, parts: error === null ? parts : null, error, rehearsal }
  }
  record.began(attempt)
  try {
    for (let part = await attempt.next(); part !== null; part = await attempt.next()) parts.push(part)
    record.ended(attempt, 'answered', { note: 'a shadow: compared, and shown to nobody' })
    return told(null)
  } catch (error) {
    record.ended(attempt, 'failed', { error })
    return told(error ?? new Error('the cloud failed'))
  } finally {
    signal.removeEventListener('abort', stop)
    attempt.close()
  }
}
