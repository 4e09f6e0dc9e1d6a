/**
 * A device's embeddings as an AI SDK embedding model, for a provider and for the gateway's /v1/embeddings. Vectors have length 1,
 * so that their dot product is their cosine. Nothing leaves the device.
 */
import { type EmbeddingModelV4, TooManyEmbeddingValuesForCallError } from '@ai-sdk/provider'
import type { DeviceModel } from '../device/device-model.ts'

/** A device that embeds. */
export type EmbeddingDevice = Pick<DeviceModel, 'modelId' | 'provider'> & Required<Pick<DeviceModel, 'embed'>>

/** Texts a call: more would hold the device for long. The AI SDK divides what is more; OpenAI takes up to 2048. */
const MOST_TEXTS = 2048

/** `doEmbed` rejects with TooManyEmbeddingValuesForCallError, the signal's reason, or what the device throws. */
export function deviceEmbeddings(device: EmbeddingDevice): EmbeddingModelV4 {
  const { provider, modelId } = device
  return {
    specificationVersion: 'v4',
    provider,
    modelId,
    maxEmbeddingsPerCall: MOST_TEXTS,
    // The device works on one batch at a time: the next would only wait.
    supportsParallelCalls: false,
    async doEmbed({ values, abortSignal }) {
      if (values.length > MOST_TEXTS) {
        throw new TooManyEmbeddingValuesForCallError({
          provider,
          modelId,
          maxEmbeddingsPerCall: MOST_TEXTS,
          values,
        })
      }
      abortSignal?.throwIfAborted()
      const vectors = await device.embed(values, abortSignal)
      return { embeddings: vectors.map((vector) => [...vector]), warnings: [] }
    },
  }
}
