/** A call as it comes in -> everything its answer needs: task, rule, record, state, plan, and how its places are opened. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { digestHex } from '../cloud/digest.ts'
import type { EdgewiseError } from '../errors.ts'
import type { Host } from '../host.ts'
import { decide, type Plan } from '../place/place.ts'
import type { Commit, ResolvedRule } from '../policy/index.ts'
import { needsPreparing, prepare, type ReadyForCloud } from '../prepare/prepare.ts'
import { tokenCost } from '../receipt/money.ts'
import { CallRecord, NOTHING_PREPARED } from '../receipt/record.ts'
import { writeReceipt } from '../receipt/write.ts'
import { Watch } from '../signals/watch.ts'
import { callContext, traceCall } from '../telemetry/spans.ts'
import type { Call } from './call.ts'
import { deviceOptions, openCloud, openDevice } from './places.ts'
import { sampleDevice } from './sample-device.ts'
import { cloudProblem, deviceNeeds, deviceProblem } from './state.ts'
import { storeContents } from './store-contents.ts'
import type { StreamedCall } from './stream.ts'
import { type FoundTask, findTask } from './task.ts'

export interface StartedCall extends Call, StreamedCall {
  readonly scope: { readonly task: string; readonly user: string | null }
}

/** Output tokens a call is expected to take at most when it does not say. */
const USUAL_OUTPUT = 500
const CHARS_A_TOKEN = 4

/** Throws (with a receipt in the ledger) when the call has a bad option or a task that is not one of the policy's. */
export async function begin(
  host: Host,
  options: LanguageModelV4CallOptions,
  bound: string | undefined,
  wants: 'stream' | 'whole',
): Promise<StartedCall> {
  const parent = callContext()
  const task = findTask(host.policy, options, bound)
  const record = new CallRecord({ policy: host.policy, now: host.now, task: task.name, taskFrom: task.from })
  if (task.user !== null) record.user = await userDigest(task.user)
  record.step('task', task.name, null, TASK_FROM[task.from])

  if (task.refusal !== null) return refuse(host, record, task.refusal(record.id))
  const rule = host.rules.get(task.name) ?? host.defaultRule
  record.privacy = rule.privacy
  const abort = new AbortController()
  const forward = (): void => abort.abort(options.abortSignal?.reason)
  options.abortSignal?.addEventListener('abort', forward, { once: true })
  if (options.abortSignal?.aborted) forward()

  const device = host.options.device
  const named = task.from !== 'default'
  const deviceTask = rule.deviceTask ?? (named ? task.name : 'complete')
  const deviceCall = device?.facts?.followsInstructions ? instructed(rule, options) : options
  const needs = deviceNeeds(device, deviceTask, deviceCall, rule)
  record.promptTokens = needs.inputTokens
  const spend = {
    task: task.name,
    rule,
    user: record.user,
    estimateUsd: rule.budget === null ? null : estimateUsd(host, options, needs.inputTokens),
  }
  const budget = rule.budget === null ? null : await host.budgets.check(spend)
  if (budget !== null) {
    record.step('budget', budget.spentUsd, budget.limitUsd, budget.problem ?? 'within the budget')
  }
  const blocked = cloudProblem(host, rule, budget)
  const plan = decide(rule, {
    ...needs,
    deviceProblem: deviceProblem(device, rule),
    cloudProblem: blocked?.why ?? null,
  })
  let book: ((costUsd: number | null) => void) | null = null

  return {
    record,
    plan,
    rule,
    options,
    blocked: blocked?.kind ?? null,
    scope: { task: task.name, user: record.user },
    ledger: host.options.ledger ?? null,
    signal: abort.signal,
    abort: (reason) => abort.abort(reason),
    forget: () => options.abortSignal?.removeEventListener('abort', forward),
    open(place) {
      if (place === 'device') return openDevice(device!, deviceTask, deviceCall)
      if (rule.budget !== null) book = host.budgets.hold(spend)
      return openCloud({
        cloud: host.cloud.model!,
        settings: host.policy.cloud,
        resilience: host.resilience,
        record,
        deadlineMs: rule.deadlineMs,
        whole: wants === 'whole' && plan.order.length === 1 && rule.deadlineMs.firstToken === null,
        ready: (signal) => readyForCloud(host, rule, task, options, signal),
      })
    },
    watch: (place) =>
      place === 'device' && plan.isChecked
        ? new Watch(rule.escalate, options, host.options.signals ?? {})
        : null,
    commitOf: (place) => commitOf(place, rule, plan),
    sample: (count) => sampleDevice(device!, deviceOptions(deviceTask, deviceCall), count, abort.signal),
    wantsAnswer: rule.cache !== null || rule.storeDays !== null || host.options.recordContents === true,
    onSettled(receipt, answer) {
      book?.(receipt.costUsd)
      const contents = host.options.recordContents ? { prompt: options.prompt, answer } : null
      traceCall(receipt, options, parent, contents)
      if (answer === null) return
      const scope = { task: task.name, user: record.user }
      if (rule.cache !== null) {
        const { ttlSeconds, minSimilarity } = rule.cache
        const kept = { parts: answer, receiptId: receipt.id, ttlSeconds }
        host.cache.keep(options, { ...scope, minSimilarity }, kept)
      }
      if (rule.storeDays !== null) void storeContents(host, rule.storeDays, options, receipt, answer)
    },
  }
}

