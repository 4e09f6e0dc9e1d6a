import { expect, test } from 'vitest'
import { replaceSpans, withRules } from './redact.ts'

const span = (text: string, type: string, value: string) => {
  const start = text.indexOf(value)
  return { type, start, end: start + value.length }
}

test('a rule wins over the model where they overlap, the rest of both stays', () => {
  const text = 'Ann Lee, ann@lee.org, Berlin'
  const marked = [
    span(text, 'PERSON', 'Ann Lee'),
    span(text, 'ORGANIZATION', 'lee.org, Berlin'),
    span(text, 'ADDRESS', 'Berlin'),
  ]
  expect(withRules(text, marked)).toEqual([
    span(text, 'PERSON', 'Ann Lee'),
    span(text, 'EMAIL_ADDRESS', 'ann@lee.org'),
    span(text, 'ADDRESS', 'Berlin'),
  ])
})

test('what cannot be of its type is dropped', () => {
  const text = 'drops you off at 12 High St, phone home'
  const marked = [
    span(text, 'EMAIL_ADDRESS', 'drops you off'),
    span(text, 'ADDRESS', '12 High St'),
    span(text, 'PHONE_NUMBER', 'home'),
  ]
  expect(withRules(text, marked)).toEqual([span(text, 'ADDRESS', '12 High St')])
})

test('the same value of the same type gets the same placeholder, a taken placeholder is passed over', () => {
  const text = 'Ann met Bo, Ann left [PERSON_2].'
  const spans = [
    span(text, 'PERSON', 'Ann'),
    span(text, 'PERSON', 'Bo'),
    { type: 'PERSON', start: 12, end: 15 },
  ]
  const answer = replaceSpans(text, spans)
  expect(answer.text).toBe('[PERSON_1] met [PERSON_3], [PERSON_1] left [PERSON_2].')
  expect(answer.spans.map((s) => s.placeholder)).toEqual(['[PERSON_1]', '[PERSON_3]', '[PERSON_1]'])
})
