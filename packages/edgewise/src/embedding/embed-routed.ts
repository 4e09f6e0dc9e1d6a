/**
 * One call for embeddings, front to back: what its task's rule says of the place, of money and of time holds, and one receipt says how
 * it ended. A placeholder has another meaning than what it stands for, so what must leave redacted is not embedded elsewhere.
 */
import type { EmbeddingModelV4, EmbeddingModelV4CallOptions } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { abortable } from '../call/abortable.ts'
import { Deadlines } from '../call/deadlines.ts'
import { seal } from '../call/seal.ts'
import { Spend } from '../call/spend.ts'
import { cloudProblem, deviceProblem } from '../call/state.ts'
import { findTask } from '../call/task.ts'
import { tellReceipt } from '../call/tell-receipt.ts'
import { userDigest } from '../call/user-digest.ts'
import { describeFailure } from '../cloud/failure.ts'
import { Outbox } from '../cloud/outbox.ts'
import {
  BudgetError,
  CloudUnavailableError,
  DeviceUnavailableError,
  EdgewiseError,
  OfflineError,
  PrivacyError,
} from '../errors.ts'
import type { Host } from '../host.ts'
import type { Policy, ResolvedRule } from '../policy/index.ts'
import { tokensIn } from '../receipt/cost.ts'
import { CallRecord } from '../receipt/record.ts'
import type { RecordedAttempt } from '../receipt/recorded-attempt.ts'
import { operation } from '../telemetry/names.ts'
import { callContext, traceCall } from '../telemetry/spans.ts'

export type Embedded = Awaited<ReturnType<EmbeddingModelV4['doEmbed']>>

export interface EmbeddingPlace {
  readonly place: Place
  readonly modelId: string
  /** The model, counting what it sends. */
  open(outbox: Outbox): EmbeddingModelV4
}

type Running = { -readonly [K in keyof RecordedAttempt]: RecordedAttempt[K] }

/** Rejects with an error of the rule, with DeadlineError, the caller's reason, or what the model throws. */
export async function embedRouted(
  host: Host,
  at: EmbeddingPlace,
  call: EmbeddingModelV4CallOptions,
): Promise<Embedded> {
  const { place, modelId } = at
  const parent = callContext()
  // Tasks are found by rule from messages, and here are none.
  const task = findTask({ ...host.policy, match: [] }, { prompt: [], ...call }, undefined)
  const rule = host.rules.get(task.name) ?? host.defaultRule
  const policy = embeddingPrices(host.policy)
  const record = new CallRecord({ policy, now: host.now, task: task.name, taskFrom: task.from })
  record.privacy = rule.privacy
  if (task.user !== null) record.user = await userDigest(task.user)
  record.say(`the model named is the ${place}'s`)
  const spend =
    place === 'device' || rule.budget === null ? null : spendOf(host, policy, task.name, rule, record, call)
  const ending: Parameters<typeof seal>[0] = {
    record,
    ledger: host.options.ledger ?? null,
    onSettled(receipt, _, recorded) {
      spend?.book(receipt.costUsd, recorded)
      traceCall(receipt, { prompt: [] }, parent, null, operation.embeddings, host.cloud.model?.provider)
    },
  }

  const abort = new AbortController()
  const forward = (): void => abort.abort(call.abortSignal?.reason)
  call.abortSignal?.addEventListener('abort', forward, { once: true })
  if (call.abortSignal?.aborted) forward()
  const { total } = rule.deadlineMs
  const deadlines = new Deadlines({ firstToken: null, total }, record, (error) => abort.abort(error))
  const outbox = new Outbox()
  const attempt: Running = {
    place,
    modelId,
    outbox,
    started: performance.now(),
    workingAt: null,
    firstOutputAt: null,
    lastOutputAt: null,
    outputs: 0,
    usage: null,
    sawReasoning: false,
  }
  let hasBegun = false
  try {
    const refusal =
      task.refusal?.(record.id) ??
      (await refusalOf(host, at, task.name, rule, record, spend, abort.signal)) ??
      null
    if (refusal !== null) throw refusal
    abort.signal.throwIfAborted()
    const model = at.open(outbox)
    const overspent = spend?.hold() ?? null
    if (overspent !== null) throw overspent
    record.began(attempt)
    hasBegun = true
    attempt.started = attempt.workingAt = performance.now()
    const { edgewise: _, ...providerOptions } = call.providerOptions ?? {}
    const asked = model.doEmbed({ ...call, providerOptions, abortSignal: abort.signal })
    const result = await abortable(asked, abort.signal)
    attempt.firstOutputAt = performance.now()
    attempt.usage = usageOf(result.usage?.tokens)
    if (result.response?.headers?.['x-edgewise-rehearsal'] !== undefined) record.rehearsal = true
    record.release(attempt)
    record.ended(attempt, 'answered')
    const edgewise = await seal(ending, null)
    return { ...result, providerMetadata: { ...result.providerMetadata, edgewise } }
  } catch (thrown) {
    const isLeft = call.abortSignal?.aborted && deadlines.passed === null
    const error = deadlines.passed ?? (isLeft ? call.abortSignal?.reason : thrown)
    if (hasBegun) {
      if (isLeft) record.ended(attempt, 'cancelled', { note: 'stopped by the caller' })
      else record.ended(attempt, 'failed', { note: describeFailure(error), error })
    }
    const ownCode = error instanceof EdgewiseError && error.receiptId === record.id ? error.code : null
    await seal(ending, isLeft ? 'aborted' : (ownCode ?? `${place}_failed`))
    if (isLeft) tellReceipt(error, record.id)
    throw error
  } finally {
    deadlines.end()
    call.abortSignal?.removeEventListener('abort', forward)
  }
}

