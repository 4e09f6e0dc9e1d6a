import { expect, test } from 'vitest'
import { toCallOptions } from './to-call-options.ts'

const request = { model: 'm', messages: [{ role: 'user' as const, content: 'hi' }] }
const signal = new AbortController().signal
const prompt = [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]

test('nothing but the prompt and the signal when nothing else is asked', () => {
  expect(toCallOptions({ ...request, temperature: null, stop: null }, undefined, signal)).toEqual({
    prompt,
    abortSignal: signal,
  })
})

test('each setting goes to its own, a zero too', () => {
  const options = toCallOptions(
    {
      ...request,
      max_tokens: 5,
      max_completion_tokens: 9,
      temperature: 0,
      top_p: 0.5,
      stop: 'END',
      seed: 0,
      presence_penalty: -1,
      frequency_penalty: 1,
      response_format: { type: 'json_object' },
    },
    'summary',
    signal,
  )
  expect(options).toEqual({
    prompt,
    abortSignal: signal,
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.5,
    stopSequences: ['END'],
    seed: 0,
    presencePenalty: -1,
    frequencyPenalty: 1,
    responseFormat: { type: 'json' },
    providerOptions: { edgewise: { task: 'summary' } },
  })
})

test('a JSON schema keeps its name, description and schema', () => {
  const json_schema = { name: 'label', description: 'a label', schema: { type: 'object' }, strict: true }
  const { responseFormat } = toCallOptions(
    { ...request, response_format: { type: 'json_schema', json_schema } },
    undefined,
    signal,
  )
  expect(responseFormat).toEqual({
    type: 'json',
    name: 'label',
    description: 'a label',
    schema: { type: 'object' },
  })
})

const tool = { type: 'function' as const, function: { name: 'f', description: 'does f', strict: true } }

test('tools and the choice among them', () => {
  const named = { type: 'function' as const, function: { name: 'f' } }
  const options = toCallOptions({ ...request, tools: [tool], tool_choice: named }, undefined, signal)
  expect(options.tools).toEqual([
    {
      type: 'function',
      name: 'f',
      description: 'does f',
      strict: true,
      inputSchema: { type: 'object', properties: {} },
    },
  ])
  expect(options.toolChoice).toEqual({ type: 'tool', toolName: 'f' })
  for (const choice of ['none', 'auto', 'required'] as const)
    expect(
      toCallOptions({ ...request, tools: [tool], tool_choice: choice }, undefined, signal).toolChoice,
    ).toEqual({
      type: choice,
    })
})

test('a choice that cannot be made is refused', () => {
  const named = { type: 'function' as const, function: { name: 'g' } }
  expect(() => toCallOptions({ ...request, tools: [tool], tool_choice: named }, undefined, signal)).toThrow(
    expect.objectContaining({ param: 'tool_choice.function.name' }),
  )
  expect(() => toCallOptions({ ...request, tool_choice: 'required' }, undefined, signal)).toThrow(
    expect.objectContaining({ param: 'tool_choice' }),
  )
})
