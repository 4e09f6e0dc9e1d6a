/**
 * Embeddings with a receipt: the device's, or the cloud's where the policy names a model for them. Vectors of two models do not
 * mean the same, so the model's name chooses the place and nothing falls back; the task's rule only allows or forbids it. A
 * placeholder has another meaning than what it stands for, so what must leave redacted is not embedded elsewhere.
 */
import { type EmbeddingModelV4, type EmbeddingModelV4CallOptions, NoSuchModelError } from '@ai-sdk/provider'
import type { Place } from '@edgewise/evidence'
import { userDigest } from '../call/begin.ts'
import { findTask } from '../call/task.ts'
import type { CloudModel } from '../cloud/cloud.ts'
import { describeFailure } from '../cloud/failure.ts'
import { Outbox } from '../cloud/outbox.ts'
import { PrivacyError } from '../errors.ts'
import type { Host } from '../host.ts'
import type { Policy, ResolvedRule } from '../policy/index.ts'
import { CallRecord } from '../receipt/record.ts'
import type { RecordedAttempt } from '../receipt/recorded-attempt.ts'
import { receiptJson, writeReceipt } from '../receipt/write.ts'
import { deviceEmbeddings, type EmbeddingDevice } from './device-embeddings.ts'

/** Texts a call to the cloud: what OpenAI takes. */
const MOST_TEXTS = 2048

type Embedded = Awaited<ReturnType<EmbeddingModelV4['doEmbed']>>
type Running = { -readonly [K in keyof RecordedAttempt]: RecordedAttempt[K] }

/** Throws NoSuchModelError for a name that is neither the device's model nor the policy's `cloud.embedding.model`. */
export function routedEmbeddings(host: Host, modelId: string): EmbeddingModelV4 {
  const { options, policy } = host
  const isCloud = modelId === policy.cloud?.embedding?.model
  const { device } = options
  const known =
    isCloud || (device?.embed !== undefined && (modelId === 'device' || modelId === device.modelId))
  if (!known) throw new NoSuchModelError({ modelId, modelType: 'embeddingModel' })
  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: isCloud ? modelId : device!.modelId,
    maxEmbeddingsPerCall: MOST_TEXTS,
    supportsParallelCalls: isCloud,
    doEmbed: (call) => embed(host, isCloud ? 'cloud' : 'device', modelId, call),
  }
}

async function embed(
  host: Host,
  place: Place,
  modelId: string,
  call: EmbeddingModelV4CallOptions,
): Promise<Embedded> {
  // Tasks are found by rule from messages, and here are none.
  const task = findTask({ ...host.policy, match: [] }, { prompt: [], ...call }, undefined)
  const rule = host.rules.get(task.name) ?? host.defaultRule
  const record = new CallRecord({
    policy: embeddingPrices(host.policy),
    now: host.now,
    task: task.name,
    taskFrom: task.from,
  })
  record.privacy = rule.privacy
  if (task.user !== null) record.user = await userDigest(task.user)
  record.say(`the model named is the ${place}'s`)
  const outbox = place === 'cloud' ? new Outbox() : null
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
  const settle = async (error: string | null) => {
    const digest = record.digest()
    const receipt = record.settle(error, digest instanceof Promise ? await digest : digest)
    return receiptJson(receipt, await writeReceipt(host.options.ledger ?? null, receipt))
  }
  const refusal =
    task.refusal?.(record.id) ?? (place === 'cloud' ? forbidden(rule, task.name, record.id) : null)
  if (refusal !== null) {
    await settle(refusal.code)
    throw refusal
  }
  try {
    record.began(attempt)
    attempt.workingAt = performance.now()
    const model =
      outbox === null
        ? deviceEmbeddings(host.options.device as EmbeddingDevice)
        : cloudModel(host).embedding(modelId, outbox)
    if (outbox !== null) outbox.tries++
    const { edgewise: _, ...providerOptions } = call.providerOptions ?? {}
    const result = await model.doEmbed({ ...call, providerOptions })
    attempt.firstOutputAt = performance.now()
    attempt.usage = usageOf(result.usage?.tokens)
    if (result.response?.headers?.['x-edgewise-rehearsal'] !== undefined) record.rehearsal = true
    record.release(attempt)
    record.ended(attempt, 'answered')
    return { ...result, providerMetadata: { ...result.providerMetadata, edgewise: await settle(null) } }
  } catch (error) {
    const aborted = call.abortSignal?.aborted
    record.ended(attempt, aborted ? 'cancelled' : 'failed', { note: describeFailure(error), error })
    await settle(aborted ? 'aborted' : `${place}_failed`)
    throw error
  }
}

function forbidden({ place, privacy }: ResolvedRule, task: string, receiptId: string): PrivacyError | null {
  if (place !== 'device-only' && privacy === 'anything') return null
  return new PrivacyError(task, privacy, { receiptId })
}

function cloudModel({ cloud, policy }: Host): CloudModel {
  if (cloud.model !== null && 'embedding' in cloud.model) return cloud.model as CloudModel
  throw new NoSuchModelError({
    modelId: policy.cloud?.embedding?.model ?? '',
    modelType: 'embeddingModel',
    message: cloud.why === '' ? 'the cloud given in code has no embeddings' : cloud.why,
  })
}

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
