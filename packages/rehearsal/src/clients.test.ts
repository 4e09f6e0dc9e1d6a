/** The clients a cloud has: what they read of a rehearsal is what was scripted. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, jsonSchema, Output, streamText, tool } from 'ai'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { namedFaults } from './script/faults.ts'
import { rehearsing } from './testing/ask.ts'

test('openai: a stream through its helper, embeddings, models, an error with its status', async () => {
  await using rehearsal = await rehearsing([
    { when: { contains: 'fail' }, fault: namedFaults['429'] },
    { answer: 'Hello, {{user}}!' },
  ])
  const client = new OpenAI({ baseURL: rehearsal.baseURL, apiKey: 'none', maxRetries: 0 })
  const messages = (content: string) => [{ role: 'user' as const, content }]
  const stream = client.chat.completions.stream({ model: 'gpt', messages: messages('Ada') })
  expect((await stream.finalMessage()).content).toBe('Hello, Ada!')
  const { data } = await client.embeddings.create({ model: 'e', input: 'x' })
  expect(data[0]!.embedding).toHaveLength(256)
  expect((await client.models.list()).data[0]!.id).toBe('cloud-rehearsal')
  await expect(
    client.chat.completions.create({ model: 'gpt', messages: messages('fail') }),
  ).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' })
})

test('ai: text, tools, and JSON of a schema', async () => {
  await using rehearsal = await rehearsing([
    {
      when: { contains: 'weather', nth: 1 },
      answer: { toolCalls: [{ name: 'weather', arguments: { city: 'Rome' } }] },
    },
    { when: { contains: 'weather' }, answer: 'It is sunny.' },
  ])
  const provider = createOpenAICompatible({
    name: 'rehearsal',
    baseURL: rehearsal.baseURL,
    includeUsage: true,
    supportsStructuredOutputs: true,
  })
  const model = provider.chatModel('gpt')
  const plain = streamText({ model, prompt: 'hi', maxOutputTokens: 4 })
  expect(await plain.text).toBe('This is a rehe')
  expect((await plain.usage).outputTokens).toBe(4)
  const asked: unknown[] = []
  const weather = tool({
    inputSchema: jsonSchema<{ city: string }>({ type: 'object', properties: { city: { type: 'string' } } }),
    execute: ({ city }) => {
      asked.push(city)
      return 'sunny'
    },
  })
  const { text } = await generateText({
    model,
    prompt: 'the weather?',
    tools: { weather },
    stopWhen: ({ steps }) => steps.length === 2,
  })
  expect([text, asked]).toEqual(['It is sunny.', ['Rome']])
  const schema = jsonSchema<{ kind: string }>({ type: 'object', properties: { kind: { enum: ['a', 'b'] } } })
  const { output } = await generateText({ model, prompt: 'json', output: Output.object({ schema }) })
  expect(output).toEqual({ kind: 'a' })
})
