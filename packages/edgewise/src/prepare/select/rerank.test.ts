import { expect, test } from 'vitest'
import { bestOf, rerank } from './rerank.ts'

test('the best above 0, of equal ones the first, sixteen at most', () => {
  expect(bestOf([0, 3, 1, 3, -1])).toEqual([1, 3, 2])
  expect(bestOf(Array.from({ length: 40 }, () => 1))).toEqual(Array.from({ length: 16 }, (_, i) => i))
})

/** The scores, but for the little that orders equal ones. */
const rounded = (scores: number[]): number[] => scores.map((score) => Number(score.toFixed(6)))

test('scores change places by both opinions; those that nobody was asked about stay', () => {
  const scores = [5, 0.5, 4, 3]
  const best = [0, 2, 3]
  expect(rounded(rerank(scores, best, [1, 1, 1]))).toEqual(scores)
  expect(rounded(rerank(scores, best, [-9, 2, 1], 100))).toEqual([3, 0.5, 5, 4])
  expect(rounded(rerank(scores, best, [-9, 2, 1], 0))).toEqual(scores)
  // Standard scores of the words 1.22, 0, -1.22, of the model -1.41, 0.71, 0.71.
  expect(rounded(rerank(scores, best, [-2, 4, 4], 1))).toEqual([4, 0.5, 5, 3])

  const [first, second] = rerank([2, 2], [0, 1], [0, 1])
  expect(second).toBeGreaterThan(first!)
})
