import { expect, test } from 'vitest'
import { eachWord } from './words.ts'

const wordsOf = (text: string): string[] => {
  const words: string[] = []
  eachWord(text, (word) => words.push(word))
  return words
}

test.each([
  ["The agency's Policies, don't!", ['the', 'agency', 'policy', 'dont']],
  ['snake_case and x86-64', ['snake', 'case', 'and', 'x86', '64']],
  ['Crème BRÛLÉE', ['creme', 'brulee']],
  ['class bus series is', ['class', 'bus', 'sery', 'is']],
  ['東京都 tower', ['東京', '京都', 'tower']],
  ['한국어', ['한국어']],
  ['… — 😀', []],
])('%s', (text, words) => {
  expect(wordsOf(text)).toEqual(words)
})
