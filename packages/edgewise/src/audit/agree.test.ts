import { expect, test } from 'vitest'
import { prompt } from '../testing/models.ts'
import { type AnswerText, answerText, sameAnswer } from './agree.ts'

const said = (text: string, ...toolCalls: AnswerText['toolCalls']): AnswerText => ({ text, toolCalls })
const agree = (device: AnswerText, cloud: AnswerText) => sameAnswer(device, cloud, { prompt: prompt('x') })

test.each<[string, AnswerText, AnswerText, 0 | 1]>([
  ['case and white space', said('  The\n Answer '), said('the answer'), 1],
  ['composed letters', said('caf\u00e9'), said('cafe\u0301'), 1],
  ['another word', said('yes'), said('no'), 0],
  ['a full stop is a letter', said('yes.'), said('yes'), 0],
  ['JSON by its values', said('{"a": 1, "b": [2]}'), said('{"b":[2],"a":1.0}'), 1],
  ['JSON of another case', said('{"a":"X"}'), said('{"a":"x"}'), 0],
  ['nothing and nothing', said(''), said(' '), 1],
  [
    'calls in any order, whatever is said beside them',
    said('one moment', { toolName: 'f', input: '{"a":1,"b":2}' }, { toolName: 'g', input: '{}' }),
    said('', { toolName: 'g', input: '{ }' }, { toolName: 'f', input: '{"b":2,"a":1}' }),
    1,
  ],
  [
    'other arguments',
    said('', { toolName: 'f', input: '{"a":1}' }),
    said('', { toolName: 'f', input: '{"a":2}' }),
    0,
  ],
  ['another tool', said('', { toolName: 'f', input: '{}' }), said('', { toolName: 'g', input: '{}' }), 0],
  ['a call and its text', said('', { toolName: 'f', input: '{}' }), said('["f {}"]'), 0],
])('%s', (_, device, cloud, score) => {
  expect(agree(device, cloud)).toBe(score)
  expect(agree(cloud, device)).toBe(score)
})

test('an answer is its texts, one after the other, and its calls', () => {
  expect(
    answerText([
      { type: 'reasoning-delta', id: '1', delta: 'hm' },
      { type: 'text-delta', id: '2', delta: 'a' },
      { type: 'tool-call', toolCallId: 't', toolName: 'f', input: '{}' },
      { type: 'text-delta', id: '3', delta: 'b' },
    ]),
  ).toEqual({ text: 'ab', toolCalls: [{ toolName: 'f', input: '{}' }] })
})
