import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { example } from '../testing/models.ts'
import { exactMatch } from './exact.ts'
import { fieldF1 } from './fields.ts'
import { type Grader, mustBeGradable } from './grader.ts'
import { jsonEquality, jsonSchema } from './json.ts'
import { labelsOf, oneOfLabels } from './labels.ts'
import { rougeL, tokenF1 } from './overlap.ts'
import { rubric } from './rubric.ts'

const of = (expected: string | object) => example('x', 'q', expected as never)
const score = async (grader: Grader, answer: string, expected: string | object) =>
  (await grader.grade(answer, of(expected))).score
const grade = (grader: Grader, answer: string, expected: string | object) =>
  grader.grade(answer, of(expected))

const schema = { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] } as const
const graders: Grader[] = [
  exactMatch(),
  oneOfLabels(['card arrival', 'lost_card']),
  jsonEquality(),
  jsonSchema(schema),
  fieldF1(),
  tokenF1(),
  rougeL(),
]

test.each(graders)('$name: any answer has a score from 0 to 1, the same each time', async (grader) => {
  const expected = fc.oneof(
    fc.string(),
    fc.json().map((json) => JSON.parse(json)),
  )
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), expected, async (answer, wanted) => {
      const one = of(wanted as string)
      if (grader.cannotGrade(one) !== null) return
      const { score } = await grader.grade(answer, one)
      expect(score).toBeGreaterThanOrEqual(0)
      expect(score).toBeLessThanOrEqual(1)
      expect(await grader.grade(answer, one)).toEqual(await grader.grade(answer, one))
    }),
  )
})

test('exact: the normal form of texts, the values of JSON', async () => {
  const exact = exactMatch()
  expect(await score(exact, ' “The  Answer.” ', 'the answer')).toBe(1)
  expect(await score(exact, 'the answers', 'the answer')).toBe(0)
  expect(await score(exact, '```json\n{"b":2,"a":[1]}\n```', { a: [1], b: 2 })).toBe(1)
  expect(grade(exact, 'a: 1', { a: 1 })).toEqual({ score: 0, note: 'no JSON' })
})

describe('label', () => {
  const labels = oneOfLabels(['card_arrival', 'lost card', 'oos'])
  test('is the name of a label and nothing else', async () => {
    expect(await score(labels, 'Card arrival.', 'card_arrival')).toBe(1)
    expect(await score(labels, 'lost-card', 'lost card')).toBe(1)
    expect(grade(labels, 'lost card', 'oos')).toEqual({ score: 0 })
    expect(grade(labels, 'The label is oos', 'oos')).toEqual({ score: 0, note: 'none of the labels' })
    expect(labels.instructions).toContain('card_arrival, lost card, oos')
  })
  test('needs two labels that can be told apart, and expects one of them', () => {
    expect(() => oneOfLabels(['a'])).toThrow(/fewer than two/)
    expect(() => oneOfLabels(['lost card', 'lost_card'])).toThrow(/cannot be told apart/)
    expect(() => oneOfLabels(['a', '...'])).toThrow(/no letter or digit/)
    expect(() => mustBeGradable([of('a'), of({ a: 1 })], labels)).toThrow(
      'example "x", expected: is none of the labels\nexample "x", expected: must be a text',
    )
  })
  test('its labels are those of the examples, each form once', () => {
    expect(labelsOf([of('b'), of('a b'), of('A_B'), of({ c: 1 })])).toEqual(['b', 'A_B'])
  })
})

test('json: equal values, whatever the order of keys; of a schema or not', async () => {
  expect(await score(jsonEquality(), '{"b":1,"a":null}', { a: null, b: 1 })).toBe(1)
  expect(await score(jsonEquality(), '{"b":[2,1]}', { b: [1, 2] })).toBe(0)
  expect(await score(jsonEquality(), '{"__proto__":1}', {})).toBe(0)
  expect(await score(jsonEquality(), '[1]', '[1.0]')).toBe(1)
  expect(jsonEquality().cannotGrade(of('no json'))).toBe('must be JSON for this grader')
  expect(grade(jsonSchema(schema), '{"a":1,"b":2}', '')).toEqual({ score: 1 })
  expect(grade(jsonSchema(schema), '{"a":"1"}', '')).toEqual({ score: 0, note: 'not of the schema' })
  expect(grade(jsonSchema(schema), 'a', '')).toEqual({ score: 0, note: 'no JSON' })
  expect(() => jsonSchema({ $ref: '#/nowhere' })).toThrow(/cannot be used/)
})

test('fields: 2 x right / (answered + expected)', async () => {
  const wanted = { name: 'Anna', items: [{ price: 3 }, { price: 4 }], note: '' }
  expect(await score(fieldF1(), JSON.stringify(wanted), wanted)).toBe(1)
  expect(await score(fieldF1(), '{"name":"ANNA.","items":[{"price":4}]}', wanted)).toBe(4 / 5)
  expect(await score(fieldF1(), '{"items":[{"price":3},{"price":3},{"price":3}]}', wanted)).toBe(2 / 6)
  expect(await score(fieldF1(), '{"price":3}', wanted)).toBe(0)
  expect(await score(fieldF1(), '{}', { note: null })).toBe(1)
})

test('words and rouge: with and without their order', async () => {
  expect(await score(tokenF1(), 'Sat the cat!', 'the cat sat')).toBe(1)
  expect(await score(rougeL(), 'Sat the cat!', 'the cat sat')).toBeCloseTo(2 / 3)
  expect(await score(tokenF1(), 'the the the', 'the cat')).toBe(2 / 5)
  expect(await score(rougeL(), 'a b c d', 'b x d')).toBeCloseTo(4 / 7)
  expect(await score(rougeL(), '', '')).toBe(1)
  expect(await score(tokenF1(), 'a', '')).toBe(0)
})

test('rubric: a function of the user, held to scores', async () => {
  const short = rubric({ name: 'short', how: 'short is right', grade: (answer) => 1 / answer.length })
  expect(await score(short, 'ab', 'x')).toBe(0.5)
  await expect(async () => await short.grade('', of('x'))).rejects.toMatchObject({ code: 'grader_invalid' })
})
