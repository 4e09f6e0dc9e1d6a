/** Who has an item right: signs count, a teacher's answers are to the items they stand for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactMatch } from '../../../advisor/src/quality/graders/exact.ts'
import { answerOf, exampleOf } from '../testing/answers.ts'
import { assessTeacher, isRightBy } from './assess.ts'

const isRight = isRightBy(null)

test('any text: the same but for case, white space, quotation marks and closing punctuation; JSON by its values', () => {
  for (const [answer, expected] of [
    ['  "Paris." ', 'paris'],
    ['{"b":1,"a":[2]}', '{ "a": [2], "b": 1 }'],
  ] as const)
    expect(isRight(answer, expected)).toBe(true)
  for (const [answer, expected] of [
    ['x > 5', 'x < 5'],
    ['-5', '5'],
    ['C#', 'C++'],
    ['👎', '👍'],
    ['{"a":1}', '{"a":2}'],
    ['no JSON', '{"a":1}'],
  ] as const)
    expect(isRight(answer, expected)).toBe(false)
})

test('what is no JSON is right here where the grader of a certificate has it right', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '.', '-', '"', '>', 'ß', '!') })
  const { grade } = exactMatch()
  await fc.assert(
    fc.asyncProperty(text, text, async (answer, expected) => {
      const { score } = await grade(answer, { id: '1', input: 'x', expected, line: null })
      expect(isRight(answer, expected)).toBe(score === 1)
    }),
    { seed: 8, numRuns: 300 },
  )
})

test("a teacher's answer with the id of another text is refused with its row; the first sample counts", () => {
  const items = [
    exampleOf({ id: '1', text: 'mail anna@example.com', target: 'a', row: 1 }),
    exampleOf({ id: '2', text: 'where', target: 'b', row: 2 }),
  ]
  const first = answerOf({ id: '1', text: 'mail [EMAIL_ADDRESS_1]', answer: 'a' })
  const second = answerOf({ id: '2', text: 'where', answer: 'b' })
  const third = { ...second, answer: 'c', sample: 1 }
  expect(assessTeacher([first, second, third], items, isRight)!.right).toEqual([true, true])
  expect(assessTeacher([first], items, isRight)).toBeNull()
  expect(() => assessTeacher([first, { ...second, text: 'when' }], items, isRight)).toThrow(
    /row 2: the teacher's answer with this id is to another text/,
  )
})
