/** Each step of the filter leaves out what it says and counts it; nothing of the test set comes through. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerOf, exampleOf } from '../testing/answers.ts'
import type { TeacherAnswer } from './answer.ts'
import { placeOf } from './example.ts'
import { type FilterName, filterAnswers } from './filter.ts'
import { labelFinder } from './labels.ts'
import { gramsOf, jaccard, normalised } from './near.ts'

const labels = ['card_arrival', 'lost_card', 'exchange_rate']
const options = { target: labelFinder(labels), test: [], agreement: 0.75, near: 0.85 }
const filtered = (answers: readonly TeacherAnswer[], changes = {}) =>
  filterAnswers(answers, { ...options, ...changes })
const dropped = (answers: readonly TeacherAnswer[], name: FilterName, changes = {}) =>
  filtered(answers, changes).steps.find((step) => step.name === name)!.dropped

test('an answer is the label it means, or not valid', () => {
  const { examples } = filtered([answerOf({ answer: ' "Card arrival". ' })])
  expect(examples).toEqual([{ id: 'a', text: 'Where is my card?', target: 'card_arrival', from: 'teacher' }])
  expect(dropped([answerOf({ answer: 'card arrival, I think' })], 'valid')).toEqual([
    { id: 'a', why: 'no valid answer' },
  ])
})

test('what its user said was wrong is not learned', () => {
  expect(dropped([answerOf({ feedback: 0 })], 'liked')).toHaveLength(1)
  expect(dropped([answerOf({ feedback: 1 })], 'liked')).toHaveLength(0)
})

test('several answers to one prompt must agree, and a tie is none', () => {
  const asked = (...answers: string[]) => answers.map((answer, sample) => answerOf({ answer, sample }))
  expect(filtered(asked('lost_card', 'lost_card', 'lost_card', 'exchange_rate')).examples).toMatchObject([
    { target: 'lost_card', probabilities: { lost_card: 0.75, exchange_rate: 0.25 } },
  ])
  expect(dropped(asked('lost_card', 'lost_card', 'exchange_rate'), 'agreed')).toEqual([
    { id: 'a', why: '2 of 3 answers agree' },
  ])
  expect(dropped(asked('lost_card', 'exchange_rate'), 'agreed', { agreement: 0.5 })).toHaveLength(1)
  expect(dropped(asked('lost_card', 'nonsense'), 'agreed')).toHaveLength(1)
})

test('what the teacher thinks of each answer stays with the example', () => {
  const [example] = filtered([
    answerOf({ probabilities: { 'card arrival': 0.7, lost_card: 0.2, rubbish: 0.1 } }),
  ]).examples
  expect(example!.probabilities).toEqual({ card_arrival: 0.7, lost_card: 0.2 })
})

test('copies are learned once, contradictions not at all, near copies of one answer once', () => {
  const text = 'I have been waiting for my new card for more than a week'
  const copies = [answerOf({ id: '1', text }), answerOf({ id: '2', text: `${text.toUpperCase()}!` })]
  expect(dropped(copies, 'duplicates')).toEqual([{ id: '2', why: 'the text of 1' }])
  const against = [copies[0]!, answerOf({ id: '3', text: `${text}.`, answer: 'lost_card' })]
  expect(dropped(against, 'contradictions').map(({ id }) => id)).toEqual(['1', '3'])
  const most = ['4', '5', '6'].map((id) => answerOf({ id, text }))
  const one = answerOf({ id: '7', text: `${text}!`, answer: 'lost_card' })
  expect(dropped([one, ...most], 'contradictions')).toEqual([
    { id: '7', why: 'most copies of its text have another answer' },
  ])
  expect(dropped([one, ...most.slice(1)], 'contradictions')).toHaveLength(3)
  expect(dropped([one, ...most.slice(1)], 'contradictions', { agreement: 0.6 })).toHaveLength(1)
  const near = [copies[0]!, answerOf({ id: '4', text: `${text}s` })]
  expect(dropped(near, 'near duplicates')).toEqual([{ id: '4', why: 'nearly the text of 1' }])
  expect(
    filtered([copies[0]!, answerOf({ id: '5', text: `${text}s`, answer: 'lost_card' })]).examples,
  ).toHaveLength(2)
})

test('a test item is not learned, though what was kept of it is redacted', () => {
  const item = exampleOf({ text: 'Send my card to anna@example.org by Friday' })
  const kept = answerOf({ text: 'Send my card to [EMAIL_ADDRESS_1] by Friday' })
  expect(dropped([kept], 'test items', { test: [item] })).toEqual([
    { id: 'a', why: `the text of ${placeOf(item)} of the test set, redacted` },
  ])
  const other = answerOf({ text: 'Block the card of [EMAIL_ADDRESS_1] by Friday' })
  expect(dropped([other], 'test items', { test: [item] })).toEqual([])
})

test('whatever the answers, no text or user of the test set is learned, and the counts add up', () => {
  const text = fc.constantFrom(
    'where is my card',
    'Where is my card?',
    'where is my cards',
    'what is the rate',
    'lost it',
  )
  const answers = fc.array(
    fc.record({
      id: fc.constantFrom('1', '2', '3', '4', '5', '6'),
      text,
      answer: fc.constantFrom(...labels, 'rubbish'),
      user: fc.constantFrom(null, 'u1', 'u2'),
      sample: fc.integer({ min: 0, max: 2 }),
    }),
  )
  const golds = fc.array(fc.record({ text, user: fc.constantFrom('u1', 'u3') }), { maxLength: 3 })
  fc.assert(
    fc.property(answers, golds, (list, gold) => {
      const test = gold.map((one, i) => exampleOf({ ...one, id: `t${i}` }))
      const { examples, steps } = filtered(list.map(answerOf), { test })
      for (const example of examples)
        for (const item of test) {
          expect(normalised(example.text)).not.toBe(normalised(item.text))
          expect(jaccard(gramsOf(example.text), gramsOf(item.text))).toBeLessThan(0.85)
          expect(example.user).not.toBe(item.user)
        }
      expect(new Set(examples.map((example) => normalised(example.text))).size).toBe(examples.length)
      for (const [i, { before, after, dropped }] of steps.entries()) {
        expect(before - dropped.length).toBe(after)
        expect(before).toBe(i === 0 ? new Set(list.map(({ id }) => id)).size : steps[i - 1]!.after)
      }
      expect(steps.at(-1)!.after).toBe(examples.length)
    }),
    { seed: 8, numRuns: 300 },
  )
})
