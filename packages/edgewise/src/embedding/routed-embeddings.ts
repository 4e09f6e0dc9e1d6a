/**
 * Embeddings with a receipt: the device's, or the cloud's where the policy names a model for them. Vectors of two models do not
 * mean the same, so the model's name chooses the place and nothing falls back; what the task's rule says of that place holds.
 */
import { type EmbeddingModelV4, NoSuchModelError } from '@ai-sdk/provider'
import type { CloudModel } from '../cloud/cloud.ts'
import type { Outbox } from '../cloud/outbox.ts'
import type { DeviceModel } from '../device/device-model.ts'
import type { Host } from '../host.ts'
import { deviceEmbeddings, type EmbeddingDevice } from './device-embeddings.ts'
import { type EmbeddingPlace, embedRouted, textBytes } from './embed-routed.ts'

/** Texts a call to the cloud: what OpenAI takes. */
const MOST_TEXTS = 2048

/** Throws NoSuchModelError for a name that is neither the device's model nor the policy's `cloud.embedding.model`. */
export function routedEmbeddings(host: Host, modelId: string): EmbeddingModelV4 {
  const { options, policy } = host
  const isCloud = modelId === policy.cloud?.embedding?.model
  const device: DeviceModel | null = options.device ?? null
  const isDevice =
    !isCloud && device?.embed !== undefined && (modelId === 'device' || modelId === device.modelId)
  if (!isCloud && !isDevice) throw new NoSuchModelError({ modelId, modelType: 'embeddingModel' })
  const at: EmbeddingPlace = isCloud
    ? { place: 'cloud', modelId, open: (outbox) => inCloud(host, modelId, outbox) }
    : {
        place: 'device',
        modelId: device!.modelId,
        open: (outbox) => onDevice(host.options.device as EmbeddingDevice, outbox),
      }
  return {
    specificationVersion: 'v4',
    provider: 'edgewise',
    modelId: at.modelId,
    maxEmbeddingsPerCall: MOST_TEXTS,
    supportsParallelCalls: isCloud,
    doEmbed: (call) => embedRouted(host, at, call),
  }
}

function inCloud({ cloud }: Host, modelId: string, outbox: Outbox): EmbeddingModelV4 {
  if (cloud.model !== null && 'embedding' in cloud.model)
    return (cloud.model as CloudModel).embedding(modelId, outbox)
  const message = 'the cloud given in code has no embeddings'
  throw new NoSuchModelError({ modelId, modelType: 'embeddingModel', message })
}

/** What a device on another machine is given has left; its requests are not seen. */
function onDevice(device: EmbeddingDevice & Pick<DeviceModel, 'facts'>, outbox: Outbox): EmbeddingModelV4 {
  const model = deviceEmbeddings(device)
  if (!device.facts?.leavesDevice) return model
  return {
    ...model,
    doEmbed(call) {
      outbox.sendUnseen(textBytes(call.values))
      return model.doEmbed(call)
    },
  }
}
