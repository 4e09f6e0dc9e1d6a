import { expect, test } from 'vitest'
import { chatSettings } from './chat.ts'

const request = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] }

test('each setting goes to its own, a zero too', () => {
  expect(
    chatSettings({
      ...request,
      max_tokens: 5,
      max_completion_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      stop: 'END',
      seed: 0,
      presence_penalty: -1,
      frequency_penalty: 1,
      reasoning_effort: 'low',
      top_logprobs: 2,
      response_format: { type: 'json_object' },
    }),
  ).toEqual({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    functions: [],
    choice: undefined,
    format: { type: 'json_object' },
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.5,
    stopSequences: ['END'],
    seed: 0,
    presencePenalty: -1,
    frequencyPenalty: 1,
    reasoning: 'low',
    topLogprobs: 2,
  })
})

test('a JSON schema keeps its name, description and schema', () => {
  const json_schema = { name: 'label', description: 'a label', schema: { type: 'object' } }
  const { format } = chatSettings({ ...request, response_format: { type: 'json_schema', json_schema } })
  expect(format).toEqual({ type: 'json_schema', ...json_schema })
})

test('functions and the choice among them', () => {
  const f = { name: 'f' }
  const { functions, choice } = chatSettings({
    ...request,
    tools: [{ type: 'function', function: f }],
    tool_choice: { type: 'function', function: f },
  })
  expect(functions).toEqual([f])
  expect(choice).toEqual({ name: 'f', param: 'tool_choice.function.name' })
})
