import { expect, test } from 'vitest'
import { addCounts, auroc, noCounts, quantileAbove, scoreOf, share, wordErrors } from './metrics.ts'

test('auroc counts pairs in the right order, ties half', () => {
  expect(auroc([3, 2], [1, 0])).toBe(1)
  expect(auroc([0, 1], [2, 3])).toBe(0)
  expect(auroc([1], [1])).toBe(0.5)
  expect(auroc([3, 1], [2, 0])).toBe(0.75)
})

test('quantileAbove is the bar that the share lies above', () => {
  const scores = Array.from({ length: 100 }, (_, i) => i)
  expect(share(scores, (s) => s > quantileAbove(scores, 0.05))).toBe(0.05)
  expect(quantileAbove([], 0.05)).toBe(0)
})

test('counts give precision, recall and F1; a key counts as often as it is wanted', () => {
  const counts = noCounts()
  addCounts(counts, ['a', 'a', 'b'], ['a', 'c'])
  expect(counts).toEqual({ right: 1, given: 3, wanted: 2 })
  expect(scoreOf(counts)).toEqual({ precision: 1 / 3, recall: 1 / 2, f1: 0.4 })
  expect(scoreOf(noCounts()).f1).toBe(0)
})

test('word errors are the fewest insertions, deletions and replacements', () => {
  const words = (text: string) => text.split(' ')
  expect(wordErrors(words('the cat sat'), words('the cat sat'))).toBe(0)
  expect(wordErrors(words('ofthe cat'), words('of the cat'))).toBe(2)
  expect(wordErrors([], words('a b'))).toBe(2)
  expect(wordErrors(words('a x c d'), words('a b c'))).toBe(2)
})
