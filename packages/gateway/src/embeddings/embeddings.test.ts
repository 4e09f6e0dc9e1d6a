import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asMetadata, embeddingModel, hello, receipt } from '../testing/models.ts'
import { errorOf } from '../testing/responses.ts'
import { gatewayOf, MODEL, post } from '../testing/server.ts'
import type { Embeddings } from './embeddings.ts'

const ask = (
  app: ReturnType<typeof gatewayOf>,
  body: object,
  headers: Record<string, string> = {},
): Promise<Response> | Response => post(app, { model: MODEL, ...body }, headers, '/v1/embeddings')

test('base64 is the vector as little-endian floats of 32 bits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 8 }), async (vector) => {
      const embedding = embeddingModel({
        doEmbed: async () => ({ embeddings: [vector], usage: { tokens: 1 }, warnings: [] }),
      })
      const response = await ask(gatewayOf(hello(), { embeddings: [embedding] }), {
        input: 'x',
        encoding_format: 'base64',
      })
      const { data } = (await response.json()) as Embeddings
      const bytes = Buffer.from(data[0]!.embedding as string, 'base64')
      expect(vector.map((_, index) => bytes.readFloatLE(index * 4))).toEqual(vector)
      expect(bytes.length).toBe(vector.length * 4)
    }),
    { seed: 31, numRuns: 50 },
  )
})

test('who asks, and for what, reaches the model', async () => {
  const embedding = embeddingModel()
  const app = gatewayOf(hello(), { embeddings: [embedding] })
  await ask(app, { input: 'x', user: 'u' }, { 'x-edgewise-task': 'search' })
  expect(embedding.calls[0]!.providerOptions).toEqual({ edgewise: { task: 'search', user: 'u' } })
})

test('a model is named by its id, or the first by the names of the language model; a receipt is in the headers', async () => {
  const [first, second] = [embeddingModel(), embeddingModel({ modelId: 'other' })]
  const metadata = { providerMetadata: asMetadata(receipt) }
  const told = embeddingModel({
    modelId: 'told',
    doEmbed: async () => ({ embeddings: [[1]], warnings: [], ...metadata }),
  })
  const app = gatewayOf(hello(), { embeddings: [first, second, told] })
  const served = async (model: string): Promise<string> =>
    ((await (await ask(app, { input: 'x', model })).json()) as Embeddings).model
  expect(await served(MODEL)).toBe('edgewise-embed')
  expect(await served(`${MODEL}/search`)).toBe('edgewise-embed')
  expect(await served('other')).toBe('other')
  expect(first.calls.map((call) => call.providerOptions)).toEqual([
    undefined,
    { edgewise: { task: 'search' } },
  ])
  const response = await ask(app, { input: 'x', model: 'told' })
  expect(response.headers.get('x-edgewise-receipt')).toBe('rcpt_1')
  expect(await (await app.request('/metrics')).text()).toContain(
    'edgewise_calls_total{task="summary",place="device",outcome="ok"} 1',
  )
})

test('usage is absent when the model did not count', async () => {
  const embedding = embeddingModel({ doEmbed: async () => ({ embeddings: [[1]], warnings: [] }) })
  expect(await (await ask(gatewayOf(hello(), { embeddings: [embedding] }), { input: 'x' })).json()).toEqual({
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [1] }],
    model: 'edgewise-embed',
  })
})

test.each([
  [{ input: [1, 2, 3] }, 400, 'invalid_request', 'input[0]'],
  [{ input: [[1, 2], [3]] }, 400, 'invalid_request', 'input[0]'],
  [{ input: '' }, 400, 'invalid_request', 'input'],
  [{ input: [] }, 400, 'invalid_request', 'input'],
  [{ input: ['a', ''] }, 400, 'invalid_request', 'input[1]'],
  [{ input: Array.from({ length: 2049 }, () => 'x') }, 400, 'invalid_request', 'input'],
  [{ input: 'x', encoding_format: 'int8' }, 400, 'invalid_request', 'encoding_format'],
  [{ input: 'x', dimensions: 2 }, 400, 'invalid_request', 'dimensions'],
  [{ input: 'x', model: 'text-embedding-3-small' }, 404, 'model_not_found', 'model'],
])('%j is refused', async (body, status, code, param) => {
  const app = gatewayOf(hello(), { embeddings: [embeddingModel()] })
  expect(await errorOf(await ask(app, body))).toMatchObject({ status, code, param })
  expect((await ask(app, { input: 'x', dimensions: 3 })).status).toBe(200)
})

test('without an embedding model the route says so', async () => {
  expect(await errorOf(await ask(gatewayOf(hello()), { input: 'x' }))).toMatchObject({
    status: 404,
    code: 'no_embeddings',
  })
})

test('a model that leaves one out is an error, as is one that fails', async () => {
  const short = embeddingModel({ doEmbed: async () => ({ embeddings: [[1]], warnings: [] }) })
  expect(
    await errorOf(await ask(gatewayOf(hello(), { embeddings: [short] }), { input: ['a', 'b'] })),
  ).toMatchObject({
    status: 502,
    code: 'incomplete_answer',
  })
  const full = Object.assign(new Error('full'), { code: 'out_of_memory' })
  const failing = embeddingModel({ doEmbed: () => Promise.reject(full) })
  expect(
    await errorOf(await ask(gatewayOf(hello(), { embeddings: [failing] }), { input: 'a' })),
  ).toMatchObject({
    status: 503,
    code: 'out_of_memory',
  })
})
