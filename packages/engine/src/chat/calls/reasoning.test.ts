import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ReasoningPart, reasoningSplitter } from './reasoning.ts'

function split(answer: string, isThinking: boolean, size: number): [thought: string, text: string] {
  const splitter = reasoningSplitter(isThinking)
  const parts: ReasoningPart[] = []
  for (let at = 0; at < answer.length; at += size) parts.push(...splitter.push(answer.slice(at, at + size)))
  parts.push(...splitter.end())
  const of = (isReasoning: boolean): string =>
    parts
      .filter((part) => part.isReasoning === isReasoning)
      .map((part) => part.text)
      .join('')
  return [of(true), of(false)]
}

test.each<[answer: string, isThinking: boolean, thought: string, text: string]>([
  ['<think>\nhm, so\n</think>\n\nYes', false, 'hm, so', 'Yes'],
  ['\n<think>\n\n</think>\n\nYes', false, '', 'Yes'],
  ['hm\n</think>\n\nYes', true, 'hm', 'Yes'],
  ['hm, cut off \n', true, 'hm, cut off', ''],
  ['No thought <think>x</think>', false, '', 'No thought <think>x</think>'],
  ['<thin', false, '', '<thin'],
  ['<think>a </thin b</think>c', false, 'a </thin b', 'c'],
  ['  white', false, '', '  white'],
  ['', false, '', ''],
])('%j, thinking: %s', (answer, isThinking, thought, text) => {
  for (const size of [1, 2, 3, 100]) expect(split(answer, isThinking, size)).toEqual([thought, text])
})

test('the pieces it comes in change nothing', () => {
  const piece = fc.constantFrom('<think>', '</think>', '<', '/', 'think', '>', ' ', '\n', 'a')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, isThinking) => {
      const answer = pieces.join('')
      const whole = split(answer, isThinking, 1000)
      for (const size of [1, 2, 5]) expect(split(answer, isThinking, size)).toEqual(whole)
    }),
    { seed: 5, numRuns: 2000 },
  )
})
