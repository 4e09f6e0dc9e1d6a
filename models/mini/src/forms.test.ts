import { expect, test } from 'vitest'
import { inForm } from './forms.ts'

test.each([
  ['march 3rd 2026', 'March 3, 2026'],
  ['3 Mar 2026', 'March 3, 2026'],
  ['3rd of march 2026', 'March 3, 2026'],
  ['Sept. 21st, 1987', 'September 21, 1987'],
  ['MAY 1 2000', 'May 1, 2000'],
  ['March 3, 2026', 'March 3, 2026'],
  ['5PM', '5 pm'],
  ['5:30 p.m', '5:30 pm'],
  ['12:05am', '12:05 am'],
  ['5551234567', '(555) 123-4567'],
  ['555-123-4567', '(555) 123-4567'],
  ['(555)123-4567', '(555) 123-4567'],
  ['555 123 4567', '(555) 123-4567'],
  ['friday', 'Friday'],
  ['SUNDAYS', 'Sundays'],
])('%s is written %s', (text, form) => {
  expect(inForm(text)).toBe(form)
})

test.each([
  ...[
    '3/4/2026',
    'march 2026',
    'march 3',
    'march 32 2026',
    'march 3 april 2026',
    'march 3 2026 noon',
    'marching 3 2026',
  ],
  ...[
    '17:30',
    '13pm',
    '5:75 pm',
    '5',
    'pm',
    '055-123-4567',
    '+1 555 123 4567',
    '555) 123-4567',
    'of 3 march 2026',
    '55512345678',
    'x1',
    '',
  ],
])('%s is left alone', (text) => {
  expect(inForm(text)).toBeUndefined()
})
