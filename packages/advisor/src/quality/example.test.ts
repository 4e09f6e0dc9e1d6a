import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AdvisorError } from '../errors.ts'
import { askedText, readExamples } from './example.ts'

const read = (...lines: unknown[]) =>
  readExamples(
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    'examples.jsonl',
  )

function issuesOf(...lines: unknown[]): readonly string[] {
  try {
    read(...lines)
  } catch (error) {
    if (error instanceof AdvisorError && error.code === 'examples_invalid') return error.issues
    throw error
  }
  return []
}

describe('a file of examples', () => {
  test('is a text or messages, with a text or JSON that is expected', () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ]
    expect(
      read('\ufeff{"input":"a","expected":"b"}\r', '', { input: messages, expected: { x: [1] }, id: 'two' }),
    ).toEqual([
      { id: '1', input: 'a', expected: 'b', line: 1 },
      { id: 'two', input: messages, expected: { x: [1] }, line: 3 },
    ])
    expect(askedText({ input: messages as never })).toBe('hi')
  })

  test('is refused with line and field for what is wrong, and without what stands there', () => {
    const good = { input: 'a', expected: 'b' }
    const user = { role: 'user', content: 'secret' }
    expect(
      issuesOf(
        { ...good, label: 'secret' },
        { input: 'a' },
        { input: ' ', expected: 'b' },
        { input: 'a', expected: 3 },
        { input: [], expected: 'b' },
        { input: [user, { role: 'assistant', content: 'secret' }], expected: 'b' },
        { input: [{ role: 'system', content: 'secret' }], expected: 'b' },
        { input: [{ ...user, role: 'tool' }], expected: 'b' },
        { input: [{ ...user, name: 'secret' }], expected: 'b' },
        { ...good, id: '' },
        '{"input":"a",',
        '[]',
        { ...good, id: 'x' },
        { ...good, id: 'x' },
      ),
    ).toEqual([
      'line 1, label: is no key of an example: take it out',
      'line 2, expected: must be a text, or a JSON object or list',
      'line 3, input: must be a text that is not empty',
      'line 4, expected: must be a text, or a JSON object or list',
      'line 5, input: must have a message',
      'line 6, input: must end with what is asked, not with an answer',
      'line 7, input: must have a message of the user',
      'line 8, input.0.role: must be system, user or assistant',
      'line 9, input.0.name: is no key of a message: take it out',
      'line 10, id: must be a text that is not empty',
      'line 11: is no whole JSON value',
      'line 12: must be an example, { "input", "expected", "id" }',
      'line 14, id: the id is that of line 13, too',
    ])
  })

  test('names twenty places at most, and is not empty', () => {
    expect(issuesOf(...Array.from({ length: 50 }, () => '{}'))).toHaveLength(20)
    expect(() => read('', ' ')).toThrow(/has no examples/)
  })

  test('of any text is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"input":"a","expected":${json}}`),
        ),
        (text) => {
          try {
            for (const { id } of readExamples(text, 'f')) expect(id).not.toBe('')
          } catch (error) {
            expect(error).toBeInstanceOf(AdvisorError)
          }
        },
      ),
    )
  })
})