/** Why the place may not be asked, or null. */
async function refusalOf(
  host: Host,
  { place }: EmbeddingPlace,
  task: string,
  rule: ResolvedRule,
  record: CallRecord,
  spend: Spend | null,
  signal: AbortSignal,
): Promise<EdgewiseError | null> {
  const options = { receiptId: record.id }
  if (place === 'device') {
    const why = deviceProblem(host.options.device ?? null, rule)
    return why === null ? null : new DeviceUnavailableError(why, options)
  }
  if (rule.place === 'device-only' || rule.privacy !== 'anything') {
    return new PrivacyError(task, rule.privacy, options)
  }
  const problem = cloudProblem(host, rule, spend === null ? null : await spend.check(signal))
  if (problem === null) return null
  record.say(`, but ${problem.why}`)
  switch (problem.kind) {
    case 'offline':
      return new OfflineError(options)
    case 'budget':
      return new BudgetError(problem.why, options)
    case null:
      return new CloudUnavailableError(problem.why, options)
  }
}

function spendOf(
  { budgets }: Host,
  { cloud }: Pick<Policy, 'cloud'>,
  task: string,
  rule: ResolvedRule,
  record: CallRecord,
  { values }: EmbeddingModelV4CallOptions,
): Spend {
  const price = cloud?.price?.inputPerMTok ?? null
  const estimateUsd = price === null ? null : (tokensIn(textBytes(values)) * price) / 1e6
  return new Spend(budgets, { task, user: record.user, rule, estimateUsd }, record)
}

const utf8 = new TextEncoder()

/** In UTF-8. */
export const textBytes = (texts: readonly string[]): number =>
  texts.reduce((sum, text) => sum + utf8.encode(text).length, 0)

/** An embedding has a price of its own, and no output tokens. */
function embeddingPrices({ cloud }: Policy): Pick<Policy, 'cloud'> {
  if (cloud?.embedding === undefined) return {}
  const { price: _, ...settings } = cloud
  const { model, inputPerMTok } = cloud.embedding
  return {
    cloud: {
      ...settings,
      model,
      ...(inputPerMTok === undefined ? {} : { price: { inputPerMTok, outputPerMTok: 0 } }),
    },
  }
}

const usageOf = (tokens: number | undefined): RecordedAttempt['usage'] => ({
  inputTokens: { total: tokens, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 0, text: 0, reasoning: undefined },
})
