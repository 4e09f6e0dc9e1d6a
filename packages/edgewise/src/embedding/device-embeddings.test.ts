import { TooManyEmbeddingValuesForCallError } from '@ai-sdk/provider'
import { cosineSimilarity, embed, embedMany } from 'ai'
import { expect, test } from 'vitest'
import { deviceEmbeddings, type EmbeddingDevice } from './device-embeddings.ts'

/** Embeds a text by its length, and remembers what it was asked. */
function device(): EmbeddingDevice & { readonly batches: number[] } {
  const batches: number[] = []
  return {
    provider: 'edgewise.device',
    modelId: 'tiny',
    batches,
    async embed(texts, signal) {
      signal?.throwIfAborted()
      batches.push(texts.length)
      return texts.map(({ length }) => Float32Array.of(Math.cos(length), Math.sin(length)))
    },
  }
}

test('the AI SDK embeds one text and many', async () => {
  const model = deviceEmbeddings(device())
  const one = await embed({ model, value: 'abc' })
  const many = await embedMany({ model, values: ['abc', 'abcd'] })
  expect(many.embeddings[0]).toEqual(one.embedding)
  expect(cosineSimilarity(many.embeddings[0]!, many.embeddings[1]!)).toBeCloseTo(Math.cos(1), 5)
  expect(model).toMatchObject({ specificationVersion: 'v4', provider: 'edgewise.device', modelId: 'tiny' })
})

test('what is more than a call takes is divided by the AI SDK and refused without it', async () => {
  const asked = device()
  const model = deviceEmbeddings(asked)
  const values = Array.from({ length: 2049 }, () => 'a')
  await expect(model.doEmbed({ values })).rejects.toThrow(TooManyEmbeddingValuesForCallError)
  expect(asked.batches).toEqual([])
  expect((await embedMany({ model, values })).embeddings).toHaveLength(2049)
  expect(asked.batches.toSorted((a, b) => a - b)).toEqual([1, 2048])
})

test('a caller who has left is told so, and the device not asked', async () => {
  const asked = device()
  const gone = new Error('gone')
  const call = { values: ['a'], abortSignal: AbortSignal.abort(gone) }
  await expect(deviceEmbeddings(asked).doEmbed(call)).rejects.toBe(gone)
  expect(asked.batches).toEqual([])
})
