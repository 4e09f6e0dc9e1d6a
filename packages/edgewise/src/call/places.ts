/**
 * The two places of a call, opened: the device gets its task and no headers, the cloud the prepared call and nothing of this
 * package. What the cloud sends back has its placeholders restored before anything else sees it.
 */
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Message,
  LanguageModelV4StreamPart,
  SharedV4ProviderOptions,
} from '@ai-sdk/provider'
import { countingModel } from '../cloud/cloud.ts'
import { Outbox } from '../cloud/outbox.ts'
import type { Resilience } from '../cloud/resilience.ts'
import type { DeviceModel } from '../device/device-model.ts'
import {
  type CloudSettings,
  DEFAULT_FIRST_TOKEN_MS,
  DEFAULT_IDLE_MS,
  DEFAULT_WHOLE_MS,
  type ResolvedRule,
} from '../policy/index.ts'
import type { ReadyForCloud } from '../prepare/prepare.ts'
import type { CallRecord } from '../receipt/record.ts'
import { OpenAttempt } from './attempt.ts'
import { type PartSource, streamSource } from './part-source.ts'

type Part = LanguageModelV4StreamPart

/**
 * Silence after which a device counts as stalled, ms: a small machine takes minutes over a long prompt, but a worker that is lost says
 * nothing for ever. Whoever wants the cloud earlier hedges.
 */
const DEVICE_SILENCE_MS = 300_000

export function openDevice(model: DeviceModel, task: string, call: LanguageModelV4CallOptions): OpenAttempt {
  const options = deviceOptions(task, call)
  // A device on another machine is still this policy's device, but what it is sent has left.
  const outbox = model.facts?.leavesDevice ? new Outbox() : null
  const asked = outbox === null ? model : countingModel(model, outbox)
  return new OpenAttempt({
    place: 'device',
    modelId: model.modelId,
    outbox,
    begin: async (abortSignal) => streamSource((await asked.doStream({ ...options, abortSignal })).stream),
    firstOutputMs: DEVICE_SILENCE_MS,
    idleMs: DEVICE_SILENCE_MS,
  })
}

/** A call as the device gets it. */
export function deviceOptions(task: string, call: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const { headers: _, abortSignal: __, ...options } = call
  const topLogprobs = call.providerOptions?.edgewise?.topLogprobs
  const edgewise = topLogprobs === undefined ? { task } : { task, topLogprobs }
  return { ...options, providerOptions: { ...call.providerOptions, edgewise } }
}

export interface CloudAttempt {
  readonly cloud: LanguageModelV4
  readonly settings: CloudSettings | undefined
  readonly resilience: Resilience
  readonly record: CallRecord
  /** Of the call: no wait is begun that they would not hold. */
  readonly deadlineMs: ResolvedRule['deadlineMs']
  /** Asked for in one piece: nobody waits for its first word, and no other place could answer. */
  readonly whole: boolean
  /** The call made ready to leave. */
  readonly ready: (signal: AbortSignal) => ReadyForCloud | Promise<ReadyForCloud>
}

export function openCloud({
  cloud,
  settings,
  resilience,
  record,
  deadlineMs,
  whole,
  ready,
}: CloudAttempt): OpenAttempt {
  const outbox = new Outbox()
  const deadlineAt =
    record.started + Math.min(deadlineMs.firstToken ?? Infinity, deadlineMs.total ?? Infinity)
  const firstOutputMs = whole
    ? (settings?.wholeMs ?? DEFAULT_WHOLE_MS)
    : (settings?.firstTokenMs ?? DEFAULT_FIRST_TOKEN_MS)
  const begin = async (signal: AbortSignal): Promise<PartSource> => {
    const began = performance.now()
    const prepared = await ready(signal)
    signal.throwIfAborted()
    attempt.workingAt ??= performance.now()
    record.prepared = prepared.facts
    const opened = await resilience.open(countingModel(cloud, outbox), withoutEdgewise(prepared.call), {
      signal,
      whole,
      outbox,
      leftMs: () => Math.min(began + firstOutputMs, deadlineAt) - performance.now(),
    })
    record.rehearsal ||= opened.headers['x-edgewise-rehearsal'] !== undefined
    return restored(opened.parts, opened.rest, prepared.restore)
  }
  const attempt = new OpenAttempt({
    place: 'cloud',
    modelId: cloud.modelId,
    outbox,
    begin,
    firstOutputMs,
    idleMs: settings?.idleMs ?? DEFAULT_IDLE_MS,
  })
  return attempt
}

function withoutEdgewise({
  abortSignal: _,
  ...call
}: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  return { ...call, prompt: call.prompt.map(plainMessage), providerOptions: foreign(call.providerOptions) }
}

/** What earlier answers carry of this package (place, why, log-probabilities) is for nobody else. */
function plainMessage(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role !== 'assistant' || !message.content.some((part) => part.providerOptions?.edgewise))
    return message
  const content = message.content.map((part) =>
    part.providerOptions?.edgewise ? { ...part, providerOptions: foreign(part.providerOptions) } : part,
  )
  return { ...message, content }
}

const foreign = ({ edgewise: _, ...others }: SharedV4ProviderOptions = {}): SharedV4ProviderOptions => others

/** What was read when the first output came, then the rest, each part restored. */
function restored(
  first: readonly Part[],
  rest: PartSource | null,
  restore: ReadyForCloud['restore'],
): PartSource {
  let at = 0
  const next = async (): Promise<Part | undefined> =>
    at < first.length ? first[at++]! : rest === null ? undefined : await rest.read()
  const cancel = async (reason: unknown): Promise<void> => rest?.cancel(reason)
  if (restore === null) return { read: next, cancel }
  const ready: Part[] = []
  return {
    async read() {
      // A part that restoring holds back entirely gives nothing: the next one is asked for at once.
      while (ready.length === 0) {
        const part = await next()
        if (part === undefined) return undefined
        ready.push(...restore(part))
      }
      return ready.shift()
    },
    cancel,
  }
}
