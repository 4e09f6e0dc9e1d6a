/** The official OpenAI client's Responses API and embeddings against a gateway on a real socket. */
import OpenAI, { NotFoundError } from 'openai'
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod'
import { expect, test } from 'vitest'
import * as z from 'zod'
import {
  embeddingModel,
  endlessModel,
  hello,
  sayingModel,
  textParts,
  thinkingParts,
  toolParts,
} from './testing/models.ts'
import { MODEL, serve, until } from './testing/server.ts'

const clientOf = ({ url }: { url: string }): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 })

const weather = {
  type: 'function' as const,
  name: 'weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
  strict: false,
}
const request = { model: MODEL, input: 'hi' }

test('a response and its text', async () => {
  await using server = await serve(hello())
  const response = await clientOf(server).responses.create(request)
  expect(response.output_text).toBe('Hello!')
  expect(response.usage?.total_tokens).toBe(10)
  expect(response._request_id).toMatch(/^req_/)
})

test('the raw stream, and the helper that puts it together', async () => {
  await using server = await serve(sayingModel(thinkingParts()))
  const client = clientOf(server)
  let text = ''
  for await (const event of await client.responses.create({ ...request, stream: true }))
    if (event.type === 'response.output_text.delta') text += event.delta
  expect(text).toBe('42')
  const helper = client.responses.stream(request)
  const response = await helper.finalResponse()
  expect(response.output_text).toBe('42')
  expect(response.output.map((item) => item.type)).toEqual(['reasoning', 'message'])
})

test('a structured output is parsed, in both APIs and as a stream', async () => {
  const model = sayingModel(textParts(['{"label":', '"spam"}']))
  await using server = await serve(model)
  const client = clientOf(server)
  const Label = z.object({ label: z.string() })
  const text = { format: zodTextFormat(Label, 'label') }
  expect((await client.responses.parse({ ...request, text })).output_parsed).toEqual({ label: 'spam' })
  const streamed = await client.responses.stream({ ...request, text }).finalResponse()
  expect(streamed.output_parsed).toEqual({ label: 'spam' })
  const completion = await client.chat.completions.parse({
    model: MODEL,
    messages: [{ role: 'user', content: 'hi' }],
    response_format: zodResponseFormat(Label, 'label'),
  })
  expect(completion.choices[0]!.message.parsed).toEqual({ label: 'spam' })
  for (const call of model.calls)
    expect(call.responseFormat).toMatchObject({ type: 'json', schema: { properties: { label: {} } } })
})

test.each([false, true])('a tool is called and its answer goes back (stream: %s)', async (stream) => {
  let turn = 0
  const first = sayingModel(toolParts())
  const second = sayingModel(textParts(['rain']))
  const next = (): typeof first => (turn++ === 0 ? first : second)
  await using server = await serve({
    ...first,
    doGenerate: (options) => next().doGenerate(options),
    doStream: (options) => next().doStream(options),
  })
  const { responses } = clientOf(server)
  const ask = { ...request, tools: [weather] }
  const asked = stream ? await responses.stream(ask).finalResponse() : await responses.create(ask)
  const call = asked.output[0]!
  if (call.type !== 'function_call') throw new Error(`a ${call.type} came`)
  expect(call).toMatchObject({ name: 'weather', call_id: 'call_1', arguments: '{"city":"Kraków"}' })
  const answer = { type: 'function_call_output' as const, call_id: call.call_id, output: 'rain in Kraków' }
  const told = await responses.create({
    ...ask,
    input: [{ role: 'user', content: 'hi' }, call, answer],
  })
  expect(told.output_text).toBe('rain')
  expect(second.calls[0]!.prompt.slice(1)).toMatchObject([
    { role: 'assistant', content: [{ type: 'tool-call', toolCallId: 'call_1', input: { city: 'Kraków' } }] },
    { role: 'tool', content: [{ toolCallId: 'call_1', output: { type: 'text', value: 'rain in Kraków' } }] },
  ])
})

test('an answer that was cut off is incomplete', async () => {
  await using server = await serve(
    sayingModel(textParts(['Hel'], { finishReason: { unified: 'length', raw: undefined } })),
  )
  const { responses } = clientOf(server)
  const cut = { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }
  expect(await responses.create(request)).toMatchObject(cut)
  expect(await responses.stream(request).finalResponse()).toMatchObject(cut)
})

test('an error in the middle of a stream reaches both ways of streaming', async () => {
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  await using server = await serve(sayingModel(parts))
  const { responses } = clientOf(server)
  let text = ''
  const read = async (): Promise<void> => {
    for await (const event of await responses.create({ ...request, stream: true }))
      if (event.type === 'response.output_text.delta') text += event.delta
  }
  await expect(read()).rejects.toThrow('the cloud broke off')
  expect(text).toBe('Hel')
  await expect(responses.stream(request).finalResponse()).rejects.toThrow('the cloud broke off')
})

test('leaving a stream stops the decoding', async () => {
  const model = endlessModel()
  await using server = await serve(model)
  let seen = 0
  for await (const _ of await clientOf(server).responses.create({ ...request, stream: true }))
    if (++seen === 8) break
  await until(() => model.running() === 0)
  expect(model.produced()).toBeGreaterThan(0)
})

test('what was stored can go on, be read and be deleted', async () => {
  await using server = await serve(hello())
  const { responses } = clientOf(server)
  const { id } = await responses.create({ ...request, store: true })
  const next = await responses.create({ ...request, previous_response_id: id })
  expect(next.previous_response_id).toBe(id)
  expect((await responses.retrieve(id)).output_text).toBe('Hello!')
  await responses.delete(id)
  await expect(responses.retrieve(id)).rejects.toBeInstanceOf(NotFoundError)
})

test('embeddings come as base64 unless floats are asked for, and in the order of the texts', async () => {
  const embedding = embeddingModel()
  await using server = await serve(hello(), { embeddings: [embedding] })
  const { embeddings } = clientOf(server)
  const third = Math.fround(1 / 3)
  const { data, usage } = await embeddings.create({ model: MODEL, input: ['a', 'bb', 'ccc'] })
  expect(data.map((entry) => entry.embedding)).toEqual([
    [1, 97, third],
    [2, 98, third],
    [3, 99, third],
  ])
  expect(data.map((entry) => entry.index)).toEqual([0, 1, 2])
  expect(usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
  expect(embedding.calls.map(({ values }) => values)).toEqual([['a', 'bb'], ['ccc']])
  const floats = await embeddings.create({ model: 'edgewise-embed', input: 'a', encoding_format: 'float' })
  expect(floats.data[0]!.embedding).toEqual([1, 97, 1 / 3])
})
