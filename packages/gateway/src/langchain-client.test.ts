/** LangChain's ChatOpenAI and OpenAIEmbeddings against a gateway on a real socket. */
import { HumanMessage, SystemMessage, type ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { embeddingModel, endlessModel, hello, sayingModel, textParts, toolParts } from './testing/models.ts'
import { MODEL, serve, until } from './testing/server.ts'

const chatOf = ({ url }: { url: string }, useResponsesApi = false): ChatOpenAI =>
  new ChatOpenAI({
    model: MODEL,
    apiKey: 'none',
    maxRetries: 0,
    useResponsesApi,
    configuration: { baseURL: `${url}/v1` },
  })

const apis = [
  ['chat completions', false],
  ['responses', true],
] as const

test.each(apis)('invoke and stream, by %s', async (_, responses) => {
  const model = hello()
  await using server = await serve(model)
  const chat = chatOf(server, responses)
  const answer = await chat.invoke([new SystemMessage('be brief'), new HumanMessage('hi')])
  expect(answer.text).toBe('Hello!')
  expect(answer.usage_metadata).toMatchObject({ input_tokens: 7, output_tokens: 3, total_tokens: 10 })
  expect(model.calls[0]!.prompt).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
  ])
  const texts: string[] = []
  for await (const chunk of await chat.stream('hi')) texts.push(chunk.text)
  expect(texts.join('')).toBe('Hello!')
})

const weather = tool(({ city }) => `rain in ${city}`, {
  name: 'weather',
  description: 'the weather in a city',
  schema: z.object({ city: z.string() }),
})

test.each(apis)('a bound tool is called and its answer goes back, by %s', async (_, responses) => {
  let turn = 0
  const first = sayingModel(toolParts())
  const second = sayingModel(textParts(['rain']))
  const next = (): typeof first => (turn++ === 0 ? first : second)
  await using server = await serve({
    ...first,
    doGenerate: (options) => next().doGenerate(options),
    doStream: (options) => next().doStream(options),
  })
  const chat = chatOf(server, responses).bindTools([weather])
  const asked = await chat.invoke('weather?')
  expect(asked.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Kraków' }, id: 'call_1' }])
  const result = (await weather.invoke(asked.tool_calls![0]!)) as ToolMessage
  const told = await chat.invoke([new HumanMessage('weather?'), asked, result])
  expect(told.text).toBe('rain')
  expect(JSON.stringify(second.calls[0]!.prompt.at(-1))).toContain('rain in Kraków')
})

test.each(apis)('a structured output, by %s', async (_, responses) => {
  const model = sayingModel(textParts(['{"label":"spam"}']))
  await using server = await serve(model)
  const chat = chatOf(server, responses).withStructuredOutput(z.object({ label: z.string() }), {
    method: 'jsonSchema',
  })
  expect(await chat.invoke('hi')).toEqual({ label: 'spam' })
  expect(model.calls[0]!.responseFormat).toMatchObject({ schema: { properties: { label: {} } } })
})

test.each(apis)('an error in the middle of a stream is thrown, by %s', async (_, responses) => {
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  await using server = await serve(sayingModel(parts))
  const read = async (): Promise<void> => {
    for await (const _ of await chatOf(server, responses).stream('hi'));
  }
  await expect(read()).rejects.toThrow('the cloud broke off')
})

test('leaving a stream stops the decoding', async () => {
  const model = endlessModel()
  await using server = await serve(model)
  let seen = 0
  for await (const _ of await chatOf(server).stream('hi')) if (++seen === 3) break
  await until(() => model.running() === 0)
  expect(model.produced()).toBeGreaterThan(0)
})

test('embeddings', async () => {
  await using server = await serve(hello(), { embeddings: [embeddingModel()] })
  const embeddings = new OpenAIEmbeddings({
    model: MODEL,
    apiKey: 'none',
    maxRetries: 0,
    configuration: { baseURL: `${server.url}/v1` },
  })
  const third = Math.fround(1 / 3)
  expect(await embeddings.embedDocuments(['a', 'bb'])).toEqual([
    [1, 97, third],
    [2, 98, third],
  ])
})
