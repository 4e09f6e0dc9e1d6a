import { expect, test } from 'vitest'
import { isProtectedWord, protectedRanges } from './protected.ts'

test.each([
  ...[
    '30',
    '3.5%',
    '[PERSON_1]',
    '[EMAIL_ADDRESS_12],',
    'https://example.org/a',
    'a@b.example',
    '`npm`',
    '{{name}}',
  ],
  ...[
    'not',
    'Never,',
    "don't",
    'cannot',
    'without',
    'unless',
    'only',
    'fifty',
    'all',
    'must',
    '—',
    '-',
    '$',
    'camelCase',
  ],
  ...['snake_case', 'a/b', 'a'.repeat(31), 'x=1'],
])('%s stays', (word) => {
  expect(isProtectedWord(word)).toBe(true)
})

test.each(['the', 'report', 'Agency', 'moreover,', 'and', '(see', 'nothingness'])('%s may go', (word) => {
  expect(isProtectedWord(word)).toBe(false)
})

const rangesOf = (text: string): string[] =>
  protectedRanges(text).map(({ start, end }) => text.slice(start, end).trim())

test('quotes, code, tables, headings and JSON are ranges', () => {
  expect(rangesOf('He said "leave it as it is" and “so did she”.')).toEqual([
    '"leave it as it is"',
    '“so did she”',
  ])
  expect(rangesOf('Run `git push` now')).toEqual(['`git push`'])
  expect(rangesOf('# The title\n\ntext\n```\nthe code\n```\n| the | table |\n')).toEqual([
    '# The title',
    '```\nthe code\n```',
    '| the | table |',
  ])
  expect(rangesOf('it gave {"ok": true, "of": [null, {"a": "]"}]} and [a link](to) it')).toContain(
    '{"ok": true, "of": [null, {"a": "]"}]}',
  )
  expect(rangesOf('an open { brace\n\nand [true, false] later')).toEqual(['[true, false]'])
})

test('names in a sentence are ranges, its first word and "I" are not', () => {
  expect(rangesOf('Today Anna Smith, of the Health Office, said I may ask Bob.')).toEqual([
    'Anna',
    'Smith',
    'Health',
    'Office',
    'Bob.',
  ])
})

test('brackets without end take no longer than the text', () => {
  expect(protectedRanges('['.repeat(200_000))).toEqual([])
  expect(protectedRanges('"'.repeat(200_001))).toEqual([])
  expect(protectedRanges('{"a'.repeat(60_000))).toEqual(expect.any(Array))
})
