/** The official OpenAI client against a gateway on a real socket. */
import OpenAI, { BadRequestError, InternalServerError, NotFoundError } from 'openai'
import { expect, test } from 'vitest'
import { endlessModel, failingModel, sayingModel, textParts, toolParts } from './testing/models.ts'
import { MODEL, serve, until } from './testing/server.ts'

const messages = [{ role: 'user' as const, content: 'hi' }]
const weather = {
  name: 'weather',
  description: 'the weather in a city',
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
  },
}
const tools = [{ type: 'function' as const, function: weather }]

interface Place {
  city: string
}

const clientOf = ({ url }: { url: string }): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 2 })

test('a completion, its request id and its headers', async () => {
  await using server = await serve(sayingModel(textParts(['Hel', 'lo'])))
  const { data, response, request_id } = await clientOf(server)
    .chat.completions.create({ model: MODEL, messages })
    .withResponse()
  expect(data.choices[0]!.message.content).toBe('Hello')
  expect(data.usage?.total_tokens).toBe(10)
  expect(request_id).toMatch(/^req_/)
  expect(response.headers.get('x-edgewise-place')).toBe('device')
})

test('models', async () => {
  await using server = await serve(sayingModel([]))
  const client = clientOf(server)
  const ids: string[] = []
  for await (const model of client.models.list()) ids.push(model.id)
  expect(ids).toEqual([MODEL])
  expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, object: 'model' })
  await expect(client.models.retrieve('nobody')).rejects.toBeInstanceOf(NotFoundError)
})

test('a raw stream with usage and logprobs', async () => {
  await using server = await serve(sayingModel(textParts(['Hel', 'lo'])))
  const stream = await clientOf(server).chat.completions.create({
    model: MODEL,
    messages,
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
  })
  let text = ''
  const logprobs: number[] = []
  let total = 0
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    for (const token of chunk.choices[0]?.logprobs?.content ?? []) logprobs.push(token.logprob)
    total = chunk.usage?.total_tokens ?? total
  }
  expect({ text, logprobs, total }).toEqual({ text: 'Hello', logprobs: [-0.1, -0.2], total: 10 })
})

test('the stream helper puts text, logprobs and usage together', async () => {
  await using server = await serve(sayingModel(textParts(['Hel', 'lo'])))
  const stream = clientOf(server).chat.completions.stream({
    model: MODEL,
    messages,
    logprobs: true,
    stream_options: { include_usage: true },
  })
  const final = await stream.finalChatCompletion()
  expect(final.choices[0]).toMatchObject({
    finish_reason: 'stop',
    message: { role: 'assistant', content: 'Hello' },
  })
  expect(final.choices[0]!.logprobs?.content?.map((token) => token.token)).toEqual(['Hel', 'lo'])
  expect(final.usage?.total_tokens).toBe(10)
})

test('the stream helper puts a tool call together', async () => {
  await using server = await serve(sayingModel(toolParts()))
  const stream = clientOf(server).chat.completions.stream({ model: MODEL, messages, tools })
  const final = await stream.finalChatCompletion()
  expect(final.choices[0]!.finish_reason).toBe('tool_calls')
  expect(final.choices[0]!.message.tool_calls).toMatchObject([
    { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Kraków"}' } },
  ])
})

test('runTools runs a tool and sends its answer back', async () => {
  let turn = 0
  const first = sayingModel(toolParts())
  const second = sayingModel(textParts(['rain']))
  await using server = await serve({
    ...first,
    doGenerate: (options) => (turn++ === 0 ? first : second).doGenerate(options),
  })
  const runner = clientOf(server).chat.completions.runTools({
    model: MODEL,
    messages,
    tools: [
      {
        type: 'function',
        function: {
          ...weather,
          parse: (json: string): Place => JSON.parse(json),
          function: ({ city }: Place) => `rain in ${city}`,
        },
      },
    ],
  })
  expect(await runner.finalContent()).toBe('rain')
  expect(second.calls[0]!.prompt.at(-1)).toMatchObject({
    role: 'tool',
    content: [{ toolCallId: 'call_1', toolName: 'weather', output: { type: 'text' } }],
  })
  expect(JSON.stringify(second.calls[0]!.prompt.at(-1))).toContain('rain in Kraków')
})

test('errors have the class, code and param the client knows, and the device is not asked again', async () => {
  let asked = 0
  const full = Object.assign(new Error('no memory'), { code: 'out_of_memory' })
  const model = failingModel(full)
  await using server = await serve({
    ...model,
    doGenerate: (options) => {
      asked++
      return model.doGenerate(options)
    },
  })
  const client = clientOf(server)
  const failed = await client.chat.completions.create({ model: MODEL, messages }).catch((error) => error)
  expect(failed).toBeInstanceOf(InternalServerError)
  expect(failed).toMatchObject({
    status: 503,
    code: 'out_of_memory',
    requestID: expect.stringMatching(/^req_/),
  })
  expect(asked).toBe(1)
  const bad = await client.chat.completions
    .create({ model: MODEL, messages, temperature: 9 })
    .catch((error) => error)
  expect(bad).toBeInstanceOf(BadRequestError)
  expect(bad).toMatchObject({ code: 'invalid_request', param: 'temperature' })
})

test('an error in the middle of a stream reaches both ways of streaming', async () => {
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  await using server = await serve(sayingModel(parts))
  const client = clientOf(server)
  let text = ''
  const read = async (): Promise<void> => {
    const stream = await client.chat.completions.create({ model: MODEL, messages, stream: true })
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  }
  await expect(read()).rejects.toThrow('the cloud broke off')
  expect(text).toBe('Hel')
  const helper = client.chat.completions.stream({ model: MODEL, messages })
  await expect(helper.finalChatCompletion()).rejects.toThrow('the cloud broke off')
})

test('leaving a stream stops the decoding', async () => {
  const model = endlessModel()
  await using server = await serve(model)
  const stream = await clientOf(server).chat.completions.create({ model: MODEL, messages, stream: true })
  let seen = 0
  for await (const _ of stream) if (++seen === 5) break
  await until(() => model.running() === 0)
  const stopped = model.produced()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(model.produced()).toBe(stopped)
  expect(stopped).toBeGreaterThanOrEqual(5)
})

test('aborting a call that is not streamed stops the decoding', async () => {
  const model = endlessModel()
  await using server = await serve(model)
  const abort = new AbortController()
  const call = clientOf(server).chat.completions.create({ model: MODEL, messages }, { signal: abort.signal })
  const outcome = expect(call).rejects.toThrow('aborted')
  await until(() => model.produced() > 3)
  abort.abort()
  await outcome
  await until(() => model.running() === 0)
})
