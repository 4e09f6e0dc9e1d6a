/**
 * One call, two places: a language model that runs each call where its policy says. It finds the rule of the task,
 * asks `decide` for the order of places, and gives the call to `answer`. Device and cloud are language models as well;
 * the device gets the task and no headers, the cloud the caller's call without anything of this package in it.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import type { Ledger, Place } from '@edgewise/evidence'
import { OpenAttempt } from './attempt.ts'
import { answer, type Call } from './call.ts'
import { CallRecord } from './call-record.ts'
import { createCloud, type Env, meter } from './cloud.ts'
import { collect } from './collect.ts'
import type { DeviceModel } from './device/device-model.ts'
import { BadOptionError, CloudConfigError, UnknownTaskError } from './errors.ts'
import { decide, type PlaceState } from './place.ts'
import {
  checkPolicy,
  DEFAULT_FIRST_TOKEN_MS,
  DEFAULT_IDLE_MS,
  isTaskName,
  type Policy,
  type Rule,
} from './policy.ts'

export interface EdgewiseOptions {
  readonly policy: Policy
  /** null: none is ready. Read again for every call, so a getter may hand out a model that was loaded meanwhile. */
  readonly device: DeviceModel | null
  /** Instead of the policy's cloud: any language model, or null for none. */
  readonly cloud?: LanguageModelV4 | null
  /** Where receipts go. Default: nowhere; they are in every result as well. */
  readonly ledger?: Ledger
  /** Where the policy's `apiKeyEnv` is looked up. Default: the process's environment, where the host has one. */
  readonly env?: Env
  /** Milliseconds since 1970. Default: Date.now. */
  readonly now?: () => number
}

/** Whether a cloud can be asked; if not, why, a clause for people. */
export type CloudStatus =
  | { readonly ready: true; readonly model: string }
  | { readonly ready: false; readonly why: string }

export type Edgewise = LanguageModelV4 & { readonly cloudStatus: CloudStatus }

/**
 * Makes the model. Throws PolicyError. A cloud whose key is not set is no error: the calls stay on the device and
 * `cloudStatus` says why.
 */
export function createEdgewise(options: EdgewiseOptions): Edgewise {
  const policy = checkPolicy(options.policy)
  const cloud = findCloud(policy, options)

  /** The call with its rule and plan. Throws (with a receipt in the ledger) when the task is not one of the policy's. */
  function begin(call: LanguageModelV4CallOptions): StartedCall {
    const named = call.providerOptions?.edgewise?.task
    const record = new CallRecord({
      policy,
      ledger: options.ledger ?? null,
      now: options.now ?? Date.now,
      task:
        named === undefined ? 'default' : typeof named === 'string' && isTaskName(named) ? named : 'unknown',
    })
    const rule = findRule(policy, call, record)
    const { device } = options
    const deviceTask = deviceTaskOf(rule, record.task, named !== undefined)
    const deviceCall = device?.facts?.followsInstructions ? instructed(rule, call) : call
    const plan = decide(rule, stateOf(device, deviceTask, deviceCall, cloud, rule))
    const abort = new AbortController()
    const forward = () => abort.abort(call.abortSignal?.reason)
    call.abortSignal?.addEventListener('abort', forward, { once: true })
    if (call.abortSignal?.aborted) forward()

    return {
      record,
      plan,
      rule,
      signal: abort.signal,
      abort: (reason) => abort.abort(reason),
      forget: () => call.abortSignal?.removeEventListener('abort', forward),
      open: (place) =>
        place === 'device'
          ? openDevice(device!, deviceTask, deviceCall, abort.signal)
          : openCloud(cloud.model!, policy, rule, call, abort.signal),
    }
  }

  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: 'edgewise',
    // The SDK downloads what a model does not take as an address: that would be a connection for a device-only task.
    supportedUrls: { '*/*': [/^https?:/i] },
    cloudStatus:
      cloud.model === null ? { ready: false, why: cloud.why } : { ready: true, model: cloud.model.modelId },
    async doGenerate(callOptions) {
      const call = begin(callOptions)
      try {
        return await collect(answer(call))
      } finally {
        call.forget()
      }
    },
    async doStream(callOptions) {
      const call = begin(callOptions)
      const parts = answer(call)
      try {
        return { stream: streamOf(call, parts, await parts.next()) }
      } catch (error) {
        call.forget()
        throw error
      }
    },
  }
}

interface StartedCall extends Call {
  /** Gives the call up. */
  abort(reason: unknown): void
  /** Stops listening to the caller's signal. */
  forget(): void
}

type Parts = AsyncGenerator<LanguageModelV4StreamPart, void, void>

