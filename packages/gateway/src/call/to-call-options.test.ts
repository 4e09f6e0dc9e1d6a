import { expect, test } from 'vitest'
import { type CallSettings, toCallOptions } from './to-call-options.ts'

const { signal } = new AbortController()
const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'hi' }] }]
const settings: CallSettings = { prompt, functions: [], choice: undefined, format: undefined }

test('nothing but the prompt and the signal when nothing else is asked', () => {
  expect(toCallOptions({ ...settings, temperature: null, topLogprobs: 0 }, {}, signal)).toEqual({
    prompt,
    abortSignal: signal,
  })
})

test('labels and the number of top tokens go to the router', () => {
  const labels = { task: 'fix', user: 'u', conversation: 'c' }
  expect(toCallOptions({ ...settings, topLogprobs: 3 }, labels, signal).providerOptions).toEqual({
    edgewise: { task: 'fix', user: 'u', conversation: 'c', topLogprobs: 3 },
  })
  expect(toCallOptions(settings, { user: 'u' }, signal).providerOptions).toEqual({ edgewise: { user: 'u' } })
})

const tool = { name: 'f', description: 'does f', strict: true }

test('tools and the choice among them', () => {
  const named = { name: 'f', param: 'tool_choice' }
  const options = toCallOptions({ ...settings, functions: [tool], choice: named }, {}, signal)
  expect(options.tools).toEqual([
    { type: 'function', ...tool, inputSchema: { type: 'object', properties: {} } },
  ])
  expect(options.toolChoice).toEqual({ type: 'tool', toolName: 'f' })
  for (const choice of ['none', 'auto', 'required'] as const)
    expect(toCallOptions({ ...settings, functions: [tool], choice }, {}, signal).toolChoice).toEqual({
      type: choice,
    })
})

test('a choice that cannot be made is refused', () => {
  const named = { name: 'g', param: 'tool_choice.function.name' }
  expect(() => toCallOptions({ ...settings, functions: [tool], choice: named }, {}, signal)).toThrow(
    expect.objectContaining({ param: 'tool_choice.function.name' }),
  )
  expect(() => toCallOptions({ ...settings, choice: 'required' }, {}, signal)).toThrow(
    expect.objectContaining({ param: 'tool_choice' }),
  )
})
