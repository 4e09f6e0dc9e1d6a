import { expect, test } from 'vitest'
import { strftime } from './strftime.ts'

// As Python's datetime.strftime writes them in the C locale.
test.each([
  ['%d %b %Y', '05 Mar 2026'],
  ['%B %d, %Y', 'March 05, 2026'],
  ['%Y-%m-%d %H:%M:%S', '2026-03-05 14:07:09'],
  ['%A %a %e %I %p', 'Thursday Thu  5 02 PM'],
  ['%-d %-m %-I %j %y %F %T %%', '5 3 2 064 26 2026-03-05 14:07:09 %'],
  ['%q stays', '%q stays'],
])('%s', (format, text) => {
  expect(strftime(new Date(2026, 2, 5, 14, 7, 9), format)).toBe(text)
})

test('midnight and noon of a twelve-hour clock', () => {
  expect(strftime(new Date(2026, 0, 1, 0), '%I %p %j')).toBe('12 AM 001')
  expect(strftime(new Date(2024, 11, 31, 12), '%I %p %j')).toBe('12 PM 366')
})