/** The parts as a stream, on demand. A reader that cancels, or an abort while nobody reads, ends the work. */
function streamOf(
  call: StartedCall,
  parts: Parts,
  first: IteratorResult<LanguageModelV4StreamPart, void>,
): ReadableStream<LanguageModelV4StreamPart> {
  let next: Promise<typeof first> | null = Promise.resolve(first)
  const end = () => {
    call.forget()
    return parts.return()
  }
  return new ReadableStream<LanguageModelV4StreamPart>(
    {
      start(controller) {
        // The reader hears of the abort when the receipt is written, not before.
        const fail = () => controller.error(call.signal.reason)
        call.signal.addEventListener('abort', () => void end().then(fail, fail))
      },
      async pull(controller) {
        try {
          const { done, value } = await (next ?? parts.next())
          next = null
          if (!done) return controller.enqueue(value)
          call.forget()
          controller.close()
        } catch (error) {
          call.forget()
          controller.error(error)
        }
      },
      async cancel(reason) {
        call.abort(reason ?? new DOMException('the reader cancelled the stream', 'AbortError'))
        await end().catch(() => {})
      },
    },
    { highWaterMark: 0 },
  )
}

interface FoundCloud {
  readonly model: LanguageModelV4 | null
  /** Why there is none; empty when there is one. */
  readonly why: string
}

function findCloud(policy: Policy, { cloud, env }: EdgewiseOptions): FoundCloud {
  if (cloud) return { model: cloud, why: '' }
  if (cloud === null || policy.cloud === undefined) return { model: null, why: 'no cloud is configured' }
  try {
    return { model: createCloud(policy.cloud, env === undefined ? {} : { env }), why: '' }
  } catch (error) {
    if (!(error instanceof CloudConfigError)) throw error
    return { model: null, why: `the cloud's key is missing (${error.variable} is not set)` }
  }
}

/** The rule of the task that the call names, strictly: what is mistyped is refused, never sent under another rule. */
function findRule(policy: Policy, call: LanguageModelV4CallOptions, record: CallRecord): Rule {
  const { task, ...others } = call.providerOptions?.edgewise ?? {}
  const receiptId = record.id
  const refuse = (error: BadOptionError | UnknownTaskError): never => {
    record.why =
      error instanceof UnknownTaskError ? 'the policy has no such task' : 'the call has a bad option'
    record.settle(error.code)
    throw error
  }
  const [other] = Object.keys(others)
  if (other !== undefined) {
    refuse(
      new BadOptionError(`providerOptions.edgewise has no "${other}": it takes "task" only`, { receiptId }),
    )
  }
  if (task === undefined) return policy.default
  if (typeof task !== 'string') {
    return refuse(
      new BadOptionError('providerOptions.edgewise.task must be the name of a task, a string', { receiptId }),
    )
  }
  const known = Object.keys(policy.tasks)
  return Object.hasOwn(policy.tasks, task)
    ? policy.tasks[task]!
    : refuse(new UnknownTaskError(task, known, { receiptId }))
}

function deviceTaskOf(rule: Rule, task: string, named: boolean): string {
  const asked = rule.place === 'cloud-only' ? undefined : rule.deviceTask
  return asked ?? (named ? task : 'complete')
}

function stateOf(
  device: DeviceModel | null,
  deviceTask: string,
  call: LanguageModelV4CallOptions,
  cloud: FoundCloud,
  rule: Rule,
): PlaceState {
  const state: PlaceState = {
    deviceReady: device !== null,
    cloudProblem: cloud.model === null ? cloud.why : null,
    inputTokens: null,
    contextLength: null,
    deviceLacks: [],
  }
  const facts = device?.facts
  if (facts === undefined || rule.place === 'device-only' || rule.place === 'cloud-only') return state
  try {
    return {
      ...state,
      contextLength: facts.contextLength,
      inputTokens: facts.countTokens(deviceTask, call),
      deviceLacks: facts.lacks(deviceTask, call),
    }
  } catch {
    // What the model cannot even count it will name itself when it is asked.
    return state
  }
}

function openDevice(
  model: DeviceModel,
  task: string,
  call: LanguageModelV4CallOptions,
  signal: AbortSignal,
): OpenAttempt {
  const { headers: _, ...options } = call
  return new OpenAttempt({
    place: 'device',
    model,
    options: { ...options, providerOptions: { ...call.providerOptions, edgewise: { task } } },
    signal,
    firstOutputMs: null,
    idleMs: null,
    bytesOut: () => 0,
  })
}

function openCloud(
  cloud: LanguageModelV4,
  policy: Policy,
  rule: Rule,
  call: LanguageModelV4CallOptions,
  signal: AbortSignal,
): OpenAttempt {
  const { model, bytesOut } = meter(cloud)
  const { edgewise: _, ...providerOptions }: SharedV4ProviderOptions = call.providerOptions ?? {}
  return new OpenAttempt({
    place: 'cloud' satisfies Place,
    model,
    options: { ...instructed(rule, call), providerOptions },
    signal,
    firstOutputMs: policy.cloud?.firstTokenMs ?? DEFAULT_FIRST_TOKEN_MS,
    idleMs: policy.cloud?.idleMs ?? DEFAULT_IDLE_MS,
    bytesOut,
  })
}

/** The call with the rule's instructions as its system message, unless it has one or the rule has none. */
function instructed(rule: Rule, call: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const instructions = rule.place === 'device-only' ? undefined : rule.instructions
  if (instructions === undefined || call.prompt.some(({ role }) => role === 'system')) return call
  return { ...call, prompt: [{ role: 'system', content: instructions }, ...call.prompt] }
}
