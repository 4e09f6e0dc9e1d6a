import { expect, test } from 'vitest'
import { embed } from './embeddings.ts'
import { rehearsing } from './testing/ask.ts'

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0)

test('vectors have unit length, and texts with words in common are near', () => {
  const [a, b, c] = ['how do I reset my password', 'reset my password please', 'a recipe for onion soup'].map(
    (text) => embed(text),
  )
  for (const vector of [a!, embed(''), embed('???')]) expect(dot(vector, vector)).toBeCloseTo(1, 5)
  expect(dot(a!, b!)).toBeGreaterThan(0.5)
  expect(dot(a!, c!)).toBeLessThan(0.3)
})

test('floats and base64 are the same vectors, in the dimensions asked for', async () => {
  await using rehearsal = await rehearsing()
  const ask = async (more: object): Promise<Answer> => {
    const body = JSON.stringify({ model: 'm', input: ['a b', 'c'], dimensions: 16, ...more })
    return (
      await fetch(`${rehearsal.baseURL}/embeddings`, { method: 'POST', body })
    ).json() as Promise<Answer>
  }
  const floats = await ask({})
  const packed = await ask({ encoding_format: 'base64' })
  expect(floats).toMatchObject({ model: 'm-rehearsal', usage: { prompt_tokens: 2 } })
  for (const [index, { embedding }] of floats.data.entries()) {
    const bytes = Buffer.from(packed.data[index]!.embedding as string, 'base64')
    const values = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4))
    expect(values).toEqual(embedding)
    expect(values).toHaveLength(16)
  }
})

interface Answer {
  readonly data: readonly { readonly embedding: readonly number[] | string }[]
}
