/**
 * One call, two places: language models that run each call where its policy says. What comes back is an AI SDK provider that can be
 * called: `ew()` is the model that finds the task of each call, `ew('fix')` the model of one task. Device and cloud are language
 * models as well; the device gets the task and no headers, the cloud the caller's call without anything of this package in it.
 */
import {
  type EmbeddingModelV4,
  type LanguageModelV4,
  NoSuchModelError,
  type ProviderV4,
} from '@ai-sdk/provider'
import type { Audits } from './audit/audits.ts'
import type { AnswerCache } from './cache/index.ts'
import { answer } from './call/answer.ts'
import { begin } from './call/begin.ts'
import { collect } from './call/collect.ts'
import { keptAnswer } from './call/kept-answer.ts'
import { type CallStream, streamOf } from './call/stream.ts'
import { deviceTaskOf } from './call/task.ts'
import type { CertificateStatus } from './certificates/standing.ts'
import { routedEmbeddings } from './embedding/routed-embeddings.ts'
import { deviceFor, type EdgewiseOptions, type Host, openHost } from './host.ts'

/** Whether a cloud can be asked; if not, why, a clause for people. */
export type CloudStatus =
  | { readonly ready: true; readonly model: string }
  | { readonly ready: false; readonly why: string }

export interface Edgewise extends ProviderV4 {
  /** The model of a task, or the one that finds the task of each call. Throws NoSuchModelError for a task the policy lacks. */
  (task?: string): LanguageModelV4
  readonly cloudStatus: CloudStatus
  /** The answers that tasks with a `cache` keep; `enabled` is its kill switch. */
  readonly cache: AnswerCache
  /** How each certificate of the host's stands, as of now. */
  readonly certificates: readonly CertificateStatus[]
  /** The audits that policies ask for (`audit`), which run behind the calls. */
  readonly audits: RunningAudits
}

export type RunningAudits = Pick<Audits, 'status' | 'idle' | 'stop'>

/**
 * Makes the provider. Throws PolicyError, UnknownSignalError for a bar on a signal that nobody provides, and CertificateRefusedError for
 * one whose certificate is not there or is for something else. A cloud whose key is not set is no error: the calls stay on the device and `cloudStatus` says why.
 */
export function edgewise(options: EdgewiseOptions): Edgewise {
  const host = openHost(options)
  const { policy, cloud, cache } = host
  const languageModel = (task?: string): LanguageModelV4 => {
    if (task !== undefined && !Object.hasOwn(policy.tasks, task)) {
      throw new NoSuchModelError({ modelId: task, modelType: 'languageModel' })
    }
    return routedModel(host, task)
  }
  const provider = Object.assign(languageModel, {
    specificationVersion: 'v4' as const,
    languageModel,
    embeddingModel: (modelId: string): EmbeddingModelV4 => routedEmbeddings(host, modelId),
    imageModel: (modelId: string): never => {
      throw new NoSuchModelError({ modelId, modelType: 'imageModel' })
    },
    cloudStatus:
      cloud.model === null
        ? ({ ready: false, why: cloud.why } as const)
        : ({ ready: true, model: cloud.model.modelId } as const),
    cache,
    audits: host.audits,
  })
  const certificates = { get: () => certificateStatus(host), enumerable: true }
  return Object.defineProperty(provider, 'certificates', certificates) as typeof provider &
    Pick<Edgewise, 'certificates'>
}

function certificateStatus(host: Host): readonly CertificateStatus[] {
  return host.certificates.status((name) => {
    const isDefault = name === 'default'
    const rule = isDefault ? host.defaultRule : host.rules.get(name)
    if (rule === undefined) return 'the policy has no such task'
    const device = deviceFor(host.options, rule)
    if (device === null) return 'no device model is ready'
    const task = { name, from: isDefault ? 'default' : 'caller' } as const
    const setup = host.setups.of(device, rule, deviceTaskOf(rule, task))
    return setup instanceof Promise ? 'what runs is still looked up' : setup
  })
}

function routedModel(host: Host, task: string | undefined): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: task ?? 'edgewise',
    // The SDK downloads what a model does not take as an address: that would be a connection for a device-only task.
    supportedUrls: { '*/*': [/^https?:/i] },
    async doGenerate(options) {
      const call = await begin(host, options, task, 'whole')
      try {
        return await collect(keptAnswer(host, call) ?? answer(call))
      } finally {
        call.forget()
      }
    },
    async doStream(options) {
      const call = await begin(host, options, task, 'stream')
      try {
        let open: CallStream | null = null
        const parts = keptAnswer(host, call) ?? answer(call, () => open?.finish())
        open = streamOf(call, parts, await parts.next())
        return { stream: open.stream }
      } catch (error) {
        call.forget()
        throw error
      }
    },
  }
}
