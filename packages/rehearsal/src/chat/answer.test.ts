import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ask, framesOf, post, rehearsing } from '../testing/ask.ts'
import { pieces } from './answer.ts'
import { exampleOf } from './json-example.ts'

const tool = {
  type: 'function',
  function: {
    name: 'weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

test('a scripted tool call, whole and in pieces with one index', async () => {
  await using rehearsal = await rehearsing([
    { answer: { text: 'Let me see.', toolCalls: [{ name: 'weather', arguments: { city: 'Kraków' } }] } },
  ])
  const { choices } = await ask(rehearsal, { tools: [tool] })
  expect(choices[0]).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: 'Let me see.',
      tool_calls: [{ type: 'function', function: { name: 'weather', arguments: '{"city":"Kraków"}' } }],
    },
  })
  const frames = await framesOf(await post(rehearsal, { tools: [tool], stream: true }))
  const deltas = frames
    .filter((frame) => frame.includes('"tool_calls":['))
    .map((frame) => JSON.parse(frame).choices[0].delta.tool_calls[0])
  expect(deltas[0]).toMatchObject({ index: 0, id: expect.any(String), function: { name: 'weather' } })
  expect(deltas.map((delta) => delta.function.arguments).join('')).toBe('{"city":"Kraków"}')
  expect(deltas.length).toBeGreaterThan(2)
})

test('a required tool is called with an example; JSON that is asked for is an example of its schema', async () => {
  await using rehearsal = await rehearsing()
  const called = await ask(rehearsal, { tools: [tool], tool_choice: 'required' })
  expect(called.choices[0]!.message.tool_calls![0]!.function).toEqual({
    name: 'weather',
    arguments: '{"city":"rehearsal"}',
  })
  const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 3 } } }
  const asked = await ask(rehearsal, { response_format: { type: 'json_schema', json_schema: { schema } } })
  expect(asked.choices[0]!.message.content).toBe('{"n":3}')
  expect(asked.choices[0]!.finish_reason).toBe('stop')
})

test('arguments in text are sent as they are, broken ones too', async () => {
  await using rehearsal = await rehearsing([{ answer: { toolCalls: [{ name: 'f', arguments: '{"a":' }] } }])
  const { choices } = await ask(rehearsal)
  expect(choices[0]!.message.content).toBeNull()
  expect(choices[0]!.message.tool_calls![0]!.function.arguments).toBe('{"a":')
})

test('log-probabilities come in turn, the last for the rest, with the alternatives asked for', async () => {
  await using rehearsal = await rehearsing([{ answer: { text: ['a', 'b', 'c'], logprobs: [-1, -2] } }])
  const { choices } = await ask(rehearsal, { logprobs: true, top_logprobs: 2 })
  const { content } = choices[0]!.logprobs!
  expect(content.map(({ token, logprob }) => [token, logprob])).toEqual([
    ['a', -1],
    ['b', -2],
    ['c', -2],
  ])
  expect(content[0]).toMatchObject({ top_logprobs: [{ token: 'a' }, { logprob: -3 }] })
  expect((await ask(rehearsal)).choices[0]!.logprobs).toBeNull()
})

test('a limit cuts a scripted text; usage is what the script says', async () => {
  await using rehearsal = await rehearsing([
    { when: { contains: 'none' }, answer: 'a', usage: null },
    { answer: { text: ['a', 'b', 'c'] }, usage: { input: 1000, cached: 900 } },
  ])
  const cut = await ask(rehearsal, { max_tokens: 2 })
  expect(cut.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'ab' } })
  expect(cut.usage).toMatchObject({
    prompt_tokens: 1000,
    completion_tokens: 2,
    prompt_tokens_details: { cached_tokens: 900 },
  })
  const none = await ask(rehearsal, { messages: [{ role: 'user', content: 'none' }] })
  expect(none).not.toHaveProperty('usage')
})

test('pieces are short and add up to the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      const all = pieces(text)
      expect(all.join('')).toBe(text)
      for (const piece of all) expect([...piece].length).toBeLessThanOrEqual(5)
    }),
    { seed: 5 },
  )
})

test.each([
  [{ type: 'string', enum: ['a', 'b'] }, 'a'],
  [{ const: 7 }, 7],
  [{ type: ['number', 'null'], exclusiveMinimum: 1 }, 2],
  [{ type: 'number', maximum: -5 }, -5],
  [{ type: 'string', minLength: 12 }, 'rehearsal...'],
  [{ type: 'string', format: 'date' }, '2026-01-01'],
  [{ type: 'array', minItems: 2, items: { type: 'boolean' } }, [false, false]],
  [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, null],
  [{ type: 'object', properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { type: 'integer' } } }, { a: 0 }],
  [{}, {}],
])('the example of %j is %j', (schema, value) => {
  expect(exampleOf(schema)).toEqual(value)
})

test('a schema that contains itself has an example', () => {
  const schema = { type: 'object', properties: { next: { $ref: '#' } } }
  expect(JSON.stringify(exampleOf(schema))).toMatch(/^(\{"next":)+null\}+$/)
})
