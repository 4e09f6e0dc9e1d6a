/** A call as it comes in -> everything its answer needs: task, rule, record, state, plan, and how its places are opened. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { CallAudit, isDrawn, isHarmless } from '../audit/call-audit.ts'
import { askShadow } from '../audit/shadow.ts'
import type { DeviceSetup } from '../certificates/device-setup.ts'
import { FELL, STANDS } from '../certificates/standing.ts'
import { countingModel } from '../cloud/cloud.ts'
import type { EdgewiseError } from '../errors.ts'
import { deviceFor, type Host } from '../host.ts'
import { decide, type Plan } from '../place/place.ts'
import type { ResolvedRule } from '../policy/index.ts'
import { CallRecord } from '../receipt/record.ts'
import { writeReceipt } from '../receipt/write.ts'
import { isOfTokens, Watch } from '../signals/watch.ts'
import { operation } from '../telemetry/names.ts'
import { callContext, traceCall } from '../telemetry/spans.ts'
import type { Call } from './call.ts'
import { commitOf } from './commit.ts'
import { deviceOptions, openCloud, openDevice } from './places.ts'
import { sampleDevice } from './sample-device.ts'
import { Spend } from './spend.ts'
import { cloudProblem, deviceNeeds, deviceProblem } from './state.ts'
import { storeContents } from './store-contents.ts'
import type { StreamedCall } from './stream.ts'
import { deviceTaskOf, type FoundTask, findTask } from './task.ts'
import { estimateUsd, instructed, readyForCloud } from './to-cloud.ts'
import { userDigest } from './user-digest.ts'

export interface StartedCall extends Call, StreamedCall {
  readonly scope: { readonly task: string; readonly user: string | null }
}

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
  const ownRule = host.rules.get(task.name) ?? host.defaultRule
  record.privacy = ownRule.privacy

  const device = deviceFor(host.options, ownRule)
  const deviceTask = deviceTaskOf(ownRule, task)
  const found = device === null ? null : host.setups.of(device, ownRule, deviceTask)
  const setup = found instanceof Promise ? await found : found
  const safe = host.safeRules.get(ownRule)
  const uncertified =
    safe === undefined || setup === null
      ? null
      : await whyUncertified(host, ownRule, task, setup, record, options.abortSignal)
  const rule = uncertified === null ? ownRule : safe!
  const deviceCall = device?.facts?.followsInstructions ? instructed(rule, options) : options
  const needs = deviceNeeds(device, deviceTask, deviceCall, rule)
  record.promptTokens = needs.inputTokens
  const scope = { task: task.name, user: record.user }
  const price = host.policy.cloud?.price ?? null
  const spend =
    rule.budget === null
      ? null
      : new Spend(
          host.budgets,
          { ...scope, rule, estimateUsd: estimateUsd(price, rule, options, needs.inputTokens) },
          record,
        )
  const budget = spend === null ? null : await spend.check(options.abortSignal)
  const blocked = cloudProblem(host, rule, budget)
  const plan = decide(
    rule,
    { ...needs, deviceProblem: deviceProblem(device, rule), cloudProblem: blocked?.why ?? null },
    uncertified,
  )
  const isAudited =
    rule.audit !== null &&
    plan.order[0] === 'device' &&
    isHarmless(options) &&
    isDrawn(record.id, rule.audit.share)
  if (isAudited) record.step('audit', null, rule.audit!.share, "drawn: the device's answer is compared")
  const audit = isAudited ? auditOf(host, rule, task, options, record) : null
  /** The device as its samples are drawn: they count with its attempt. */
  let sampled = device
  const abort = new AbortController()
  const forward = (): void => abort.abort(options.abortSignal?.reason)
  options.abortSignal?.addEventListener('abort', forward, { once: true })
  if (options.abortSignal?.aborted) forward()

  return {
    record,
    plan,
    rule,
    options,
    blocked: blocked?.kind ?? null,
    scope,
    ledger: host.options.ledger ?? null,
    signal: abort.signal,
    abort: (reason) => abort.abort(reason),
    forget: () => options.abortSignal?.removeEventListener('abort', forward),
    open(place) {
      if (place === 'device') {
        record.setup = setup && { quantisation: setup.quantisation, template: setup.template }
        const attempt = openDevice(device!, deviceTask, deviceCall)
        if (attempt.outbox !== null) sampled = countingModel(device!, attempt.outbox)
        return attempt
      }
      const spent = spend?.hold() ?? null
      return openCloud({
        cloud: host.cloud.model!,
        settings: host.policy.cloud,
        resilience: host.resilience,
        record,
        deadlineMs: rule.deadlineMs,
        whole: wants === 'whole' && plan.order.length === 1 && rule.deadlineMs.firstToken === null,
        ready(signal) {
          if (spent !== null) throw spent
          return readyForCloud(host, rule, task, options, signal)
        },
      })
    },
    watch: (place) =>
      place === 'device' && plan.isChecked
        ? new Watch(rule.escalate, options, host.options.signals ?? {}, { audited: isAudited })
        : null,
    observer: isObserved(rule, plan, isAudited)
      ? new Watch(rule.escalate, options, {}, { audited: isAudited, judges: false })
      : null,
    audit,
    commitOf: (place) => commitOf(place, rule, plan),
    sample: (count, signal) => sampleDevice(sampled!, deviceOptions(deviceTask, deviceCall), count, signal),
    wantsAnswer:
      rule.cache !== null ||
      rule.storeDays !== null ||
      host.options.recordContents === true ||
      audit !== null,
    onSettled(receipt, answer, recorded) {
      spend?.book(receipt.costUsd, recorded)
      host.certificates.saw(receipt)
      audit?.settled(receipt, answer, recorded || host.options.ledger === undefined)
      if (rule.cache !== null && answer !== null) {
        const { ttlSeconds, minSimilarity } = rule.cache
        const kept = { parts: answer, receiptId: receipt.id, ttlSeconds }
        // A rehearsal that the policy does not name would be given again as a real answer.
        const isExpected = receipt.rehearsal === (host.policy.cloud?.rehearsal ?? false)
        if (isExpected) host.cache.keep(options, { ...scope, minSimilarity }, kept)
      }
      if (rule.storeDays !== null && answer !== null) {
        void storeContents(host, rule.storeDays, options, receipt, answer)
      }
      const contents = host.options.recordContents ? { prompt: options.prompt, answer } : null
      traceCall(receipt, options, parent, contents, operation.chat, host.cloud.model?.provider)
    },
  }
}

