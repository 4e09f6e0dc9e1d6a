/** Files: what is broken is named by its line and never quoted; what was cut off by a crash is left out. */
import { expect, test } from 'vitest'
import { userDigest } from '../../../edgewise/src/call/user-digest.ts'
import { answerOf, exampleOf } from '../testing/answers.ts'
import { type AnswersHeader, readAnswers } from './answer.ts'
import { checkExamples } from './check.ts'
import { labelFinder } from './labels.ts'
import { readExamples, readPrompts } from './read-examples.ts'
import { mustAllowTraining, UNKNOWN_TERMS } from './terms.ts'
import { targetFinder } from './valid.ts'

const header: AnswersHeader = {
  format: 'edgewise.answers/1',
  task: 'triage',
  teacher: 'gpt-5-nano',
  instructions: null,
  terms: { allowed: 'allowed', note: 'its licence, 3.2', at: '2026-08-05T00:00:00.000Z' },
}
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('')
const issuesOf = (act: () => unknown): readonly string[] => {
  try {
    act()
  } catch (error) {
    expect(error).toMatchObject({ code: 'examples_invalid' })
    expect(String(error)).not.toContain('secret')
    return (error as { issues: readonly string[] }).issues
  }
  return expect.unreachable()
}

test('examples are read as "edgewise evaluate" reads them, with users and times', () => {
  const source = lines(
    { input: 'where is it?', expected: 'card', id: 'x', user: 'anna', at: '2026-08-05T00:00:00Z' },
    {
      input: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'and now?' },
      ],
      expected: { a: 1 },
    },
  )
  const [first, second] = readExamples(source, 'f', 'gold')
  expect(first).toEqual({
    id: 'x',
    text: 'where is it?',
    target: 'card',
    from: 'gold',
    row: 1,
    user: expect.stringMatching(/^[0-9a-f]{16}$/),
    at: Date.UTC(2026, 7, 5),
  })
  expect(second).toEqual({ id: '2', text: 'and now?', target: '{"a":1}', from: 'gold', row: 2 })
  expect(readPrompts(source, 'f')[1]).toEqual({ id: '2', text: 'and now?', row: 2 })
})

test('every broken line is named', () => {
  const source = `{"input":"secret","expected":1}\nsecret\n${lines(
    { input: ' ', expected: 'x' },
    { input: 'secret', expected: 'x', extra: 1 },
    { input: 'a', id: 'same', expected: 'x' },
    { input: 'b', id: 'same', expected: 'x' },
  )}`
  expect(issuesOf(() => readExamples(source, 'f', 'gold')).map((issue) => issue.slice(0, 6))).toEqual([
    'row 1:',
    'row 2:',
    'row 3:',
    'row 4:',
    'row 6:',
  ])
  expect(issuesOf(() => readExamples('', 'f', 'gold'))).toEqual([])
  expect(issuesOf(() => readExamples('{"input":"a"}\n', 'f', 'gold'))).toEqual([
    'row 1: "expected" is missing',
  ])
})

test('of calls without an end the most they may have cost is spent; a line that was cut is left out', () => {
  const source = lines(
    header,
    { call: 0, asked: 'a', sample: 0, mostUsd: 0.5 },
    { call: 0, ...answerOf({ costUsd: 0.2 }) },
    { call: 1, asked: 'b', sample: 0, mostUsd: 0.5 },
    { call: 2, asked: 'c', sample: 0, mostUsd: 0.5 },
    { call: 2, failed: 'cloud_failed', costUsd: 0 },
    { call: 3, asked: 'd', sample: 0, mostUsd: 0.25 },
    { call: 3, ...answerOf({ id: 'd', costUsd: null }) },
    { call: null, ...answerOf({ id: 'l', costUsd: 9 }) },
  )
  const read = readAnswers(`${source}{"call":9,"asked":"z`, 'f')
  expect(read.header).toEqual(header)
  expect(read.answers.map(({ id }) => id)).toEqual(['a', 'd', 'l'])
  expect(read.spentUsd).toBeCloseTo(0.2 + 0.5 + 0 + 0.25, 12)
  expect(read.nextCall).toBe(4)
})

