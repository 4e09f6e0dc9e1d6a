import { expect, test } from 'vitest'
import { toPrompt } from './to-prompt.ts'

test('each role becomes its own, developer becomes system', () => {
  expect(
    toPrompt([
      { role: 'system', content: 'be brief' },
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'be ' },
          { type: 'text', text: 'kind' },
        ],
      },
      { role: 'user', content: 'hi' },
      { role: 'user', content: [{ type: 'text', text: 'there' }] },
      { role: 'assistant', content: 'hello' },
    ]),
  ).toEqual([
    { role: 'system', content: 'be brief' },
    { role: 'system', content: 'be kind' },
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'user', content: [{ type: 'text', text: 'there' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'hello' }] },
  ])
})

const callOf = (args: string): Parameters<typeof toPrompt>[0][number] => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: args } }],
})

test.each([
  ['{"a":1}', { a: 1 }],
  ['', {}],
  ['{"a":', '{"a":'],
])('the arguments %j reach the model as %j', (args, input) => {
  expect(toPrompt([callOf(args)])[0]!.content).toEqual([
    { type: 'tool-call', toolCallId: 'c', toolName: 'f', input },
  ])
})

test("a tool's answer gets the name of its call", () => {
  const prompt = toPrompt([callOf('{}'), { role: 'tool', tool_call_id: 'c', content: '42' }])
  expect(prompt[1]!.content).toEqual([
    { type: 'tool-result', toolCallId: 'c', toolName: 'f', output: { type: 'text', value: '42' } },
  ])
})

test('an answer to a call nobody made is refused, so is an answer before its call', () => {
  const answer = { role: 'tool' as const, tool_call_id: 'c', content: '42' }
  expect(() => toPrompt([answer])).toThrow(expect.objectContaining({ param: 'messages[0].tool_call_id' }))
  expect(() => toPrompt([answer, callOf('{}')])).toThrow(expect.objectContaining({ status: 400 }))
})

test('an assistant that refused said so; one that said nothing is refused', () => {
  expect(toPrompt([{ role: 'assistant', refusal: 'no' }])[0]!.content).toEqual([{ type: 'text', text: 'no' }])
  const parts = [{ type: 'refusal' as const, refusal: 'no' }]
  expect(toPrompt([{ role: 'assistant', content: parts }])[0]!.content).toEqual([
    { type: 'text', text: 'no' },
  ])
  for (const silent of [{ role: 'assistant' as const }, { role: 'assistant' as const, content: [] }])
    expect(() => toPrompt([silent])).toThrow(expect.objectContaining({ param: 'messages[0].content' }))
  expect(toPrompt([{ ...callOf('{}'), role: 'assistant', content: [] }])[0]!.content).toHaveLength(1)
})
