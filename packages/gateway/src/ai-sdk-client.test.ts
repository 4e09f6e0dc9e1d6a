/** The AI SDK's OpenAI-compatible provider against a gateway on a real socket. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from 'ai'
import { expect, test } from 'vitest'
import { endlessModel, sayingModel, textParts, toolParts } from './testing/models.ts'
import { MODEL, serve, until } from './testing/server.ts'

const clientOf = ({ url }: { url: string }): ReturnType<ReturnType<typeof createOpenAICompatible>> =>
  createOpenAICompatible({
    name: 'edgewise',
    baseURL: `${url}/v1`,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })(MODEL)

const prompt = 'hi'

test('generateText', async () => {
  await using server = await serve(sayingModel(textParts(['Hel', 'lo'])))
  const result = await generateText({ model: clientOf(server), prompt })
  expect(result.text).toBe('Hello')
  expect(result.finishReason).toBe('stop')
  expect(result.usage).toMatchObject({ inputTokens: 7, outputTokens: 3 })
  expect(result.response.headers?.['x-edgewise-receipt']).toBe('rcpt_1')
})

test('streamText', async () => {
  await using server = await serve(sayingModel(textParts(['Hel', 'lo'])))
  const result = streamText({ model: clientOf(server), prompt })
  const texts: string[] = []
  for await (const text of result.textStream) texts.push(text)
  expect(texts.join('')).toBe('Hello')
  expect(await result.finishReason).toBe('stop')
  expect(await result.usage).toMatchObject({ inputTokens: 7, outputTokens: 3 })
})

test('a structured output asks the model for its schema', async () => {
  const model = sayingModel(textParts(['{"label":"spam"}']))
  await using server = await serve(model)
  const schema = jsonSchema<{ label: string }>({
    type: 'object',
    properties: { label: { type: 'string' } },
    required: ['label'],
    additionalProperties: false,
  })
  const result = await generateText({ model: clientOf(server), prompt, output: Output.object({ schema }) })
  expect(result.output).toEqual({ label: 'spam' })
  expect(model.calls[0]!.responseFormat).toMatchObject({
    type: 'json',
    schema: { properties: { label: { type: 'string' } } },
  })
})

test.each(['generateText', 'streamText'])('%s runs a tool and sends its answer back', async (how) => {
  let turn = 0
  const first = sayingModel(toolParts())
  const second = sayingModel(textParts(['rain']))
  const next = (): typeof first => (turn++ === 0 ? first : second)
  await using server = await serve({
    ...first,
    doGenerate: (options) => next().doGenerate(options),
    doStream: (options) => next().doStream(options),
  })
  const weather = tool({
    inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
    execute: async ({ city }) => ({ sky: `rain in ${city}` }),
  })
  const options = { model: clientOf(server), prompt, tools: { weather }, stopWhen: stepCountIs(2) }
  const text = how === 'generateText' ? (await generateText(options)).text : await streamText(options).text
  expect(text).toBe('rain')
  expect(JSON.stringify(second.calls[0]!.prompt.at(-1))).toContain('rain in Kraków')
})

test('an error in the middle of a stream is an error part, and the text is not taken for finished', async () => {
  const broken = Object.assign(new Error('the cloud broke off'), { code: 'cloud_broken' })
  const parts = [...textParts(['Hel']).slice(0, 4), { type: 'error' as const, error: broken }]
  await using server = await serve(sayingModel(parts))
  const errors: unknown[] = []
  const result = streamText({
    model: clientOf(server),
    prompt,
    onError: ({ error }) => void errors.push(error),
  })
  await result.consumeStream()
  expect(errors).toHaveLength(1)
  expect(await result.finishReason).toBe('error')
})

test('aborting a stream stops the decoding', async () => {
  const model = endlessModel()
  await using server = await serve(model)
  const abort = new AbortController()
  const result = streamText({ model: clientOf(server), prompt, abortSignal: abort.signal })
  let seen = 0
  for await (const _ of result.textStream) if (++seen === 3) abort.abort()
  await until(() => model.running() === 0)
  expect(model.produced()).toBeGreaterThanOrEqual(3)
})