test('what is no answer is named by its line', () => {
  expect(issuesOf(() => readAnswers(lines({ secret: 1 }), 'f'))).toHaveLength(1)
  expect(issuesOf(() => readAnswers('', 'f'))).toEqual([])
  const source = lines(header, { call: 0, ...answerOf(), costUsd: -1 }, 'secret', {
    call: 1,
    failed: 3,
    costUsd: 0,
  })
  expect(issuesOf(() => readAnswers(source, 'f')).map((issue) => issue.slice(0, 7))).toEqual([
    'line 2:',
    'line 3:',
    'line 4:',
  ])
})

test('what nothing can be learned from is refused with the rows', () => {
  const rows = (...targets: string[]) =>
    targets.map((target, i) => exampleOf({ id: String(i), target, row: i + 1 }))
  expect(issuesOf(() => checkExamples([], 'the set', null))).toEqual([])
  expect(issuesOf(() => checkExamples(rows('a', 'a'), 'the set', null))).toEqual([
    'row 1: the only answer there is',
  ])
  expect(issuesOf(() => checkExamples(rows('a', 'c', 'b', ''), 'the set', ['a', 'b']))).toEqual([
    'row 2: the label is none of the 2',
    'row 4: the answer is empty',
  ])
  expect(issuesOf(() => checkExamples([...rows('a'), ...rows('b')], 'the set', null))).toEqual([
    'row 1: the id is that of row 1, too',
  ])
  expect(() => checkExamples(rows('a', 'b'), 'the set', ['a', 'b'])).not.toThrow()
})

test('nothing is trained on answers whose terms nobody has read, or that forbid it', () => {
  expect(() => mustAllowTraining('gpt', UNKNOWN_TERMS)).toThrow(/nobody has said/)
  expect(() => mustAllowTraining('gpt', { allowed: 'forbidden', note: '', at: null })).toThrow(/forbid/)
  expect(() => mustAllowTraining('gpt', header.terms)).not.toThrow()
})

test('a valid answer is a label, JSON of the schema, or any text', () => {
  const label = targetFinder({ labels: ['card_arrival'] })
  expect([label('Card arrival.'), label('other')]).toEqual(['card_arrival', null])
  const schema = {
    type: 'object',
    properties: { n: { type: 'integer' } },
    required: ['n'],
    additionalProperties: false,
  }
  const json = targetFinder({ labels: null, schema })
  expect([json(' {"n":1} '), json('{"n":"1"}'), json('{"n":1,"m":2}'), json('n')]).toEqual([
    '{"n":1}',
    null,
    null,
    null,
  ])
  const any = targetFinder({ labels: null })
  expect([any(' x '), any(' ')]).toEqual(['x', null])
})

test('a user is known by the digest that receipts have', async () => {
  const [prompt] = readPrompts('{"input":"x","user":"anna"}', 'f')
  expect(prompt!.user).toBe(await userDigest('anna'))
})

test('answers of a teacher that is not the one the terms were said of are refused', () => {
  const line = (teacher: string) => ({ call: null, ...answerOf({ teacher }) })
  const source = lines(header, line('gpt-5-nano'), line('another'))
  expect(issuesOf(() => readAnswers(source, 'f'))).toEqual(['line 3: teacher: it is not that of the file'])
})

test('a file of very many calls is read', () => {
  const many = Array.from({ length: 300_000 }, (_, call) => ({ call, failed: 'x', costUsd: 0 }))
  expect(readAnswers(lines(header) + many.map((one) => lines(one)).join(''), 'f').nextCall).toBe(300_000)
})

test('labels that no answer could tell apart are refused', () => {
  for (const labels of [
    ['card_arrival', 'card arrival'],
    ['Refund', 'refund'],
    ['-1', '0', '1'],
    ['a', '!'],
  ])
    expect(issuesOf(() => labelFinder(labels))).toHaveLength(1)
  const find = labelFinder(['a', 'a b', 'été', 'constructor', 'a'])
  expect([find('A.'), find('"a_b"'), find('ÉTÉ'), find('constructor'), find('a b c')]).toEqual([
    'a',
    'a b',
    'été',
    'constructor',
    null,
  ])
})
