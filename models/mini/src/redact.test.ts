import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceSpans, ruleSpans, withRules } from './redact.ts'

const span = (text: string, type: string, value: string) => {
  const start = text.indexOf(value)
  return { type, start, end: start + value.length }
}

test('a rule wins over the model where they overlap, of both the rest stays', () => {
  const text = 'Ann Lee, ann@lee.org, Berlin'
  const marked = [span(text, 'PERSON', 'Ann Lee'), span(text, 'ORGANIZATION', 'lee.org, Berlin')]
  expect(withRules(text, marked)).toEqual([
    span(text, 'PERSON', 'Ann Lee'),
    span(text, 'EMAIL_ADDRESS', 'ann@lee.org'),
    span(text, 'ORGANIZATION', 'Berlin'),
  ])
})

test('nothing the model marked stays visible because rules found something in it', () => {
  const text = 'Ann Lee <ann@lee.org>, or Bo (+44 20 7946 0958) at home'
  const all = { type: 'PERSON', start: 0, end: text.indexOf(' at home') }
  expect(replaceSpans(text, withRules(text, [all])).text).toBe(
    '[PERSON_1] <[EMAIL_ADDRESS_1]>, [PERSON_2] ([PHONE_NUMBER_1]) at home',
  )
  const edges = { type: 'PERSON', start: text.indexOf('<'), end: text.indexOf(', or') }
  expect(withRules(text, [edges]).map((s) => s.type)).toEqual(['EMAIL_ADDRESS', 'PHONE_NUMBER'])
})

test('with any marks, every letter and digit a rule or the model marked is replaced', () => {
  const bits = [
    'Ann ',
    '😀',
    ', ',
    'a@b.com',
    ' 4111 1111 1111 1111',
    '+44 20 7946 0958',
    "'",
    '\n',
    'www.x.org/a',
  ]
  const texts = fc
    .array(fc.constantFrom(...bits), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(''))
  const marks = fc.array(fc.nat(80), { maxLength: 8 })
  fc.assert(
    fc.property(texts, marks, (text, cuts) => {
      const at = [...new Set(cuts.map((cut) => Math.min(cut, text.length)))].sort((a, b) => a - b)
      const marked = at.flatMap((start, i) =>
        i % 2 === 0 && at[i + 1] !== undefined ? [{ type: 'PERSON', start, end: at[i + 1]! }] : [],
      )
      const spans = withRules(text, marked)
      for (const { start, end } of [...marked, ...ruleSpans(text)]) {
        for (let i = start; i < end; i++) {
          const hidden = spans.some((span) => span.start <= i && i < span.end)
          expect(hidden || !/[a-z\d]/i.test(text[i]!)).toBe(true)
        }
      }
      for (const [i, span] of spans.entries())
        expect(span.start).toBeGreaterThanOrEqual(spans[i - 1]?.end ?? 0)
    }),
    { numRuns: 300, seed: 1 },
  )
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
