import { expect, test } from 'vitest'
import { paragraph, place, table } from './tables.ts'

test('a table has its columns under one another', () => {
  expect(
    table(
      ['file', 'MB'],
      [
        ['a', '1'],
        ['longer', '22'],
      ],
    ),
  ).toBe(['| file   | MB  |', '| ------ | --- |', '| a      | 1   |', '| longer | 22  |'].join('\n'))
})

const document = 'before\n<!-- bench:decode -->\n\nold\n\n<!-- /bench:decode -->\nafter\n'

test('content goes to its place, and again to the same', () => {
  const placed = place(document, 'decode', 'new\n')
  expect(placed).toBe(document.replace('old', 'new'))
  expect(place(placed, 'decode', 'new')).toBe(placed)
})

test('a document without the place is refused', () => {
  expect(() => place(document, 'prefill', 'new')).toThrow('<!-- bench:prefill -->')
})

test('a paragraph keeps its words and no line is too wide', () => {
  const sentences = Array.from({ length: 40 }, (_, i) => `Sentence ${i} has words.`)
  const lines = paragraph(sentences).split('\n')
  expect(lines.join(' ')).toBe(sentences.join(' '))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120)
  expect(lines.length).toBeLessThan(10)
})
