import { expect, test } from 'vitest'
import { splitPassages } from './passages.ts'

const parts = (text: string, size?: number): string[] =>
  splitPassages(text, size).map(({ start, end, kind }) => `${kind}: ${text.slice(start, end).trim()}`)

test('headings stand alone and know the larger one above them; what is below knows the nearest', () => {
  const text = '# A\n\none\n\n## B\n\ntwo\n\nC\n---\n\nthree\n\n# D\n\nfour\n'
  expect(parts(text)).toEqual([
    'heading: # A',
    'prose: one',
    'heading: ## B',
    'prose: two',
    'heading: C\n---',
    'prose: three',
    'heading: # D',
    'prose: four',
  ])
  expect(splitPassages(text).map(({ heading }) => heading)).toEqual([-1, 0, 0, 2, 0, 4, -1, 6])
})

test('code and tables stay whole, blank lines and marks in them included', () => {
  const code = '```sh\n# no heading\n\n| no table |\n```'
  const table = '| a | b |\n| - | - |\n| 1 | 2 |'
  expect(parts(`before\n${code}\nbetween\n${table}\n\nafter`)).toEqual([
    'prose: before',
    `block: ${code}`,
    'prose: between',
    `block: ${table}`,
    'prose: after',
  ])
  const long = `\`\`\`\n${'line of code\n'.repeat(100)}\`\`\`\n`
  expect(parts(long)).toEqual([`block: ${long.trim()}`])
  expect(parts('~~~\nnever closed\n\n# a')).toEqual(['block: ~~~\nnever closed\n\n# a'])
})

test('short paragraphs are put together, long ones parted behind a sentence', () => {
  expect(parts('one\n\ntwo\n\nthree', 10)).toEqual(['prose: one\n\ntwo', 'prose: three'])
  expect(parts('First one. Second one. Third one.', 24)).toEqual([
    'prose: First one. Second one.',
    'prose: Third one.',
  ])
  expect(parts('no sentence in here at all', 12)).toEqual([
    'prose: no sentence',
    'prose: in here at',
    'prose: all',
  ])
})

test('a cut leaves surrogate pairs whole', () => {
  const text = 'a😀😀😀😀'
  const pieces = splitPassages(text, 4).map(({ start, end }) => text.slice(start, end))
  expect(pieces.join('')).toBe(text)
  expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
  expect(splitPassages('')).toEqual([])
})
