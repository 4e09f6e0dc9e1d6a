import { expect, test } from 'vitest'
import { findQuestion } from './question.ts'

const body = 'A sentence of the document. '.repeat(60)
const pinned = (...texts: string[]) =>
  findQuestion(texts)?.pins.map(({ text, start, end }) => texts[text]!.slice(start, end).trim()) ?? null

test('a short message is all question', () => {
  const pins = [
    { text: 0, start: 0, end: 13 },
    { text: 1, start: 0, end: 9 },
  ]
  const query = 'What is it?\nTell me.'
  expect(findQuestion(['  What is it?', 'Tell me. '])).toEqual({ query, pins, likelier: pins })
})

test('the likelier end is the one that looks like a question; where none does, it may be either', () => {
  const likelier = (text: string) =>
    findQuestion([text])!.likelier.map(({ start, end }) => text.slice(start, end).trim())
  expect(likelier(`What is it about?\n\n${body}\n\nKind regards, Anna`)).toEqual(['What is it about?'])
  expect(likelier(`Some text here first.\n\n${body}\n\nSummarise the above`)).toHaveLength(2)
})

test.each([
  [
    'a question mark, at the end',
    `Some text here first.\n\n${body}\n\nWhat is it about?`,
    'What is it about?',
  ],
  [
    'a question mark, at the beginning',
    `What is it about?\n\n${body}\n\nKind regards, Anna`,
    'What is it about?',
  ],
  ['a colon before the document', `Summarise this:\n\n${body}\n\nKind regards, Anna`, 'Summarise this:'],
  ['neither: the end', `Some text here first.\n\n${body}\n\nSummarise the above`, 'Summarise the above'],
  ['the last line', `${body}\nWhat is it about?`, 'What is it about?'],
  ['the last sentence', `${body}What is it about?`, 'What is it about?'],
  ['not a title', `# A title: what?\n\n${body}\n\nSummarise the above`, 'Summarise the above'],
  ['not the end of code', `Explain this code\n\n\`\`\`\n${body}\n\`\`\``, 'Explain this code'],
  ['with what is too short to be one', `${body}\n\nWhat is it?\n\nAnswer:`, 'What is it?\n\nAnswer:'],
])('%s', (_, text, query) => {
  expect(findQuestion([text])!.query).toBe(query)
})

test('both ends are pinned where both may be it', () => {
  expect(pinned(`What is it about?\n\n${body}\n\nKind regards, Anna`)).toEqual([
    'What is it about?',
    'Kind regards, Anna',
  ])
})

test('ends that overlap are one pin', () => {
  const text = `${'A line of the text.\n'.repeat(29)}\nAnswer:${' '.repeat(40)}`
  expect(text.length).toBeGreaterThan(600)
  const { pins } = findQuestion([text])!
  expect(pins).toEqual([{ text: 0, start: 0, end: text.length }])
})

test('no question: nothing, or nothing with a break', () => {
  expect(findQuestion([])).toBe(null)
  expect(findQuestion([' ', ''])).toBe(null)
  expect(findQuestion(['a'.repeat(100_000)])).toBe(null)
})