/** Why the safe rule stands in for the task's own, a clause: a certificate of its bars is not in force. null: all are. */
async function whyUncertified(
  { certificates }: Host,
  rule: ResolvedRule,
  { name }: FoundTask,
  setup: DeviceSetup,
  record: CallRecord,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  certificates.began(record.id)
  const reading = certificates.ready(name, signal)
  if (reading !== null) await reading
  const note = certificates.note(name)
  if (note !== null) record.step(FELL, null, null, note)
  let problem: string | null = null
  for (const { id, why } of certificates.standing(rule, name, setup)) {
    record.step(why === null ? STANDS : FELL, id, null, why ?? 'in force')
    if (why !== null) problem ??= `the certificate ${id} is not in force (${why}), so the cloud goes first`
  }
  return problem
}

/** Whether evidence is made of an answer of the device that no bar judges. */
const isObserved = ({ escalate }: ResolvedRule, { order, isChecked }: Plan, isAudited: boolean): boolean =>
  !isChecked &&
  order.includes('device') &&
  (isAudited || escalate.some((bar) => bar.certificate !== null && isOfTokens(bar)))

function auditOf(
  host: Host,
  rule: ResolvedRule,
  task: FoundTask,
  options: LanguageModelV4CallOptions,
  { started, promptTokens }: CallRecord,
): CallAudit {
  const price = host.policy.cloud?.price ?? null
  return new CallAudit(host.audits, options, {
    problem: () => cloudProblem(host, rule, null)?.why ?? null,
    budget: {
      perDayUsd: rule.audit!.perDayUsd,
      estimateUsd: estimateUsd(price, rule, options, promptTokens),
    },
    ask: (signal) => askShadow({ host, rule, task, options, started, promptTokens }, signal),
  })
}

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