const utf8 = new TextEncoder()

/** A user as receipts know one: SHA-256, 16 hex digits. */
export const userDigest = async (user: string): Promise<string> =>
  (await digestHex([utf8.encode(user)])).slice(0, 16)

const TASK_FROM = {
  caller: 'named by the caller',
  match: 'found by a matching rule',
  default: 'the caller named none and no rule matched',
} as const

/** Settles the receipt of a call that is refused and throws why. */
async function refuse(host: Host, record: CallRecord, error: EdgewiseError): Promise<never> {
  record.say(error.code === 'unknown_task' ? 'the policy has no such task' : 'the call has a bad option')
  record.privacy = 'nothing-leaves'
  await writeReceipt(host.options.ledger ?? null, record.settle(error.code, null))
  throw error
}

/** What the call may cost in the cloud: its input as far as it is known, and the output it asks for, or a usual one. */
function estimateUsd(
  { policy }: Host,
  call: LanguageModelV4CallOptions,
  inputTokens: number | null,
): number | null {
  const input = inputTokens ?? Math.ceil(JSON.stringify(call.prompt).length / CHARS_A_TOKEN)
  const outputTokens = call.maxOutputTokens ?? USUAL_OUTPUT
  return tokenCost(policy.cloud?.price ?? null, { inputTokens: input, cachedTokens: null, outputTokens })
}

/** Until when a place's answer is held back: only as long as another place could still give it. */
function commitOf(place: Place, rule: ResolvedRule, { order, isChecked, secondAfterMs }: Plan): Commit {
  if (order.length < 2 && !isChecked) return 'first-output'
  if (place === 'device') return rule.commit
  const isLast = order[0] !== 'cloud' && secondAfterMs === null
  return rule.commit === 'valid-json' && !isLast ? 'valid-json' : 'first-output'
}

/** The call as it leaves. */
function readyForCloud(
  host: Host,
  rule: ResolvedRule,
  { name, user, conversation }: FoundTask,
  options: LanguageModelV4CallOptions,
  signal: AbortSignal,
): ReadyForCloud | Promise<ReadyForCloud> {
  const call = instructed(rule, options)
  if (!needsPreparing(rule)) return { call, facts: NOTHING_PREPARED, restore: null }
  const { names, passages, scorer, certificates = [] } = host.options
  const isCertified = certificates.some(({ id, task }) => id === rule.compress?.certificate && task === name)
  return prepare(call, {
    rule,
    names: names ?? null,
    passages: passages ?? null,
    vault: () => host.vaults.of(conversation ?? undefined, user ?? undefined),
    scorer: isCertified ? (scorer ?? null) : null,
    signal,
  })
}

/** The call with the rule's instructions as its system message, unless it has one or the rule has none. */
function instructed(
  { instructions }: ResolvedRule,
  call: LanguageModelV4CallOptions,
): LanguageModelV4CallOptions {
  if (instructions === null || call.prompt.some(({ role }) => role === 'system')) return call
  return { ...call, prompt: [{ role: 'system', content: instructions }, ...call.prompt] }
}
